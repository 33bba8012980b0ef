"""Ladybug, a graph database inside the process: states and steps copied from data frames, one weighted shortest path.

Which steps there are depends on the person, so a service would load the graph anew for each; the query is also shown by
itself, as if the graph had been there.
"""

from typing import Any, NamedTuple

import ladybug
import pandas as pd

from benchmarks.peer.product import Cost, Product, product

MEMORY = 1 << 31
QUERY = """
    MATCH (a:State)-[steps:Step* WSHORTEST(weight)]->(b:State) WHERE a.id = 0 AND b.id = $sink RETURN cost(steps)
"""


class Loaded(NamedTuple):
    """An open database that holds the graph."""

    graph: Product
    database: ladybug.Database
    connection: ladybug.Connection

    def close(self) -> None:
        """The memory is given back."""
        self.connection.close()
        self.database.close()


def load(problem: dict[str, Any], *, thin: bool = False) -> Loaded:
    """The product graph in a database in memory."""
    graph = product(problem, thin=thin)
    database = ladybug.Database(":memory:", buffer_pool_size=MEMORY, max_db_size=MEMORY)
    connection = ladybug.Connection(database)
    connection.execute("CREATE NODE TABLE State(id INT64 PRIMARY KEY)")
    connection.execute("CREATE REL TABLE Step(FROM State TO State, weight INT64)")
    connection.execute("COPY State FROM $rows", {"rows": pd.DataFrame({"id": range(graph.states)})})
    steps = pd.DataFrame({"from": graph.tails, "to": graph.heads, "weight": graph.weights})
    connection.execute("COPY Step FROM $rows", {"rows": steps})
    return Loaded(graph, database, connection)


def query(loaded: Loaded) -> Cost:
    """The best cost."""
    found = loaded.connection.execute(QUERY, {"sink": loaded.graph.sink})
    return loaded.graph.cost(found.get_next()[0])


def solve(problem: dict[str, Any], *, thin: bool = False) -> Cost:
    """The best cost."""
    loaded = load(problem, thin=thin)
    try:
        return query(loaded)
    finally:
        loaded.close()
