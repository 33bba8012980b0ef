"""`make bench`: runs every program of this folder and writes `benchmarks/RESULTS.md` from what they print.

    python -m benchmarks.run [--quick] [--only growth swap] [--folder FOLDER] [--json FILE]

Each program runs in a process of its own, by its name if the file is there. What a person wrote between the two marks
for remarks in RESULTS.md stays.
"""

import argparse
import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.goals import goals_of
from benchmarks.measure import goals_table, machine, table

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "exactness": ("--brute", "5000", "--dijkstra", "40"),
    "growth": (),
    "peers": (),
    "over_http": (),
    "http": (),
    "request": (),
    "start": (),
    "swap": (),
    "build": (),
    "plan": (),
}
"""By name, in the order of the page, with what each is told. The whole campaign of `exactness` takes an hour."""
DRAWN = ("growth", "peers")
"""Programs of whose figures `plot.py` draws a chart."""
BEGIN, END = "<!-- remarks -->", "<!-- end of remarks -->"
INTRODUCTION = """# Results

`make bench` runs every program here and writes this page; only the remarks are written by hand. The machine is shared
and noisy, and figures of two runs say little about each other: compare within one table, and trust ratios. What is a
goal is a ratio of two figures of one run, or a count of bytes.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program printed, and the JSON file it wrote, empty when it writes none. `status` 0: it went well."""

    name: str
    status: int
    printed: str
    told: Mapping[str, Any]


def programs(names: Sequence[str]) -> list[str]:
    """Those of the names that are there, in the order of the page."""
    return [name for name in PROGRAMS if name in names and file_of(name).is_file()]


def file_of(name: str) -> Path:
    """The file of a program."""
    return HERE / f"{name}.py"


def run(name: str, *, quick: bool, folder: Path, scratch: Path) -> Ran:
    """Runs one program to its end. It is told only what it understands, which its text says."""
    text = file_of(name).read_text(encoding="utf-8")
    written = scratch / f"{name}.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", *PROGRAMS[name]]
    flags = [("--quick",), ("--small",)] if quick else []
    for flag, *value in (*flags, ("--folder", str(folder)), ("--json", str(written))):
        if f'"{flag}"' in text:
            command += [flag, *value]
    ended = subprocess.run(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=False)
    told = json.loads(written.read_text(encoding="utf-8")) if written.is_file() else {}
    return Ran(name=name, status=ended.returncode, printed=ended.stdout.strip(), told=told)


def page(ran: Sequence[Ran], remarks: str, today: date) -> str:
    """The whole of RESULTS.md."""
    goals = [goal for one in ran for goal in goals_of(one.name, one.told)]
    parts = [INTRODUCTION.strip(), f"{BEGIN}\n{remarks}\n{END}" if remarks else f"{BEGIN}\n{END}"]
    if goals:
        parts.append(f"## Goals of issue 3, {today.isoformat()}\n\n{goals_table(goals)}")
    parts.append(f"## Machine\n\n{table(('', ''), machine().items())}")
    parts += [section(one) for one in ran]
    return "\n\n".join(parts) + "\n"


def section(one: Ran) -> str:
    """What one program is for, and what it found."""
    document = ast.get_docstring(ast.parse(file_of(one.name).read_text(encoding="utf-8"))) or ""
    parts = [f"## {one.name}.py", document.splitlines()[0] if document else "", one.printed]
    if one.name in DRAWN and (HERE / f"{one.name}.svg").is_file():
        parts.append(f"![{one.name}]({one.name}.svg)")
    if one.status:
        parts.append(f"The program ended with status {one.status}.")
    return "\n\n".join(part for part in parts if part)


def draw(ran: Sequence[Ran]) -> None:
    """The charts beside the page, from the figures that `plot.py` asks for; nothing where it is not there."""
    for one in ran:
        if one.name in DRAWN and one.told:
            (HERE / f"{one.name}.json").write_text(json.dumps(one.told, indent=1) + "\n", encoding="utf-8")
    if file_of("plot").is_file():
        subprocess.run([sys.executable, "-m", "benchmarks.plot"], cwd=HERE.parent, check=False)


def remarks_in(text: str) -> str:
    """What stands between the marks, "" when they are not there."""
    _, found, rest = text.partition(BEGIN)
    return rest.partition(END)[0].strip() if found else ""


def arguments(told: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small and short, to see that everything runs")
    parser.add_argument("--only", nargs="+", default=list(PROGRAMS), help="names of programs")
    parser.add_argument("--folder", type=Path, help="where registers are kept; left out: a folder thrown away after")
    parser.add_argument("--json", type=Path, help="a file for everything the programs told")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the page to write")
    return parser.parse_args(told)


def main() -> int:
    """Runs, writes the page; 1 when a program did not end well."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        folder, ran = chosen.folder or Path(scratch), []
        for name in programs(chosen.only):
            print(f"== benchmarks/{name}.py", flush=True)
            ran.append(run(name, quick=chosen.quick, folder=folder, scratch=Path(scratch)))
            print(ran[-1].printed, flush=True)
    if chosen.results == RESULTS:
        draw(ran)
    earlier = chosen.results.read_text(encoding="utf-8") if chosen.results.is_file() else ""
    chosen.results.write_text(page(ran, remarks_in(earlier), date.today()), encoding="utf-8")
    if chosen.json is not None:
        together = {"machine": machine(), "programs": {one.name: one.told for one in ran}}
        chosen.json.write_text(json.dumps(together, indent=2) + "\n", encoding="utf-8")
    return int(any(one.status for one in ran))


if __name__ == "__main__":
    sys.exit(main())
