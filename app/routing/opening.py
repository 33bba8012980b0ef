"""A request is opened in two steps: what does not depend on service points, and then a look at some of them."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import Sector
from app.domain.pathway import Pathway
from app.domain.plan import Grade
from app.domain.profile import Profile
from app.routing.case import Case, Request
from app.routing.columns import bits_of, codes_of
from app.routing.gates import Circumstances, Gate
from app.routing.judgement import Judgement, judge, judge_again
from app.routing.network import Moment, Network
from app.routing.policy import RankingPolicy
from app.routing.preferences import mild_cautions, preference_points
from app.routing.requirements import required_first
from app.routing.sequence import Sequence, sequence, unlock
from app.routing.travel import Travel
from app.routing.verdicts import Bits
from app.routing.witness import changes
from app.routing.words import Rows


def request_of(
    network: Network, person: Profile, moment: Moment, *, policy: RankingPolicy, k: int, holder: str | None
) -> Request:
    """What is asked: gates in force, what is needed and in which order, the ways that are open."""
    circumstances = circumstances_of(moment, network, person, policy)
    return Request(
        person=person,
        network=network,
        moment=moment,
        policy=policy,
        gates=all_gates(network, circumstances),
        circumstances=circumstances,
        sequence=sequence(person, _files(network, person), on=circumstances.on),
        travel=travel_of(network, person),
        holder=holder,
        k=k,
    )


def of_another(request: Request, person: Profile) -> Request:
    """The same request of a person of whom one more answer is known."""
    same_ways = (person.nationality, person.travel) == (request.person.nationality, request.person.travel)
    return replace(
        request,
        person=person,
        sequence=sequence(person, _files(request.network, person), on=request.circumstances.on),
        travel=request.travel if same_ways else travel_of(request.network, person),
    )


def look(request: Request, rows: Rows | slice, *, beds_only: frozenset[str] = frozenset()) -> Case:
    """The request with the judgement of the gates on these rows of the network."""
    columns = request.network.columns.take(rows)
    person, circumstances = request.person, request.circumstances
    return _case(request, judge(person, columns, request.gates, circumstances), beds_only)


def look_again(case: Case, request: Request) -> Case:
    """The same rows for the same request of a person of whom one more answer is known."""
    changed = changes(case.person, request.person)
    return _case(request, judge_again(case.judgement, request.person, changed, request.circumstances), case.beds_only)


def _case(request: Request, judgement: Judgement, beds_only: frozenset[str]) -> Case:
    columns, person, circumstances = judgement.points, request.person, request.circumstances
    doors = required_first(person, columns, circumstances, request.network.pathways)
    heard: dict[str, Judgement] = {}

    def hear(organization: str) -> Judgement:
        if organization not in heard:
            whole = request.network.columns
            theirs = whole.take(whole.rows_of_organization(organization))
            heard[organization] = judge(person, theirs, request.gates, circumstances)
        return heard[organization]

    return Case(
        request=request,
        columns=columns,
        judgement=judgement,
        orders=MappingProxyType(
            {
                Grade.VERIFIED: _with_doors(request.sequence, judgement.routes, doors, person),
                Grade.LISTED: _with_doors(request.sequence, judgement.leads, doors, person),
            }
        ),
        beds_only=beds_only,
        doors=doors,
        preferences=preference_points(person, columns, request.policy, circumstances),
        mild=mild_cautions(person, columns),
        hear=hear,
    )


def travel_of(network: Network, person: Profile) -> Travel:
    """The ways that are open to this person."""
    chains = network.roads.borders.of(person.nationality, borders=person.travel.borders is not Answer.NO)
    return Travel(network.roads, chains)


def circumstances_of(moment: Moment, network: Network, person: Profile, policy: RankingPolicy) -> Circumstances:
    """The day at the person's place, and the policy's limits of age."""
    return Circumstances(
        on=moment.on(network.place(person.location.place).timezone),
        warn_days=policy.warn_days,
        exclude_days=policy.exclude_days,
        stay_warn_days=policy.stay_warn_days,
        stay_exclude_days=policy.stay_exclude_days,
    )


def all_gates(network: Network, circumstances: Circumstances) -> tuple[Gate, ...]:
    """The universal gates, then those of the country files that are in force on the day."""
    return network.gates_on(circumstances.on)


def _files(network: Network, person: Profile) -> tuple[Pathway, ...]:
    """The universal rules and those of the country where the person is."""
    pathways: Mapping[str, Pathway] = network.pathways
    return tuple(pathways[c] for c in ("*", person.location.country) if c in pathways)


def _with_doors(plain: Sequence, left: Bits, doors: tuple[tuple[str, Bits], ...], person: Profile) -> Sequence:
    """Adds the codes that open doors, and those that open the doors of these, until nothing new appears."""
    abroad = person.consent(Sector.CROSS_BORDER) is Answer.YES
    widened = unlock(plain, plain.before_border if abroad else ())
    while True:
        rows = (left & bits_of(widened.codes)) != 0
        asked = 0
        for _, bits in doors:
            asked |= int(np.bitwise_or.reduce(bits[rows], initial=0))
        wider = unlock(plain, (*widened.unlocking, *codes_of(asked)))
        if wider.unlocking == widened.unlocking:
            return widened
        widened = wider
