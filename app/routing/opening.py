"""A request is opened in two steps: what does not depend on service points, and then a look at some of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import Sector
from app.domain.pathway import Pathway
from app.domain.plan import Grade
from app.domain.profile import Profile
from app.routing.case import Case, Request, left_for, together
from app.routing.columns import bits_of, codes_of
from app.routing.gates import Circumstances, Gate
from app.routing.hearing import Hearing
from app.routing.judgement import Judgement, judge, judge_again
from app.routing.network import Moment, Network
from app.routing.policy import RankingPolicy
from app.routing.preferences import mild_cautions, preference_points
from app.routing.requirements import required_first
from app.routing.sequence import Sequence, concerns_again, concerns_of, sequence_under, unlock
from app.routing.travel import Travel
from app.routing.verdicts import Bits
from app.routing.witness import Memory, Witness, changes
from app.routing.words import Rows


def request_of(
    network: Network, person: Profile, moment: Moment, *, policy: RankingPolicy, k: int, holder: str | None
) -> Request:
    """What is asked: gates in force, what is needed and in which order, the ways that are open."""
    circumstances = circumstances_of(moment, network, person, policy)
    concerns, witness = concerns_of(person, _files(network, person), on=circumstances.on), Witness(person)
    return Request(
        person=person,
        network=network,
        moment=moment,
        policy=policy,
        gates=all_gates(network, circumstances),
        circumstances=circumstances,
        concerns=concerns,
        sequence=sequence_under(concerns, witness),
        rests_on=witness.read,
        travel=travel_of(network, person),
        holder=holder,
        k=k,
    )


def of_another(request: Request, person: Profile) -> Request:
    """The same request of a person of whom one more answer is known; what does not change stays the same object."""
    before = request.person
    if person.location != before.location:
        raise ValueError("somebody who is elsewhere makes a request of her own")
    changed = changes(before, person)
    concerns, witness = concerns_again(request.concerns, person, changed), Witness(person)
    same_order = changed.isdisjoint(request.rests_on) and concerns.hold_as(request.concerns)
    same_ways = changed.isdisjoint(("nationality", "travel"))
    return replace(
        request,
        person=person,
        concerns=concerns,
        sequence=request.sequence if same_order else sequence_under(concerns, witness),
        rests_on=request.rests_on if same_order else witness.read,
        travel=request.travel if same_ways else travel_of(request.network, person),
    )


def look(request: Request, rows: Rows | slice, *, beds_only: frozenset[str] = frozenset()) -> Case:
    """The request with the judgement of the gates on these rows of the network."""
    columns = request.network.columns.take(rows)
    judgement = judge(request.person, columns, request.gates, request.circumstances)
    hear = Hearing(request.person, request.network.columns, request.gates, request.circumstances)
    return _case(request, judgement, hear, Memory(), beds_only)


def look_again(case: Case, request: Request) -> Case:
    """The same rows for the same request of a person of whom one more answer is known.

    What rests on none of the answers that differ is not found again, and stays the same object.
    """
    changed = changes(case.person, request.person)
    judgement = judge_again(case.judgement, request.person, changed, request.circumstances)
    hear, memory = case.hear.of_another(request.person), case.memory.without(changed)
    return _case(request, judgement, hear, memory, case.beds_only, case)


def _case(
    request: Request,
    judgement: Judgement,
    hear: Hearing,
    memory: Memory,
    beds_only: frozenset[str],
    known: Case | None = None,
) -> Case:
    columns, person, circumstances = judgement.points, request.person, request.circumstances
    doors = required_first(person, columns, circumstances, request.network.pathways, memory)
    return Case(
        request=request,
        columns=columns,
        judgement=judgement,
        orders=Orders(request, judgement, doors, known),
        beds_only=beds_only,
        doors=doors,
        preferences=preference_points(person, columns, request.policy, circumstances, memory),
        mild=memory.of(mild_cautions, person, partial(mild_cautions, points=columns)),
        hear=hear,
        memory=memory,
    )


class Orders(Mapping[Grade, Sequence]):
    """What is needed, for each grade with the codes that open the doors of its points, once somebody asks."""

    def __init__(
        self, request: Request, judgement: Judgement, doors: tuple[tuple[str, Bits], ...], known: Case | None
    ) -> None:
        """
        Args:
            request: Who asks, and what is needed before any door is looked at.
            judgement: What is left of each row.
            doors: What each row requires first.
            known: Of the same rows, for the same request of another person.
        """
        self._request, self._judgement, self._doors = request, judgement, doors
        self._known = known if known is not None and self._asks_the_same(known) else None
        self._found: dict[Grade, Sequence] = {}

    def _asks_the_same(self, known: Case) -> bool:
        """Whether the same objects are asked for; then, where the same is left, so is what opens doors."""
        return (
            known.request.sequence is self._request.sequence
            and _abroad(known.person) is _abroad(self._request.person)
            and len(known.doors) == len(self._doors)
            and all(one[1] is other[1] for one, other in zip(known.doors, self._doors, strict=True))
        )

    def __getitem__(self, grade: Grade) -> Sequence:
        if grade not in self._found:
            self._found[grade] = self._order(grade)
        return self._found[grade]

    def __len__(self) -> int:
        return len(Grade)

    def __iter__(self) -> Iterator[Grade]:
        return iter(Grade)

    def _order(self, grade: Grade) -> Sequence:
        left = left_for(self._judgement, grade)
        if self._known is not None and left is left_for(self._known.judgement, grade):
            return self._known.orders[grade]
        return _with_doors(self._request.sequence, left, self._all_doors, abroad=_abroad(self._request.person))

    @cached_property
    def _all_doors(self) -> Bits:
        return together((bits for _, bits in self._doors), self._judgement.points.rows)


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


def _abroad(person: Profile) -> bool:
    """Whether the person agreed to cross a border."""
    return person.consent(Sector.CROSS_BORDER) is Answer.YES


def _with_doors(plain: Sequence, left: Bits, doors: Bits, *, abroad: bool) -> Sequence:
    """Adds the codes that open doors, and those that open the doors of these, until nothing new appears."""
    border = plain.before_border if abroad else ()
    widened = unlock(plain, border) if border else plain
    at_hand = bits_of(plain.already_has)
    while True:
        in_play = bits_of(widened.codes)
        asked = int(np.bitwise_or.reduce(doors[(left & in_play) != 0], initial=0)) & ~(in_play | at_hand)
        if not asked:
            return widened
        wider = unlock(plain, (*widened.unlocking, *codes_of(asked)))
        if wider.unlocking == widened.unlocking:
            return widened
        widened = wider
