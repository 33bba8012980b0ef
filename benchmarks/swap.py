"""Swap under load: what requests feel while a new snapshot of the register is built and takes the old one's place.

    python -m benchmarks.swap [--size 100000] [--changes 5] [--seconds 120] [--json FILE]

Threads ask the desk without pause, the same people in the same order, as many as a server has lanes and with the tuning
of a server. First nothing happens; then changes are published one by one, each when the desk has answered with the one
before; then nothing happens again. A request counts as "while it builds" when it overlaps the time from a change to the
first answer that knows it. Goals of issue 3: no request fails, p99 at most doubles. A refusal for want of time
(`over-budget`) is a failure here, too, and is named. When the seconds for changes are spent no other one is published,
so that a busy machine tells less, and says so, instead of never ending.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

from app.api.house import LANES
from app.desk import Desk, Reference
from app.domain.errors import ReferralError
from app.main import SWITCH_SECONDS
from app.registry.store import Store
from benchmarks.measure import Goal, at_most, goals_table, table, times_of, write_json
from benchmarks.network import POLICY, open_store, reference, register_of
from benchmarks.queries import CLEAN, Query, queries
from benchmarks.register import url_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """When a request began and ended (seconds of the process's clock), and the revision it was answered from.

    A failed one has revision -1 and tells why.
    """

    begun: float
    ended: float
    revision: int
    fault: str = ""

    @property
    def milliseconds(self) -> float:
        """How long it took."""
        return (self.ended - self.begun) * 1000


@dataclass(frozen=True, slots=True)
class Window:
    """From the moment a change was published to the end of the first answer that knows it, or of our patience."""

    begun: float
    ended: float
    is_known: bool = True

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.begun

    def overlaps(self, request: Request) -> bool:
        """Whether the request was under way in it."""
        return request.begun < self.ended and request.ended > self.begun


class Askers:
    """Threads that ask the desk until they are told to stop, and remember how each request went."""

    def __init__(self, desk: Desk, asked: Sequence[Query], threads: int) -> None:
        self._desk = desk
        self._asked = asked
        self._stop = threading.Event()
        self._known = threading.Condition()
        self._revision = 0
        self.requests: list[Request] = []
        self._threads = [threading.Thread(target=self._ask, args=(number,), daemon=True) for number in range(threads)]

    def __enter__(self) -> "Askers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, revision: int, *, seconds: float) -> bool:
        """True when a request has been answered from that revision or a later one, False when the seconds end."""
        with self._known:
            return self._known.wait_for(lambda: self._revision >= revision, timeout=max(0.0, seconds))

    def _ask(self, number: int) -> None:
        while not self._stop.is_set():
            query = self._asked[number % len(self._asked)]
            number += 1
            begun, fault = time.perf_counter(), ""
            try:
                revision = int(self._desk.plan(query.person, as_of=query.as_of).versions.data)
            except ReferralError as refused:
                revision, fault = -1, refused.code
            except Exception as fallen:
                revision, fault = -1, type(fallen).__name__
            with self._known:
                self.requests.append(Request(begun, time.perf_counter(), revision, fault))
                self._revision = max(self._revision, revision)
                self._known.notify_all()


def open_desk(store: Store) -> Desk:
    """A desk over that register, with the checkout's rules and places."""
    places, crossings, pathways = reference()
    known = Reference(places=places, crossings=crossings, pathways=pathways)
    return Desk(store, known, policy=POLICY, clock=lambda: NOW)


def published(askers: Askers, store: Store, slug: str, changes: int, *, seconds: float) -> list[Window]:
    """The windows of that many changes, each published when the one before is known, all within the seconds.

    Fewer when the seconds are spent before; the last one ends there if nobody answered from it.
    """
    windows: list[Window] = []
    end = time.perf_counter() + seconds
    while len(windows) < changes and time.perf_counter() < end:
        begun = time.perf_counter()
        change = store.lift if len(windows) % 2 else store.quarantine
        change(slug, by="the benchmarks", reason="to be seen")
        is_known = askers.wait_for(store.revision(), seconds=end - begun)
        windows.append(Window(begun, time.perf_counter(), is_known))
        say(f"change {len(windows)} of {changes}: {'' if is_known else 'not '}known after {windows[-1].seconds:.1f} s")
        time.sleep(0.2)
    return windows


def measure(
    url: str, *, threads: int, changes: int, rest_seconds: float, seconds: float = 60.0
) -> tuple[list[Request], list[Window]]:
    """Every request after the first of each thread, and the windows in which a snapshot was built."""
    asked = [query for kind in CLEAN for codes in (1, 2, 3) for query in queries(kind, codes, 4, seed=5)]
    with closing(open_store(url, lambda: NOW)) as store, closing(open_store(url, lambda: NOW)) as publisher:
        slug = some_point(publisher)
        with closing(open_desk(store)) as desk, tuned():
            desk.ready()
            say("the first snapshot is built")
            with Askers(desk, asked, threads) as askers:
                askers.wait_for(1, seconds=seconds)
                time.sleep(rest_seconds / 2)
                windows = published(askers, publisher, slug, changes, seconds=seconds)
                time.sleep(rest_seconds / 2)
        return askers.requests[threads:], windows


def some_point(store: Store) -> str:
    """The slug of a service point; the register is not read whole for it."""
    places, _, _ = reference()
    with store.edition() as edition:
        return next(iter(edition.points({place.slug: place for place in places}))).slug[0]


@contextmanager
def tuned() -> Iterator[None]:
    """Threads that compute give way as soon as they do in a server."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def say(line: str) -> None:
    """How far it is, on standard error, away from the tables."""
    print(line, file=sys.stderr, flush=True)


def goals(requests: Sequence[Request], windows: Sequence[Window]) -> tuple[list[Goal], str]:
    """The two goals, and a table with the quantiles at rest and while a snapshot is built."""
    groups: dict[str, list[Request]] = {"at rest": [], "while it builds": []}
    for one in requests:
        groups["while it builds" if any(window.overlaps(one) for window in windows) else "at rest"].append(one)
    failed = Counter(one.fault or "unknown" for one in requests if one.revision < 0)
    why = ", ".join(f"{fault} {count}" for fault, count in sorted(failed.items()))
    measured = f"{failed.total()} of {len(requests)}" + (f" ({why})" if why else "")
    told = [Goal(what="swap: failed requests", goal="0", measured=measured, met=not failed)]
    rows, tails = [], []
    for name, group in groups.items():
        answered = [one.milliseconds for one in group if one.revision >= 0]
        if answered:
            found = times_of(answered)
            tails.append(found.p99)
            lost = len(group) - len(answered)
            rows.append((name, found.count, lost, found.p50, found.p95, found.p99, found.most))
    told.append(at_most("swap: p99 while it builds / p99 at rest", 2, tails[1] / tails[0] if len(tails) > 1 else None))
    known = [window.seconds for window in windows if window.is_known]
    told.append(Goal(what="swap: changes that no answer ever knew", goal="0", measured=str(len(windows) - len(known)),
                     met=len(known) == len(windows)))  # fmt: skip
    lines = table(("requests", "answered", "failed", "p50, ms", "p95", "p99", "longest"), rows)
    average = f"{sum(known) / len(known):.2f} s on average of {len(known)}" if known else "never"
    return told, f"{lines}\n\nFrom a change to the first answer that knows it: {average}."


def arguments(told: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000, help="points of the register")
    parser.add_argument("--changes", type=int, default=5, help="how many changes are published")
    parser.add_argument("--seconds", type=float, default=120.0, help="after these no other change is published")
    parser.add_argument("--threads", type=int, default=LANES, help="how many ask at the same time")
    parser.add_argument("--rest", type=float, default=20.0, help="seconds without a change, half before and half after")
    parser.add_argument("--folder", type=Path, help="where registers are kept; left out: a folder thrown away after")
    parser.add_argument("--quick", action="store_true", help="a small register and two changes")
    parser.add_argument("--json", type=Path, help="a file for `run.py`")
    chosen = parser.parse_args(told)
    if chosen.quick:
        chosen.size, chosen.changes, chosen.rest = 1_000, 2, 3.0
    return chosen


def main() -> None:
    """Measures on a copy of the register, so that the kept one stays as it is; prints Markdown."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as thrown_away:
        kept = register_of(chosen.size, chosen.folder or Path(thrown_away))
        copy = Path(thrown_away) / "copy.sqlite"
        copyfile(kept.removeprefix("sqlite:///"), copy)
        say(f"a register of {chosen.size} points is there")
        requests, windows = measure(
            url_of(copy), threads=chosen.threads, changes=chosen.changes, rest_seconds=chosen.rest,
            seconds=chosen.seconds,
        )  # fmt: skip
    told, lines = goals(requests, windows)
    print(f"{goals_table(told)}\n\n{lines}")
    lasted = [window.seconds for window in windows]
    write_json(chosen.json, "swap", told, size=chosen.size, requests=len(requests), windows=lasted)


if __name__ == "__main__":
    main()
