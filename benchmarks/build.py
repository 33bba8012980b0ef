"""How long the network takes from the database into memory, and how many bytes a service point takes there.

Prints a Markdown table: the least CPU time of some runs, the time on the wall in the same run, what of it the register
and what the engine needs, bytes by group of columns. Without an argument the public directory is loaded into a new
database first.

    python benchmarks/build.py                       # the public directory
    python benchmarks/build.py FILE                  # an SQLite file
    python benchmarks/build.py postgresql://...      # any register
    python benchmarks/build.py --size 100000         # a generated one
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from app.registry import load_directory, load_places
from app.registry.seal import Seal
from app.registry.store import Store
from app.routing import Columns, Links, columns_of_batches, links_of_batches
from benchmarks.network import register_of

DATA = Path(__file__).parents[1] / "data"
SECRET = "an invented secret of the benchmarks, long enough"
PLACES = {place.slug: place for place in load_places(DATA / "places")}


@dataclass(frozen=True, slots=True)
class Built:
    """One building: seconds of the processor, of them for points in the register's room and for links; on the wall."""

    columns: Columns
    links: Links
    cpu: float
    reading: float
    linking: float
    wall: float


def build(store: Store) -> Built:
    """The columns and links of the register, and what they cost."""
    reading = 0.0
    wall, cpu = time.perf_counter(), time.process_time()
    with store.edition() as edition:
        batches = edition.points(PLACES)

        def timed() -> Iterator[Any]:
            nonlocal reading
            while True:
                begun = time.process_time()
                batch = next(batches, None)
                reading += time.process_time() - begun
                if batch is None:
                    return
                yield batch

        columns = columns_of_batches(timed())
        pointing = time.process_time() - cpu
        links = links_of_batches(edition.links())
    whole = time.process_time() - cpu
    return Built(columns, links, whole, reading, whole - pointing, time.perf_counter() - wall)


def bytes_of(value: Any) -> int:
    """The memory of arrays, texts and tables, down to the last; numbers and enumerations are shared by all."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if is_dataclass(value) and not isinstance(value, type):
        return sum(bytes_of(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple):
        return sys.getsizeof(value) + sum(map(bytes_of, value))
    return sys.getsizeof(value) if isinstance(value, str | bytes) or hasattr(value, "buffer_info") else 0


def bytes_by_group(columns: Columns) -> dict[str, int]:
    """Slugs, organizations and the index by themselves; all other columns by how many bytes a row of them has."""
    found: defaultdict[str, int] = defaultdict(int)
    for name in (field.name for field in fields(columns)):
        value = getattr(columns, name)
        size = bytes_of(value)
        group = name if name in {"slug", "organization", "index"} else f"columns of {max(1, size // columns.rows)}"
        found[group] += size
    return dict(sorted(found.items(), key=lambda item: -item[1]))


@contextmanager
def register(told: str | None) -> Iterator[Store]:
    """The register at that URL or in that file; else a new one with the public directory."""

    def opened(url: str, **options: Any) -> Store:
        return Store.open(url, seal=Seal(SECRET), clock=lambda: datetime.now(UTC), **options)

    with tempfile.TemporaryDirectory() as folder:
        if told is None:
            store = opened(f"sqlite:///{folder}/register.db", create=True)
            store.load_directory(load_directory(DATA / "directory"), by="benchmark", reason="first load")
        else:
            store = opened(told if "://" in told else f"sqlite:///{told}")
        try:
            yield store
        finally:
            store.close()


def least(work: Callable[[], Built], runs: int) -> Built:
    """The run that took the processor least."""
    return min((work() for _ in range(runs)), key=lambda built: built.cpu)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("register", nargs="?", help="a URL or an SQLite file")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--size", type=int, help="points of a generated register, instead of another one")
    parser.add_argument("--folder", type=Path, help="where registers are kept; left out: a folder thrown away after")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        given = register_of(told.size, told.folder or Path(thrown_away)) if told.size else told.register
        with register(given) as store:
            built = least(lambda: build(store), told.runs)
    rows = built.columns.rows
    each = 1e6 / max(1, rows)
    print("| points | CPU, us a point | of it reading points | links | on the wall | bytes a point | with links |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    size, ways = bytes_of(built.columns) / max(1, rows), bytes_of(built.links) / max(1, rows)
    spent = " | ".join(f"{part * each:.1f}" for part in (built.cpu, built.reading, built.linking, built.wall))
    print(f"| {rows} | {spent} | {size:.0f} | {size + ways:.0f} |")
    print("\n| part | bytes a point |\n| --- | --- |")
    for name, part in bytes_by_group(built.columns).items():
        print(f"| {name} | {part / max(1, rows):.1f} |")


if __name__ == "__main__":
    main()
