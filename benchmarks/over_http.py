"""Requests a second and latencies of `POST /v1/routes` against the same server returning the same bytes without work.

The limit of the stack (`ready`) is 1.0. Rounds of both alternate, so that a busy machine slows both. Prints Markdown.

    python benchmarks/over_http.py [--json FILE] [--seconds 3] [--rounds 3]
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._bodies import bodies
from benchmarks._client import Connection, Measured, loaded, percentile_ms, request_bytes
from benchmarks._servers import Register, Running, loaded_register, publishing, running, write_answers

FACTORIES = ("whole", "kept", "ready", "bare")
NAMES = {
    "whole": "`POST /v1/routes`",
    "published": "the same, while a steward publishes",
    "kept": "the same without the engine: plans kept",
    "ready": "the same server, ready bytes",
    "bare": "bare FastAPI, ready bytes",
}
CONNECTIONS = (1, 16)
WORKERS = (1, 2)
WARMING = 8
"""How often a server of several workers is asked the whole mix first: a connection is one worker's."""
HEALTH = request_bytes("/health/live")


def requests(register: Register) -> tuple[bytes, ...]:
    """The mix, as it goes over the wire."""
    return tuple(request_bytes("/v1/routes", body, register.key) for body in bodies())


def answered(server: Running, register: Register) -> dict[bytes, bytes]:
    """What that server answers to every body of the mix.

    Raises:
        RuntimeError: One is not answered with 200.
    """
    connection, found = Connection(server.port), {}
    for body, request in zip(bodies(), requests(register), strict=True):
        status, found[body] = connection.answer(request)
        if status != 200:
            raise RuntimeError(f"status {status}")
    connection.close()
    return found


def cold(factory: str, register: Register, folder: Path) -> dict[str, float]:
    """Seconds until a new process is healthy, and milliseconds of its first request and of the second one."""
    first, second = requests(register)[:2]
    with running(factory, register, folder) as server:
        connection = Connection(server.port)
        begun = time.perf_counter()
        connection.answer(first)
        between = time.perf_counter()
        connection.answer(second)
        ended = time.perf_counter()
    return {
        "start_seconds": server.start_seconds,
        "first_ms": (between - begun) * 1000,
        "second_ms": (ended - between) * 1000,
    }


def compared(register: Register, folder: Path, *, workers: int, rounds: int, seconds: float) -> list[dict[str, Any]]:
    """One row a server and number of connections."""
    rows = []
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(running(name, register, folder, workers=workers)) for name in FACTORIES
        }  # fmt: skip
        asked = requests(register)
        if len({tuple(answered(server, register).values()) for server in servers.values()}) != 1:
            raise RuntimeError("the servers do not give the same bytes")
        for _ in range(WARMING * (workers - 1)):
            answered(servers["kept"], register)
        for connections in CONNECTIONS:
            totals = {name: Measured() for name in FACTORIES}
            ratios: dict[str, list[float]] = {name: [] for name in FACTORIES}
            for _ in range(rounds):
                rates = {}
                for name, server in servers.items():
                    run = loaded(server.port, asked, connections=connections, seconds=seconds, health=HEALTH)
                    totals[name].add(run)
                    rates[name] = run.a_second
                for name in FACTORIES:
                    ratios[name].append(rates[name] / rates["ready"])
            for name, total in totals.items():
                ratio = statistics.median(ratios[name])
                row = _row(name, total, servers[name], connections=connections, workers=workers, ratio=ratio)
                rows.append(row)
    return rows


def swapped(register: Register, folder: Path, *, rounds: int, seconds: float) -> list[dict[str, Any]]:
    """Two rows: the product left alone, and while a steward publishes twice a second."""
    totals = {"whole": Measured(), "published": Measured()}
    with running("whole", register, folder) as server:
        answered(server, register)
        asked = requests(register)
        for _ in range(rounds):
            for name, total in totals.items():
                with publishing(register) if name == "published" else nullcontext():
                    total.add(loaded(server.port, asked, connections=4, seconds=seconds, health=HEALTH))
        quiet = totals["whole"].a_second
        return [
            _row(name, total, server, connections=4, workers=1, ratio=total.a_second / quiet)
            for name, total in totals.items()
        ]


def _row(
    name: str, total: Measured, server: Running, *, connections: int, workers: int, ratio: float
) -> dict[str, Any]:
    return {
        "server": name,
        "workers": workers,
        "connections": connections,
        "requests_a_second": total.a_second,
        "share_of_limit": ratio,
        "p50_ms": percentile_ms(total.seconds, 50),
        "p99_ms": percentile_ms(total.seconds, 99),
        "health_p50_ms": percentile_ms(total.health, 50),
        "health_p99_ms": percentile_ms(total.health, 99),
        "failed": total.failed,
        "answers": len(total.seconds),
        "resident_mb_a_worker": server.resident_mb(),
    }


def _table(rows: list[dict[str, Any]], share: str) -> list[str]:
    head = [
        f"| server | workers | connections | requests/s | {share} | p50, ms | p99, ms "
        "| health p50, ms | health p99, ms | failed | MB a worker |",
        "| --- |" + " ---: |" * 10,
    ]
    return head + [
        f"| {NAMES[row['server']]} | {row['workers']} | {row['connections']} | {row['requests_a_second']:.0f} "
        f"| {row['share_of_limit']:.3f} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} | {row['health_p50_ms']:.2f} "
        f"| {row['health_p99_ms']:.2f} | {row['failed']} | {row['resident_mb_a_worker']:.0f} |"
        for row in rows
    ]


def tables(rows: list[dict[str, Any]], swaps: list[dict[str, Any]], colds: dict[str, dict[str, float]]) -> str:
    """All of it as Markdown."""
    lines = [*_table(rows, "share of the limit"), "", *_table(swaps, "share of the quiet one")]
    lines += [
        "",
        "| cold process | healthy after, s | first request, ms | second, ms |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {NAMES[name]} | {told['start_seconds']:.2f} | {told['first_ms']:.1f} | {told['second_ms']:.1f} |"
        for name, told in colds.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--quick", action="store_true", help="one short round, to see that it runs")
    chosen = options.parse_args()
    if chosen.quick:
        chosen.seconds, chosen.rounds = 0.3, 1
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        register = loaded_register(folder)
        with running("whole", register, folder) as server:
            write_answers(register, answered(server, register))
        colds = {name: cold(name, register, folder) for name in FACTORIES}
        rows = [
            row
            for workers in WORKERS
            for row in compared(register, folder, workers=workers, rounds=chosen.rounds, seconds=chosen.seconds)
        ]
        swaps = swapped(register, folder, rounds=chosen.rounds, seconds=chosen.seconds)
    print(tables(rows, swaps, colds))
    if chosen.json:
        chosen.json.write_text(json.dumps({"rows": rows, "swap": swaps, "cold": colds}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
