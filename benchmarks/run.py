"""`make bench`: runs every program of this folder and writes `benchmarks/RESULTS.md` from what they print.

    python -m benchmarks.run [--quick] [--only growth swap] [--folder FOLDER] [--kept FOLDER] [--json FILE]

Each program runs in a process of its own, by its name if the file is there. What a person wrote between the two marks
for remarks in RESULTS.md stays. With `--kept` what every program found is kept, and programs that are not run this time
are shown as they were; each section says when, and with which code of the engine.
"""

import argparse
import ast
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.campaign import engine
from benchmarks.goals import goals_of
from benchmarks.measure import goals_table, machine, table

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "exactness": ("--brute", "100000", "--dijkstra", "2000", "--register", "230", "100000", "--shuffle", "110"),
    "growth": ("--queries", "25"),
    "peers": ("--sizes", "10000", "--problems", "12", "--cap", "30"),
    "over_http": (),
    "http": (),
    "request": (),
    "start": (),
    "swap": (),
    "build": ("--size", "100000"),
    "plan": (),
}
"""By name, in the order of the page, with what each is told. A few plans more than are wanted, for some are skipped."""
DRAWN: Mapping[str, tuple[str, ...]] = {
    "growth": ("goals", "limit_seconds", "rows", "sizes"),
    "peers": ("machine", "cells"),
}
"""Programs of whose figures `plot.py` draws a chart, with what is written beside it."""
BEGIN, END = "<!-- remarks -->", "<!-- end of remarks -->"
INTRODUCTION = """# Results

`make bench` runs every program here and writes this page; only the remarks are written by hand. The machine is shared
and noisy, and figures of two runs say little about each other: compare within one table, and trust ratios. What is a
goal is a ratio of two figures of one run, or a count of bytes.

"≥" and "or more" mark lower bounds: of the queries behind such a figure so many were refused for want of time, stopped
or capped that where it lies is not known. A goal is met by figures that are known alone; a bound may show that it is
missed; else it says "not shown". The same is said where fewer were compared than the goal asks for.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program printed, and the JSON file it wrote, empty when it writes none. `status` 0: it went well."""

    name: str
    status: int
    printed: str
    told: Mapping[str, Any]
    on: str = ""
    engine: str = ""
    """The day, and a short name of the engine's code."""


def programs(names: Sequence[str]) -> list[str]:
    """Those of the names that are there, in the order of the page."""
    return [name for name in PROGRAMS if name in names and file_of(name).is_file()]


def file_of(name: str) -> Path:
    """The file of a program."""
    return HERE / f"{name}.py"


def run(name: str, *, quick: bool, folder: Path, scratch: Path, journal: Path | None = None) -> Ran:
    """Runs one program to its end. It is told only what it understands, which its text says."""
    text = file_of(name).read_text(encoding="utf-8")
    written = scratch / f"{name}.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", *PROGRAMS[name]]
    flags = [("--quick",), ("--small",)] if quick else []
    flags += [("--journal", str(journal))] if journal else []
    for flag, *value in (*flags, ("--folder", str(folder)), ("--json", str(written))):
        if f'"{flag}"' in text:
            command += [flag, *value]
    ended = subprocess.run(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=False)
    told = json.loads(written.read_text(encoding="utf-8")) if written.is_file() else {}
    today = date.today().isoformat()
    return Ran(name=name, status=ended.returncode, printed=ended.stdout.strip(), told=told, on=today, engine=engine())


def with_kept(ran: Sequence[Ran], kept: Path | None) -> list[Ran]:
    """What ran now and is kept from now on, and what was kept of the other programs, in the order of the page."""
    if kept is None:
        return list(ran)
    kept.mkdir(parents=True, exist_ok=True)
    for one in ran:
        (kept / f"{one.name}.json").write_text(json.dumps(asdict(one)) + "\n", encoding="utf-8")
    files = [kept / f"{name}.json" for name in PROGRAMS]
    return [Ran(**json.loads(file.read_text(encoding="utf-8"))) for file in files if file.is_file()]


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
    measured = f"Measured on {one.on}, engine {one.engine}." if one.on else ""
    parts = [f"## {one.name}.py", document.splitlines()[0] if document else "", measured, one.printed]
    if one.name in DRAWN and (HERE / f"{one.name}.svg").is_file():
        parts.append(f"![{one.name}]({one.name}.svg)")
    if one.status:
        parts.append(f"The program ended with status {one.status}.")
    return "\n\n".join(part for part in parts if part)


def draw(ran: Sequence[Ran]) -> None:
    """The charts beside the page, from the figures that `plot.py` asks for; nothing where it is not there."""
    for one in ran:
        if one.name in DRAWN and one.told:
            told = {name: value for name, value in one.told.items() if name in DRAWN[one.name]}
            (HERE / f"{one.name}.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
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
    parser.add_argument("--kept", type=Path, help="a folder with what every program found, from which the page is made")
    parser.add_argument("--journal", type=Path, help="a file from which `exactness` goes on")
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
            begun = time.monotonic()
            ran.append(run(name, quick=chosen.quick, folder=folder, scratch=Path(scratch), journal=chosen.journal))
            print(f"{ran[-1].printed}\n{time.monotonic() - begun:.0f} seconds", flush=True)
    ran = with_kept(ran, chosen.kept)
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
