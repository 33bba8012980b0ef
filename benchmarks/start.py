"""Import and first answer against a bare FastAPI and numpy application's: wall time of whole processes, alternating.

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
NAMES = {"whole": "import, start, first answer", "bare": "bare FastAPI and numpy, first answer"}


def took(which: str, register: Register) -> float:
    """Seconds of one such process, from its start to its end."""
    command = [sys.executable, str(PROGRAM), which, *([register.key] if which == "whole" else [])]
    begun = time.perf_counter()
    subprocess.run(command, env=register.environment, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


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
        times = {which: [] for which in NAMES}
        for _ in range(chosen.runs):
            for which, found in times.items():
                found.append(took(which, register))
        costly = imports(register, chosen.imports) if chosen.imports else []
    medians = {which: statistics.median(found) for which, found in times.items()}
    print("| process | median, s | least, s | / bare |")
    print("| --- | ---: | ---: | ---: |")
    for which, name in NAMES.items():
        ratio = medians[which] / medians["bare"]
        print(f"| {name} | {medians[which]:.2f} | {min(times[which]):.2f} | {ratio:.2f} |")
    for name, milliseconds in costly:
        print(f"{milliseconds:8.1f} ms  {name}")
    if chosen.json:
        chosen.json.write_text(json.dumps({"seconds": times, "ratio": medians["whole"] / medians["bare"]}, indent=1))


if __name__ == "__main__":
    main()
