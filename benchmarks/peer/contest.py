"""Who takes part, and one process for each: it solves problem after problem, is timed, and is ended when it is too slow."""

import gc
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from benchmarks.peer.product import Cost

MEMORY = 6 << 30
"""Bytes that one process may use; a machine that is shared must not run out of them."""
REPEATS, QUICK_SECONDS = 5, 0.5
"""What is over quickly is repeated, and the median taken."""
READING_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One row of the table. `before` is not timed; `solve` is, and gets what `before` gave."""

    name: str
    module: str
    needs: tuple[str, ...] = ()
    """Packages that must be installed."""
    before: str = ""
    solve: str = "solve"
    told: tuple[tuple[str, Any], ...] = ()
    """Keywords for `before` if there is one, else for `solve`."""

    def missing(self) -> tuple[str, ...]:
        """The needed packages that are not installed."""
        return tuple(name for name in self.needs if find_spec(name) is None)

    def calls(self) -> tuple[Callable[[dict[str, Any]], Any], Callable[[Any], Cost]]:
        """What comes before, and what is timed."""
        module = import_module(f"benchmarks.peer.{self.module}")
        solve = getattr(module, self.solve)
        if self.before:
            return partial(getattr(module, self.before), **dict(self.told)), solve
        return lambda problem: problem, partial(solve, **dict(self.told))


THREE_ROUTES, ONE_ROUTE = "referral, 3 routes", "referral, 1 route"
THIN = ", thin graph"


def _both(name: str, module: str, needs: tuple[str, ...], **rest: Any) -> tuple[Peer, Peer]:
    full = Peer(name=name, module=module, needs=needs, **rest)
    return full, replace(full, name=name + THIN, told=(*full.told, ("thin", True)))


PEERS: tuple[Peer, ...] = (
    Peer(name=THREE_ROUTES, module="ours", before="read", told=(("k", 3),)),
    Peer(name=ONE_ROUTE, module="ours", before="read", told=(("k", 1),)),
    Peer(name="scipy csgraph", module="with_scipy", needs=("scipy",)),
    *_both("rustworkx", "with_rustworkx", ("rustworkx",)),
    *_both("networkx", "with_networkx", ("networkx",)),
    *_both("ladybug, with load", "with_ladybug", ("ladybug", "pandas")),
    *_both("ladybug, query alone", "with_ladybug", ("ladybug", "pandas"), before="load", solve="query"),
    *_both("HiGHS", "with_highs", ("highspy",)),
    *_both("CP-SAT, 1 worker", "with_cp_sat", ("ortools",), told=(("workers", 1),)),
    *_both("CP-SAT, default workers", "with_cp_sat", ("ortools",)),
    Peer(name="plain Python, states on demand", module="in_plain_python"),
    Peer(name="plain Python, labels with a clock", module="in_plain_python", solve="solve_with_labels"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one peer made of one problem. `cost` is `None` when it was capped or fell; `note` says why."""

    seconds: float
    cost: Cost | None
    note: str = ""


class Seat:
    """One peer in a process of its own, which is begun anew after it had to be ended."""

    def __init__(self, peer: Peer, cap_seconds: float) -> None:
        self.peer = peer
        self.cap_seconds = cap_seconds
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def solve(self, problem: dict[str, Any]) -> Outcome:
        """The outcome; seconds are those of the cap when it was reached."""
        line = self._open()
        try:
            line.send(problem)
            if not line.poll(READING_SECONDS) or line.recv() != "ready":
                raise EOFError
            if line.poll(self.cap_seconds):
                found: Outcome = line.recv()
                return found if found.cost else Outcome(self.cap_seconds, None, found.note)
            note = "time"
        except (EOFError, ConnectionResetError):
            note = "ended"
        self.close()
        return Outcome(self.cap_seconds, None, note)

    def close(self) -> None:
        """The process is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._line = None

    def _open(self) -> Connection:
        if self._line is None:
            self._line, theirs = get_context("spawn").Pipe()
            self._process = get_context("spawn").Process(target=_serve, args=(theirs, self.peer), daemon=True)
            self._process.start()
            theirs.close()
        return self._line


def _serve(line: Connection, peer: Peer) -> None:
    """Answers problems until nobody asks any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Some peers print a banner.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    before, solve = peer.calls()
    while True:
        try:
            problem = line.recv()
        except EOFError:
            return
        try:
            given = before(problem)
            line.send("ready")
            line.send(_timed(solve, given))
            if hasattr(given, "close"):
                given.close()
        except Exception as fall:
            # The peer is a stranger: whatever it raises is its outcome.
            line.send(Outcome(0, None, type(fall).__name__))


def _timed(solve: Callable[[Any], Cost], given: Any) -> Outcome:
    gc.collect()
    seconds: list[float] = []
    while len(seconds) < REPEATS and sum(seconds) < QUICK_SECONDS:
        begun = time.perf_counter()
        cost = solve(given)
        seconds.append(time.perf_counter() - begun)
    return Outcome(statistics.median(seconds), cost)
