"""Where the time of one `POST /v1/routes` goes, on the real directory: a table of shares, in Markdown.

The application runs in this process, without a socket; timers are put around its parts, each counting what it does
itself and not what a part inside it does. Of several runs of a body the quickest one counts, since a shared machine
only ever makes things slower.

    python benchmarks/request.py [--json FILE] [--repeats 5] [--most-needs 4] [--without-engine]

`--without-engine` gives out the plan that the engine made at the first run of a body: what is left is the limit that no
engine can pass.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr, suppress
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from fastapi import FastAPI

from benchmarks._bodies import bodies
from benchmarks._plans import repeating
from benchmarks._servers import loaded_register

REST = "framework: routing, dependencies, threads, middleware"
QUESTIONS = "engine: questions"
PARTS = (
    ("app.registry.store:Store.find_key", "key check"),
    ("app.api.wire:named_language", "body to profile"),
    ("app.api.wire:read_routes", "body to profile"),
    ("app.registry.store:Store.revision", "revision"),
    ("app.desk.desk:Desk._moment", "clock and zones"),
    ("app.registry.store:Store.known_slugs", "holder and excluded providers"),
    ("app.desk.desk:Desk._checked", "holder and excluded providers"),
    ("app.routing.opening:request_of", "engine: gates and order"),
    ("app.routing.opening:of_another", "engine: gates and order"),
    ("app.routing.opening:look", "engine: gates and order"),
    ("app.routing.opening:look_again", "engine: gates and order"),
    ("app.routing.lookout:Lookout.look_beyond", "engine: what to look at, mirages"),
    ("app.routing.lookout:Lookout.mirages", "engine: what to look at, mirages"),
    ("app.routing.horizon:with_mirages", "engine: what to look at, mirages"),
    ("app.routing.formulate:field_of_case", "engine: field"),
    ("app.routing.search:search", "engine: search"),
    ("app.routing.search:best_below", "engine: search"),
    ("app.routing.backups:backups", "engine: backups"),
    ("app.routing.questions:questions", f"{QUESTIONS}: the rest"),
    ("app.routing.steps:route", "engine: explanation"),
    ("app.routing.explain:gaps", "engine: explanation"),
    ("app.routing.explain:warnings", "engine: explanation"),
    ("app.routing.plan:plan", "engine: the rest"),
    ("app.registry.store:Store.read_entries", "names and contacts"),
    ("app.desk.desk:Desk._reply", "reply"),
    ("app.api.shaping:shaped_routes", "shaping"),
    ("app.api.planning:_told", "serialisation"),
    ("app.logs:write", "log line"),
)
"""What is timed, by where it is defined, and under which name. What the engine does inside its questions is told apart
as theirs. A part that the program does not have any more is named below the table."""


class Timers:
    """Seconds by name, each without those of the parts inside it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.missing: list[str] = []
        """What is to be timed and is not there."""
        self._names: list[str] = []
        self._inside: list[float] = []

    def around(self, work: Callable[..., Any], name: str) -> Callable[..., Any]:
        """The same work, timed."""

        def timed(*given: Any, **named: Any) -> Any:
            self._inside.append(0.0)
            self._names.append(name)
            begun = time.perf_counter()
            try:
                return work(*given, **named)
            finally:
                took = time.perf_counter() - begun
                self._names.pop()
                self.seconds[self._told_apart(name)] += took - self._inside.pop()
                if self._inside:
                    self._inside[-1] += took

        return timed

    def _told_apart(self, name: str) -> str:
        if any(outer.startswith(QUESTIONS) for outer in self._names) and name.startswith("engine: "):
            return f"{QUESTIONS}: {name.removeprefix('engine: ')}"
        return name


def found(where: str) -> tuple[Any, str] | None:
    """Whose attribute that is, and its name; a function that moved to another module of the room is found there."""
    module, _, path = where.partition(":")
    *outer, last = path.split(".")
    with suppress(ImportError, AttributeError):
        owner: Any = import_module(module)
        for part in outer:
            owner = getattr(owner, part)
        getattr(owner, last)
        return owner, last
    room = module.rpartition(".")[0]
    homes = [one for one in modules_of(room) if getattr(vars(one).get(last), "__module__", "") == one.__name__]
    return (homes[0], last) if len(homes) == 1 and not outer else None


def modules_of(room: str) -> list[ModuleType]:
    """The modules of that package that have been imported."""
    return [module for name, module in sorted(sys.modules.items()) if name.startswith(f"{room}.") and module]


def replace_everywhere(old: Callable[..., Any], new: Callable[..., Any]) -> None:
    """Every module of the program that knows the function by a name knows the other one instead."""
    for module in modules_of("app"):
        for name in [name for name, value in vars(module).items() if value is old]:
            setattr(module, name, new)


@contextmanager
def timed_parts() -> Iterator[Timers]:
    """Timers around every part that is there; taken away at the end."""
    import_module("app.main")
    timers, kept = Timers(), []
    for where, name in PARTS:
        place = found(where)
        if place is None:
            timers.missing.append(where)
            continue
        owner, last = place
        work = getattr(owner, last)
        timed = timers.around(work, name)
        kept.append((owner, last, work, timed))
        setattr(owner, last, timed)
        replace_everywhere(work, timed)
    try:
        yield timers
    finally:
        for owner, last, work, timed in reversed(kept):
            setattr(owner, last, work)
            replace_everywhere(timed, work)


@contextmanager
def plans_kept() -> Iterator[None]:
    """The engine makes every plan once in this process, then repeats it."""
    from app.desk import desk

    real = desk.plan
    desk.plan = repeating(real)
    try:
        yield
    finally:
        desk.plan = real


async def asked(app: FastAPI, body: bytes, key: str) -> int:
    """The status of one request that never saw a socket."""
    status = 0
    given = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Any:
        return next(given)

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = {"host": "x", "content-type": "application/json", "content-length": str(len(body)),
               "authorization": f"Bearer {key}"}  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/routes", "raw_path": b"/v1/routes", "query_string": b"", "root_path": "", "server": ("x", 80),
        "client": ("x", 1), "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    await app(scope, receive, send)
    return status


async def measured(timers: Timers, key: str, *, repeats: int, most_needs: int) -> Counter[str]:
    """Seconds by part, over one quickest run of every body."""
    from app.main import create_app

    app, total = create_app(), Counter[str]()
    async with app.router.lifespan_context(app):
        for body in bodies(most_needs=most_needs):
            runs = []
            for _ in range(repeats + 1):
                timers.seconds.clear()
                begun = time.perf_counter()
                status = await asked(app, body, key)
                whole = time.perf_counter() - begun
                if status != 200:
                    raise RuntimeError(f"status {status}")
                runs.append((whole, Counter(timers.seconds)))
            whole, parts = min(runs[1:], key=lambda run: run[0])
            total += parts
            total[REST] += whole - sum(parts.values())
    return total


def table(total: Counter[str], requests: int, missing: Sequence[str] = ()) -> str:
    """The parts in the order of the way, with their share; then the engine against everything else."""
    whole = sum(total.values())
    lines = ["| part | µs a request | share |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {total[name] / requests * 1e6:.0f} | {total[name] / whole:.1%} |" for name in ordered(total)]
    engine = sum(seconds for name, seconds in total.items() if name.startswith("engine"))
    lines += [
        f"| **engine** | {engine / requests * 1e6:.0f} | {engine / whole:.1%} |",
        f"| **everything else** | {(whole - engine) / requests * 1e6:.0f} | {1 - engine / whole:.1%} |",
        f"| **whole** | {whole / requests * 1e6:.0f} | 100% |",
    ]
    if missing:
        names = ", ".join(f"`{where}`" for where in missing)
        lines += ["", f"Not timed, since they are not there any more, and counted to the part around them: {names}."]
    return "\n".join(lines)


def ordered(total: Counter[str]) -> list[str]:
    """The names of what was measured, in the order of the way; what belongs to the questions stands together."""
    names = [REST, *dict.fromkeys(name for _, name in PARTS)]
    inside = [f"{QUESTIONS}: {name.removeprefix('engine: ')}" for name in names if name.startswith("engine: ")]
    at = names.index(f"{QUESTIONS}: the rest")
    return [name for name in dict.fromkeys((*names[:at], *inside, *names[at:])) if name in total]


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--most-needs", type=int, default=4)
    options.add_argument("--without-engine", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as made, redirect_stderr(StringIO()):
        register = loaded_register(Path(made))
        os.environ.update(register.environment)
        with plans_kept() if chosen.without_engine else nullcontext(), timed_parts() as timers:
            work = measured(timers, register.key, repeats=chosen.repeats, most_needs=chosen.most_needs)
            total = asyncio.run(work)
    print(table(total, len(bodies()), timers.missing))
    if chosen.json:
        chosen.json.write_text(json.dumps({"seconds": total, "missing": timers.missing}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
