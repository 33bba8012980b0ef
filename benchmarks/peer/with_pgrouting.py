"""pgRouting, the graph extension of PostgreSQL: steps copied into a table, then `pgr_dijkstraCost` over it.

    apt-get install postgresql-15-pgrouting

The server is one of our own: in a directory that is thrown away, on a socket there, and gone when this process is.
Which steps there are depends on the person, so a service would load them anew for each; the query is also shown by
itself, as if the table had been there. It is dropped and made again for each problem, unlogged and analysed.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from benchmarks.peer.product import Cost, Product, product

EXTENSION = "/usr/share/postgresql/*/extension/pgrouting.control"
PROGRAMS = "/usr/lib/postgresql/{version}/bin"
SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "listen_addresses": "",
    "autovacuum": "off", "shared_buffers": "256MB",
}  # fmt: skip
START_SECONDS = 30
UNTIL_NOBODY_ASKS = '"$@" & server=$!; read -r _; kill -QUIT $server; wait $server; rm -rf "$0"'
"""Runs the server until the pipe is closed, which the end of this process does, too; then its directory goes."""
QUERY = """
    SELECT agg_cost FROM pgr_dijkstraCost('SELECT id, tail AS source, head AS target, weight AS cost FROM step', %s, %s)
"""


class Loaded(NamedTuple):
    """A connection to the database that holds the graph."""

    graph: Product
    connection: psycopg.Connection[Any]


def load(problem: dict[str, Any], *, thin: bool = False) -> Loaded:
    """The product graph in a table."""
    graph, connection = product(problem, thin=thin), _server().connection
    connection.execute("DROP TABLE IF EXISTS step")
    connection.execute("CREATE UNLOGGED TABLE step (id int, tail int, head int, weight float8)")
    columns = (column.tolist() for column in (graph.tails, graph.heads, graph.weights))
    rows = "".join(
        f"{number}\t{tail}\t{head}\t{weight}\n"
        for number, (tail, head, weight) in enumerate(zip(*columns, strict=True))
    )
    with connection.cursor() as cursor, cursor.copy("COPY step FROM STDIN") as copy:
        copy.write(rows)
    connection.execute("ANALYZE step")
    return Loaded(graph, connection)


def query(loaded: Loaded) -> Cost:
    """The best cost."""
    found = loaded.connection.execute(QUERY, (0, loaded.graph.sink)).fetchone()
    if found is None:
        raise RuntimeError("no way to the sink")
    return loaded.graph.cost(found[0])


class Given(NamedTuple):
    """A problem, when the server is there."""

    problem: dict[str, Any]
    thin: bool


def at_a_server(problem: dict[str, Any], *, thin: bool = False) -> Given:
    """The problem; the server has been started, which a service would have done long before."""
    _server()
    return Given(problem, thin)


def load_and_query(given: Given) -> Cost:
    """The best cost."""
    return query(load(given.problem, thin=given.thin))


class Server(NamedTuple):
    """A server, which ends when its process does not hear from us any more, and a connection to it."""

    process: subprocess.Popen[bytes]
    connection: psycopg.Connection[Any]


@cache
def _server() -> Server:
    """The server of this process, started when it is first asked for."""
    control = sorted(Path("/").glob(EXTENSION.removeprefix("/")))[-1]
    programs = Path(PROGRAMS.format(version=control.parts[-3]))
    place = Path(tempfile.mkdtemp(prefix="referral-pgrouting-"))
    person = _other_person()
    if person:
        shutil.chown(place, person["user"])
    run: dict[str, Any] = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **person}
    data = place / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
        check=True, **run,
    )  # fmt: skip
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = [programs / "postgres", "-D", data, "-k", place, *settings]
    process = subprocess.Popen(["sh", "-c", UNTIL_NOBODY_ASKS, place, *server], stdin=subprocess.PIPE, **run)
    connection = _connected(place, process)
    connection.execute("CREATE EXTENSION pgrouting CASCADE")
    atexit.register(_ended, Server(process, connection))
    return Server(process, connection)


def _ended(server: Server) -> None:
    server.connection.close()
    assert server.process.stdin is not None
    server.process.stdin.close()
    server.process.wait(timeout=START_SECONDS)


def _connected(place: Path, process: subprocess.Popen[bytes]) -> psycopg.Connection[Any]:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg.connect(f"host={place} user=postgres dbname=postgres", autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > end or process.poll() is not None:
                raise
            time.sleep(0.05)


def _other_person() -> dict[str, Any]:
    """PostgreSQL refuses root, so then it runs as another user that exists anyway."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
