"""How much of a register the gates close: for typical people 60 to 80 % of the points that offer what is asked for."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from app.routing import Network, RankingPolicy
from app.routing.columns import bits_of
from app.routing.judgement import Judgement, judge
from app.routing.opening import all_gates, circumstances_of
from benchmarks.network import moment_of
from benchmarks.queries import Query


def closed_shares(network: Network, asked: Iterable[Query]) -> tuple[float, ...]:
    """Per query, the share of the points offering a code asked for of which the gates leave none of these codes.

    Queries for what nobody offers are left out.
    """
    shares = []
    for query in asked:
        needed, judgement = _judged(network, query)
        offering = (network.columns.offers & needed) != 0
        if offering.any():
            shares.append(float((judgement.routes[offering] & needed == 0).mean()))
    return tuple(shares)


def closing_rules(network: Network, asked: Iterable[Query]) -> Mapping[str, float]:
    """By rule, the share of the points offering a code asked for where it closes one, over all queries; most first."""
    total, counts = 0, Counter[str]()
    for query in asked:
        needed, judgement = _judged(network, query)
        offered = network.columns.offers & needed
        total += int((offered != 0).sum())
        for judged in judgement.judged:
            counts[judged.gate.rule.id] += int(((judged.closes & offered) != 0).sum())
    return {rule: count / max(total, 1) for rule, count in counts.most_common()}


def _judged(network: Network, query: Query) -> tuple[np.int64, Judgement]:
    """The codes asked for as bits, and every gate over every row."""
    circumstances = circumstances_of(moment_of(query.as_of), network, query.person, RankingPolicy())
    gates = all_gates(network, circumstances)
    return np.int64(bits_of(query.person.needs)), judge(query.person, network.columns, gates, circumstances)
