"""What must hold for every answer, on random networks and random people (standards, section 8, property tests)."""

from collections.abc import Iterator
from dataclasses import fields, replace
from types import MappingProxyType

import numpy as np
import pytest

from app.domain.answer import Answer
from app.domain.codes import CODES, Sector
from app.domain.plan import Grade, Plan, Step
from app.domain.profile import LegalStatus, Profile
from app.domain.provider import Eligibility, OrganizationType, Safety, ServicePoint
from app.routing import Network, RankingPolicy, plan
from app.routing.building import build_columns
from app.routing.columns import bits_of
from app.routing.gates import life_saving_codes
from app.routing.opening import all_gates, circumstances_of
from app.routing.plan import open_case
from app.routing.steps import OVERRIDDEN
from app.routing.verdicts import Verdict
from tests.routing.networks import MOMENT, Draw, network_of, reordered
from tests.routing.people import points_of

POLICY = RankingPolicy()
SEEDS = [range(start, start + 30) for start in range(0, 240, 30)]


def worlds(seeds: range, sure: float = 0.9) -> Iterator[tuple[int, Network, Profile]]:
    for seed in seeds:
        draw = Draw(seed, sure)
        yield seed, draw.network(draw.rng.randint(3, 12)), draw.person()


def answer(network: Network, person: Profile) -> Plan:
    return plan(network, person, MOMENT, policy=POLICY)


def steps_of(found: Plan) -> Iterator[tuple[Grade, Step]]:
    for route in (*found.routes, *found.leads):
        for step in route.steps:
            yield route.grade, step


def verdicts(network: Network, person: Profile, slug: str) -> Iterator[tuple[object, int]]:
    """Every gate's word on one service point, asked alone and anew."""
    alone = build_columns([network.columns.point(network.row_of(slug))])
    circumstances = circumstances_of(MOMENT, network, person, POLICY)
    for gate in all_gates(network, circumstances):
        yield gate, int(gate.judge(person, alone, circumstances)[0])


@pytest.mark.parametrize("seeds", SEEDS)
def test_no_step_serves_a_code_that_a_gate_closes(seeds: range):
    """Every hard rule, on every step and every backup: routes need open gates, leads no known danger."""
    seen = 0
    for seed, network, person in worlds(seeds):
        saving = life_saving_codes(person)
        for grade, step in steps_of(answer(network, person)):
            for slug in (step.point, *step.backups):
                point = network.columns.point(network.row_of(slug))
                for gate, verdict in verdicts(network, person, slug):
                    guarded = {s.code for s in step.serves if bits_of([s.code]) & gate.guard_bits}
                    relaxed = gate.life_saving.unknown if verdict == Verdict.UNKNOWN else gate.life_saving.closed
                    held = guarded - saving if relaxed is not None else guarded
                    strict = gate.strict or build_columns([point]).is_authority[0]
                    may = {Verdict.OPEN} if grade is Grade.VERIFIED or strict else {Verdict.OPEN, Verdict.UNKNOWN}
                    assert not held or verdict in may, f"world {seed}: {gate.rule.id} on {slug}"
                    seen += 1
    assert seen


@pytest.mark.parametrize("seeds", SEEDS[:3])
def test_shuffled_rows_change_nothing(seeds: range):
    """Repeatable: the same data in another order gives the same plan, to the last character."""
    for seed, network, person in worlds(seeds):
        assert repr(answer(reordered(network, seed), person)) == repr(answer(network, person)), f"world {seed}"


@pytest.mark.parametrize("seeds", SEEDS[:5])
def test_nothing_is_shared_without_consent_for_its_sector(seeds: range):
    """H01, H03: a consent that is taken away never adds a share."""
    for seed, network, person in worlds(seeds):
        fewer = [replace(person, consents=_without(person, sector)) for sector in (Sector.HEALTH, Sector.LEGAL)]
        for asked in (person, *fewer):
            for _, step in steps_of(answer(network, asked)):
                for served in step.serves:
                    agreed = asked.consent(CODES[served.code].sector) is Answer.YES
                    overridden = asked.override is not None and served.code in OVERRIDDEN
                    assert not served.share or agreed or overridden, f"world {seed}"


def _without(person: Profile, sector: Sector | None) -> MappingProxyType[Sector, Answer]:
    return MappingProxyType({key: value for key, value in person.consents.items() if key is not sector})


def usable_rows(network: Network, person: Profile) -> dict[str, tuple[int, int]]:
    """By service point, what the gates leave for routes and for leads."""
    case = open_case(network, person, MOMENT, policy=POLICY, k=1, holder=None)
    judgement = case.judgement
    return {
        point.slug: (int(judgement.routes[row]), int(judgement.leads[row]))
        for row, point in enumerate(points_of(network.columns))
    }


@pytest.mark.parametrize("seeds", SEEDS[:2])
def test_a_known_fact_that_becomes_unknown_never_adds_a_provider(seeds: range):
    """Unknown is never yes: what is left for routes only shrinks."""
    for seed, network, person in worlds(seeds, sure=0.8):
        before = usable_rows(network, person)
        for point in points_of(network.columns)[:3]:
            for blurred in _blurred(point):
                after = usable_rows(network_of([blurred]), person)[point.slug]
                assert not after[0] & ~before[point.slug][0], f"world {seed}: {point.slug}"


def _blurred(point: ServicePoint) -> Iterator[ServicePoint]:
    """The point with one answer after another taken back to unknown."""
    documented = {"requires_criminal_case", "requires_police_referral", "mediates_with_family"}
    for part, kind in (("eligibility", Eligibility), ("safety", Safety)):
        value = getattr(point, part)
        for name in (f.name for f in fields(kind)):
            known_bad = getattr(value, name) is Answer.YES and name.startswith(("requires", "fee"))
            if isinstance(getattr(value, name), Answer) and name not in documented and not known_bad:
                yield replace(point, **{part: replace(value, **{name: Answer.UNKNOWN})})


@pytest.mark.parametrize("seeds", SEEDS[:4])
def test_an_answer_of_the_person_that_becomes_unset_never_adds_a_provider(seeds: range):
    """No question is ever a way round a gate."""
    for seed, network, person in worlds(seeds):
        before = usable_rows(network, person)
        for sector in person.consents:
            after = usable_rows(network, replace(person, consents=_without(person, sector)))
            _none_added(before, after, f"world {seed}: consent {sector.value}")
        careful = replace(person, legal_status=LegalStatus.UNKNOWN)
        _none_added(before, usable_rows(network, careful), f"world {seed}: legal status")


def _none_added(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], where: str) -> None:
    for slug, (routes, leads) in after.items():
        assert not routes & ~before[slug][0], where
        assert not leads & ~before[slug][1], where


def test_nationality_matters_only_through_eligibility_and_named_rules():
    """H31: among people who are foreign here alike, providers that admit all answer all alike."""
    for seed in range(60):
        draw = Draw(seed, 0.85)
        points = [draw.point(number) for number in range(8)]
        open_to_all = [_open_to_all(point) for point in points]
        network = network_of(open_to_all)
        person = replace(draw.person(), location=draw.person().location, return_to=None)
        person = replace(person, location=replace(person.location, country="KZ", place="south"))
        plans = {repr(answer(network, replace(person, nationality=code))) for code in ("AF", "IN", "NP")}
        assert len(plans) == 1, f"world {seed}"


def _open_to_all(point: ServicePoint) -> ServicePoint:
    return replace(
        point,
        country="KZ",
        place=point.place and "south",
        timezone="Asia/Almaty",
        organization_type=OrganizationType.NGO,
        eligibility=replace(point.eligibility, nationalities=("*",)),
    )


def test_the_same_question_twice_gives_the_same_bytes():
    """Deterministic, whatever ran before."""
    for _, network, person in worlds(range(40)):
        assert repr(answer(network, person)) == repr(answer(network, person))


def test_a_step_never_needs_more_than_the_columns_know():
    """The judgement of many rows is the judgement of each."""
    for seed, network, person in worlds(range(60)):
        together = usable_rows(network, person)
        for point in points_of(network.columns):
            alone = usable_rows(network_of([point]), person)[point.slug]
            assert alone == together[point.slug], f"world {seed}"
            assert np.int64(alone[0]) & ~np.int64(alone[1]) == 0, "routes are never more than leads"
