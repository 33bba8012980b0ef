"""How much of a register the gates close: for typical people 60 to 80 % of the points that offer what is needed."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from app.routing import Network, RankingPolicy, open_case
from benchmarks.network import moment_of
from benchmarks.queries import Query


def closed_shares(network: Network, asked: Iterable[Query]) -> tuple[float, ...]:
    """Per query, the share of the points offering a needed code of which the gates leave none of these codes.

    Queries whose needs nobody offers are left out.
    """
    shares = []
    for query in asked:
        offering, closed, _ = _looked_at(network, query)
        if offering:
            shares.append(closed / offering)
    return tuple(shares)


def closing_rules(network: Network, asked: Iterable[Query]) -> Mapping[str, float]:
    """By rule, the share of the points offering a needed code where it closes one, over all queries; most first."""
    total, counts = 0, Counter[str]()
    for query in asked:
        offering, _, rules = _looked_at(network, query)
        total += offering
        counts.update(rules)
    return {rule: count / max(total, 1) for rule, count in counts.most_common()}


def _looked_at(network: Network, query: Query) -> tuple[int, int, Counter[str]]:
    case = open_case(
        network, query.person, moment_of(query.as_of), policy=RankingPolicy(), k=1, holder=None
    )  # fmt: skip
    from app.routing.columns import bits_of

    needed = np.int64(bits_of(case.sequence.needs))
    offering = (network.columns.offers & needed) != 0
    closed = offering & ((case.judgement.routes & needed) == 0)
    rules: Counter[str] = Counter()
    for judged in case.judgement.judged:
        rules[judged.gate.rule.id] += int(((judged.closes & network.columns.offers & needed) != 0).sum())
    return int(offering.sum()), int(closed.sum()), rules
