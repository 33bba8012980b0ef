"""Writes one register: `python -m benchmarks.register 10000 FILE`."""

import argparse
from pathlib import Path

from benchmarks.register import SEED, write_register


def main() -> None:
    """Reads the command line and writes the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("points", type=int, help="how many service points")
    parser.add_argument("file", type=Path, help="the SQLite file to write; an older one is replaced")
    parser.add_argument("--seed", type=int, default=SEED)
    told = parser.parse_args()
    write_register(told.file, told.points, told.seed)


if __name__ == "__main__":
    main()
