"""Campaigns: one comparison for many seeds, in processes, with a journal from which a later run goes on.

A journal holds one JSON line for each finished chunk of seeds, and one with the total at the end of each run. Chunks
begin at multiples of their length, so runs over different seeds may share a journal, also at the same time. What was
found with other code of the engine does not count.
"""

import fcntl
import hashlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.measure import Goal

PROCESSES = 2
PROGRESS_SECONDS = 20
ENGINE = ("app/routing", "app/domain")
"""The code on which a comparison rests."""
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one seed: the kind of problem, and what differs or why it was skipped, "" where neither is so."""

    label: str
    different: str = ""
    skipped: str = ""


Check = Callable[[int], Checked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A comparison that is made for many seeds, and for how many it must hold."""

    key: str
    """In journals; what is compared with what, and on how many points."""
    name: str
    check: Check
    wanted: int
    """So many without a difference are the goal."""
    chunk: int
    """So many seeds are finished together."""


@dataclass(slots=True, kw_only=True)
class Total:
    """What a campaign found in the chunks that are finished; seconds of the processor, of all processes together."""

    campaign: Campaign
    labels: Counter[str] = field(default_factory=Counter)
    """What was compared; not what was skipped."""
    different: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, line: dict[str, Any]) -> None:
        """A chunk more."""
        self.labels.update(line["labels"])
        self.different += [(seed, what) for seed, what in line["different"]]
        self.skipped += [(seed, what) for seed, what in line["skipped"]]
        self.seconds += line["seconds"]

    @property
    def compared(self) -> int:
        """How many seeds ended in a comparison."""
        return self.labels.total()

    @property
    def goal(self) -> Goal:
        """No difference in as many as are wanted; in fewer it is not shown."""
        wanted = self.campaign.wanted
        measured = f"{len(self.different)} of {self.compared:,}" + f", {len(self.skipped)} skipped" * bool(self.skipped)
        met = False if self.different else True if self.compared >= wanted else None
        measured = measured if met is not None else f"not shown: {measured}"
        return Goal(
            what=f"different answers, {self.campaign.name}", goal=f"0 of {wanted:,}", measured=measured, met=met
        )

    def line(self, seeds: range) -> dict[str, Any]:
        """The total as a journal has it."""
        return {
            "campaign": self.campaign.key, "total": True, "engine": engine(), "first": seeds.start, "end": seeds.stop,
            "compared": self.compared, "labels": dict(sorted(self.labels.items())), "different": self.different,
            "skipped": self.skipped, "seconds": round(self.seconds, 1),
        }  # fmt: skip


@cache
def engine() -> str:
    """A short name of the engine's code as it is now."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in ENGINE for path in (ROOT / folder).rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def chunks(seeds: range, length: int) -> list[range]:
    """The seeds, cut at multiples of that length."""
    cuts = [seeds.start, *range((seeds.start // length + 1) * length, seeds.stop, length), seeds.stop]
    return [range(begin, end) for begin, end in pairwise(cuts) if begin < end]


def run(
    campaign: Campaign,
    seeds: range,
    *,
    journal: Path | None = None,
    processes: int = PROCESSES,
    minutes: float = float("inf"),
) -> Total:
    """The total over these seeds: of what the journal has, and of what is done now, until the minutes are over."""
    total, known, end = Total(campaign=campaign), _known(campaign, journal), time.monotonic() + 60 * minutes
    todo = []
    for chunk in chunks(seeds, campaign.chunk):
        if (chunk.start, len(chunk)) in known:
            total.add(known[chunk.start, len(chunk)])
        else:
            todo.append(chunk)
    with closing(_finished(campaign, todo, processes)) as lines:
        for line in _watched(total, lines, len(seeds)) if todo else ():
            _write(journal, line)
            if time.monotonic() > end:
                break
    _write(journal, total.line(seeds))
    return total


def _known(campaign: Campaign, journal: Path | None) -> dict[tuple[int, int], dict[str, Any]]:
    """The chunks that the journal has, by first seed and length."""
    found = {}
    for text in journal.read_text(encoding="utf-8").splitlines() if journal and journal.exists() else ():
        with suppress(json.JSONDecodeError):  # A line that was being written when the machine stopped.
            line = json.loads(text)
            if line["campaign"] == campaign.key and line["engine"] == engine() and not line.get("total"):
                found[line["first"], line["count"]] = line
    return found


def _write(journal: Path | None, line: dict[str, Any]) -> None:
    if journal is not None:
        with journal.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(line) + "\n")


_running: list[Campaign] = []
"""The campaign that this process was forked for."""


def _finished(campaign: Campaign, todo: Sequence[range], processes: int) -> Iterator[dict[str, Any]]:
    """A line for each chunk, as they are finished."""
    _running[:] = [campaign]
    with get_context("fork").Pool(max(1, min(processes, os.cpu_count() or 1, len(todo)))) as pool:
        yield from pool.imap_unordered(_done, todo)


def _done(chunk: range) -> dict[str, Any]:
    """The line of one chunk; what breaks is a difference, too."""
    campaign, begun = _running[0], time.process_time()
    labels: Counter[str] = Counter()
    different, skipped = [], []
    for seed in chunk:
        try:
            found = campaign.check(seed)
        except Exception as fault:
            found = Checked("broke", different=f"broke: {type(fault).__name__}")
        if found.skipped:
            skipped.append((seed, found.skipped))
        else:
            labels[found.label] += 1
        if found.different:
            different.append((seed, found.different))
    return {
        "campaign": campaign.key, "engine": engine(), "first": chunk.start, "count": len(chunk), "labels": dict(labels),
        "different": different, "skipped": skipped, "seconds": round(time.process_time() - begun, 3),
    }  # fmt: skip


def _watched(total: Total, lines: Iterable[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """The lines, added to the total; differences are told at once, and now and then how far things are."""
    told = time.perf_counter()
    for line in lines:
        total.add(line)
        for seed, what in line["different"]:
            print(f"{total.campaign.name}: seed {seed}: {what}", file=sys.stderr, flush=True)
        done = total.compared + len(total.skipped)
        if time.perf_counter() - told > PROGRESS_SECONDS or done == count:
            told = time.perf_counter()
            print(f"{total.campaign.name}: {done:,} of {count:,}, {len(total.different)} differ", file=sys.stderr)
        yield line
