"""Import and first answer against a bare FastAPI and numpy application's: wall time of processes, alternating.

The register is there already and holds the real directory. Prints Markdown, then the costliest imports.

    python benchmarks/start.py [--json FILE] [--runs 9] [--imports 0]
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._servers import ROOT, Register, loaded_register

PROGRAM = ROOT / "benchmarks" / "_first_answer.py"
NAMES = {"whole": "the product", "bare": "bare FastAPI and numpy"}


def took(which: str, register: Register) -> tuple[float, float]:
    """Seconds from the start of such a process to its first answer, and to its end."""
    command = [sys.executable, str(PROGRAM), which, *([register.key] if which == "whole" else [])]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    begun = time.perf_counter()
    with subprocess.Popen(command, env=register.environment, text=True, **pipes) as process:
        said = process.stdout.readline() if process.stdout else ""
        answered = time.perf_counter() - begun
    if said != "answered\n" or process.returncode:
        raise RuntimeError(f"{which} gave no answer")
    return answered, time.perf_counter() - begun


def imports(register: Register, most: int) -> list[tuple[str, float]]:
    """The modules that cost most themselves, with milliseconds."""
    command = [sys.executable, "-X", "importtime", str(PROGRAM), "whole", register.key]
    done = subprocess.run(command, env=register.environment, check=True, capture_output=True, text=True)
    found = []
    for line in done.stderr.splitlines():
        if line.startswith("import time:") and "self" not in line:
            own, _, name = line.removeprefix("import time:").split("|")
            found.append((name.strip(), int(own) / 1000))
    return sorted(found, key=lambda one: -one[1])[:most]


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path)
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--imports", type=int, default=0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        register = loaded_register(Path(made))
        # As installed: compiled once, before anything is measured, whatever the caller keeps Python from writing.
        register.environment["PYTHONPYCACHEPREFIX"] = str(Path(made) / "compiled")
        register.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for which in NAMES:
            took(which, register)
        times: dict[str, list[tuple[float, float]]] = {which: [] for which in NAMES}
        for _ in range(chosen.runs):
            for which, found in times.items():
                found.append(took(which, register))
        costly = imports(register, chosen.imports) if chosen.imports else []
    answers, ends = ({which: statistics.median(t[i] for t in found) for which, found in times.items()} for i in (0, 1))
    print("| process | to the first answer, median, s | least, s | / bare | whole process, median, s | / bare |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for which, name in NAMES.items():
        print(
            f"| {name} | {answers[which]:.2f} | {min(times[which])[0]:.2f} | {answers[which] / answers['bare']:.2f} "
            f"| {ends[which]:.2f} | {ends[which] / ends['bare']:.2f} |"
        )
    for name, milliseconds in costly:
        print(f"{milliseconds:8.1f} ms  {name}")
    if chosen.json:
        told = {"seconds": times, "ratio": answers["whole"] / answers["bare"], "whole": ends["whole"] / ends["bare"]}
        chosen.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
