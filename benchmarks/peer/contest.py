"""Who takes part; and for each a process that solves problem after problem, is timed, and is ended when too slow."""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from glob import glob
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
    graph: str = ""
    """How the product graph is built, if there is one."""
    module: str
    needs: tuple[str, ...] = ()
    """Packages that must be installed."""
    files: tuple[tuple[str, str], ...] = ()
    """Patterns of files that must be there, each with what brings them."""
    before: str = ""
    solve: str = "solve"
    told: tuple[tuple[str, Any], ...] = ()
    """Keywords for `before` if there is one, else for `solve`."""

    def missing(self) -> tuple[str, ...]:
        """What is needed and not installed."""
        packages = tuple(name for name in self.needs if find_spec(name) is None)
        return packages + tuple(bringer for pattern, bringer in self.files if not glob(pattern))

    def calls(self) -> tuple[Callable[[dict[str, Any]], Any], Callable[[Any], Cost]]:
        """What comes before, and what is timed."""
        module = import_module(f"benchmarks.peer.{self.module}")
        solve, told = getattr(module, self.solve), dict(self.told)
        if self.before:
            return partial(getattr(module, self.before), **told), solve
        return lambda problem: problem, partial(solve, **told)


IN_PYTHON, IN_NUMPY, THIN = "every step, in Python", "every step, in numpy", "thin, in numpy"
PGROUTING = Peer(
    name="pgRouting",
    module="with_pgrouting",
    needs=("psycopg",),
    files=(("/usr/share/postgresql/*/extension/pgrouting.control", "Debian's package postgresql-*-pgrouting"),),
)
THREE_ROUTES = Peer(name="referral, 3 routes", module="ours", before="read", told=(("k", 3),))
ONE_ROUTE = replace(THREE_ROUTES, name="referral, 1 route", told=(("k", 1),))


def _graphs(peer: Peer, *, in_python: bool = False) -> tuple[Peer, ...]:
    """The peer once for each way in which the graph is built."""
    first = (replace(peer, graph=IN_PYTHON, solve="solve_state_by_state"),) if in_python else ()
    thin = replace(peer, graph=THIN, told=(*peer.told, ("thin", True)))
    return *first, replace(peer, graph=IN_NUMPY), thin


PEERS: tuple[Peer, ...] = (
    THREE_ROUTES,
    ONE_ROUTE,
    *_graphs(Peer(name="networkx", module="with_networkx", needs=("networkx",)), in_python=True),
    *_graphs(Peer(name="rustworkx", module="with_rustworkx", needs=("rustworkx",)), in_python=True),
    Peer(name="scipy csgraph", graph=THIN, module="with_scipy", needs=("scipy",)),
    *_graphs(Peer(name="ladybug, with load", module="with_ladybug", needs=("ladybug", "pandas"))),
    *_graphs(
        Peer(
            name="ladybug, query alone",
            module="with_ladybug",
            needs=("ladybug", "pandas"),
            before="load",
            solve="query",
        )
    ),
    *_graphs(replace(PGROUTING, name="pgRouting, with load", before="at_a_server", solve="load_and_query")),
    *_graphs(replace(PGROUTING, name="pgRouting, query alone", before="load", solve="query")),
    *_graphs(Peer(name="HiGHS", module="with_highs", needs=("highspy",))),
    *_graphs(Peer(name="CP-SAT, 1 worker", module="with_cp_sat", needs=("ortools",), told=(("workers", 1),))),
    *_graphs(Peer(name="CP-SAT, default workers", module="with_cp_sat", needs=("ortools",))),
    Peer(name="plain Python", graph=IN_PYTHON, module="state_by_state"),
    Peer(name="plain Python, labels with a clock", module="state_by_state", solve="solve_with_labels"),
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
        note = "time"
        try:
            line.send(problem)
            ready = line.recv() if line.poll(READING_SECONDS) else "not ready"
            if ready == "ready" and line.poll(self.cap_seconds):
                ready = line.recv()
            if isinstance(ready, Outcome):
                return ready if ready.cost else Outcome(self.cap_seconds, None, ready.note)
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
        import resource

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
            outcome = _timed(solve, given)
            if hasattr(given, "close"):
                given.close()
        except Exception as fall:
            # The peer is a stranger: whatever it raises is its outcome.
            outcome = Outcome(0, None, type(fall).__name__)
        line.send(outcome)


def _timed(solve: Callable[[Any], Cost], given: Any) -> Outcome:
    gc.collect()
    seconds: list[float] = []
    while len(seconds) < REPEATS and sum(seconds) < QUICK_SECONDS:
        begun = time.perf_counter()
        cost = solve(given)
        seconds.append(time.perf_counter() - begun)
    return Outcome(statistics.median(seconds), cost)
