"""What the programs here share: times and their quantiles, sizes in memory, the machine, tables, goals, one JSON file.

A program prints Markdown for people and, with `--json FILE`, writes `{"program", "goals", ...}` for `run.py`.
"""

import json
import os
import platform
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, is_dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType, NoneType
from typing import Any

import numpy as np

PACKAGES = (
    "numpy",
    "networkx",
    "fastapi",
    "uvicorn",
    "pydantic",
    "sqlalchemy",
    "rustworkx",
    "scipy",
    "ortools",
    "highspy",
    "ladybug",
    "psycopg",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Quantiles of some durations, in milliseconds; `count` is how many there were."""

    count: int
    p50: float
    p95: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal of issue 3, what was measured, and whether that meets it; `None`: not measured in this run."""

    what: str
    goal: str
    measured: str
    met: bool | None


def quantile(values: Iterable[float], share: float) -> float:
    """The least of the values that at least that share of them do not exceed: no value is invented between two.

    Raises:
        ValueError: There are no values.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def times_of(milliseconds: Sequence[float]) -> Times:
    """The quantiles of these durations."""
    p50, p95, p99 = (quantile(milliseconds, share) for share in (0.5, 0.95, 0.99))
    return Times(count=len(milliseconds), p50=p50, p95=p95, p99=p99, most=max(milliseconds))


def timed_ms(work: Callable[[], object]) -> float:
    """Milliseconds that the work takes once."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


class TooLong(Exception):
    """What was going on was stopped."""


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """What runs inside is broken off with `TooLong` after that time; in the main thread only. 0: never."""

    def stop(*_: object) -> None:
        raise TooLong

    earlier = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)


def resident_bytes() -> int:
    """Memory of this process that is in RAM now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


_SHARED = (type, Enum, ModuleType, FunctionType, BuiltinFunctionType, NoneType, bool)
"""What the program has anyway."""


def bytes_of(value: object) -> int:
    """Bytes that a value and all within it take in memory; what is met twice counts once."""
    return _bytes_of(value, set())


def _bytes_of(value: object, seen: set[int]) -> int:
    todo, total = [value], 0
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, _SHARED):
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            base = one if one.base is None else one.base
            total += one.nbytes if one is base or not isinstance(base, np.ndarray) else 0
            todo += [] if one is base else [base]
        else:
            total += one.__sizeof__()
            todo += _within(one)
    return total


def _within(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    names = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return [getattr(value, name) for name in names if hasattr(value, name)] + list(
        getattr(value, "__dict__", {}).values()
    )


def machine() -> dict[str, str]:
    """Processor, cores, memory, interpreter and packages: what a figure depends on besides the program."""
    found = {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers with as many digits as they need."""
    lines = [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    lines += [f"| {' | '.join(shown(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def shown(value: object) -> str:
    """A figure with three digits that count, or the text as it is."""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def at_most(what: str, goal: float, measured: float | None) -> Goal:
    """The goal that a figure is at most so much."""
    if measured is None:
        return Goal(what=what, goal=f"<= {goal:g}", measured="not measured", met=None)
    return Goal(what=what, goal=f"<= {goal:g}", measured=shown(float(measured)), met=measured <= goal)


def at_least(what: str, goal: float, measured: float | None) -> Goal:
    """The goal that a figure is at least so much."""
    if measured is None:
        return Goal(what=what, goal=f">= {goal:g}", measured="not measured", met=None)
    return Goal(what=what, goal=f">= {goal:g}", measured=shown(float(measured)), met=measured >= goal)


def goals_table(goals: Iterable[Goal]) -> str:
    """The goals with PASS, FAIL or a dash."""
    word = {True: "PASS", False: "FAIL", None: "-"}
    return table(("what", "goal", "measured", ""), [(g.what, g.goal, g.measured, word[g.met]) for g in goals])


def write_json(path: Path | None, program: str, goals: Iterable[Goal], **found: Any) -> None:
    """The file for `run.py`, when one is asked for."""
    if path is not None:
        told = {"program": program, "goals": [asdict(goal) for goal in goals], **found}
        path.write_text(json.dumps(told, indent=2, default=_plain) + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no plain form")
