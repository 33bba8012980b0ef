"""Behaviour told as cases that an expert can read: tests/cases/*.yaml, on the sandbox and on the real directory."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from app.api.matching import Gazetteer
from app.api.wire import read_routes
from app.domain.codes import CODES
from app.domain.plan import Plan, Route, Step
from app.domain.profile import Profile
from app.registry import load_crossings, load_directory, load_pathways, load_places, service_points
from app.routing import Moment, Network, RankingPolicy, build_network, open_case, plan, why_not
from tests.routing.people import points_of

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
FOLDERS = {"sandbox": "sandbox", "real": "directory"}
KEYS = frozenset(
    """outcome served not_served order includes excludes excludes_types closed_by gap share questions_include
    notices_include cautions_include warnings_include starts_within""".split()  # noqa: SIM905
)
POLICY = RankingPolicy()


def told_cases() -> Iterator[Any]:
    """Every case of every file, named by file and number."""
    for path in sorted((HERE / "cases").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{path.stem}-{case['case']}")


@cache
def network(name: str) -> Network:
    places = load_places(DATA / "places")
    directory = load_directory(DATA / FOLDERS[name])
    return build_network(
        service_points(directory, {place.slug: place for place in places}),
        links=directory.links,
        receptions=directory.receptions,
        places=places,
        crossings=load_crossings(DATA / "places"),
        pathways=load_pathways(DATA / "pathways"),
    )


def moment(told: str, known: Network) -> Moment:
    as_of = datetime.fromisoformat(told)
    zones = {place.timezone for place in known.places.values()} | set(known.columns.timezone.vocabulary)
    offsets = {}
    for zone in zones:
        offset = as_of.astimezone(ZoneInfo(zone)).utcoffset()
        assert offset is not None
        offsets[zone] = int(offset.total_seconds() // 60)
    return Moment(as_of=as_of, offsets=MappingProxyType(offsets))


def person(case: Mapping[str, Any], known: Network) -> Profile:
    """Read as the body of a request is read, so that a case is a request that anyone may send."""
    gazetteer = Gazetteer(places=known.places, most_codes=POLICY.longest_code_list)
    return read_routes(json.dumps({"profile": case["profile"]}).encode(), gazetteer, ("en",)).profile


@pytest.mark.parametrize("case", list(told_cases()))
def test_the_case_comes_out_as_told(case: dict[str, Any]) -> None:
    """The sentence under `says`, checked by what stands under `expect`."""
    expect = case["expect"]
    assert set(expect) <= KEYS, "the runner knows every expectation"
    known = network(case["directory"])
    asked, when = person(case, known), moment(case["as_of"], known)
    found = plan(known, asked, when, policy=POLICY)
    for name, wanted in expect.items():
        if name == "closed_by":
            opened = open_case(known, asked, when, policy=POLICY, k=1, holder=None)
            for point, rules in wanted.items():
                told = {closing.rule for closing in why_not(opened, point).closings}
                assert set(rules) <= told, f"{point} is closed by {sorted(told)}"
        else:
            CHECKS[name](found, wanted, known)


def test_no_case_ever_names_a_hidden_address() -> None:
    """H15: the sandbox has an invented street in its sealed contacts, and no answer holds it."""
    for param in told_cases():
        case = param.values[0]
        if case["directory"] == "sandbox":
            known = network("sandbox")
            found = plan(known, person(case, known), moment(case["as_of"], known), policy=POLICY)
            assert "Invented Street" not in repr(found)


def best(found: Plan) -> Route:
    ways = found.routes or found.leads
    assert ways, "there is neither a route nor a lead"
    return ways[0]


def every_step(found: Plan) -> Iterator[Step]:
    for route in (*found.routes, *found.leads):
        yield from route.steps


def served(route: Route) -> set[str]:
    return {one.code.value for step in route.steps for one in step.serves}


def named(found: Plan, known: Network) -> set[str]:
    """Organizations anywhere in the answer: in steps, as backups, as receivers."""
    slugs = {slug for step in every_step(found) for slug in (step.point, *step.backups)}
    organizations = {known.columns.organization.of(known.row_of(slug)) for slug in slugs}
    return organizations | {step.receiver for step in every_step(found) if step.receiver}


def check_outcome(found: Plan, wanted: str, known: Network) -> None:
    assert found.outcome.value == wanted


def check_served(found: Plan, wanted: list[str], known: Network) -> None:
    assert set(wanted) <= served(best(found))


def check_not_served(found: Plan, wanted: list[str], known: Network) -> None:
    """In no route; in no lead where there are only leads."""
    for route in found.routes or found.leads:
        assert not set(wanted) & served(route)


def check_order(found: Plan, wanted: list[list[str]], known: Network) -> None:
    at = {one.code.value: n for n, step in enumerate(best(found).steps) for one in step.serves}
    for first, second in wanted:
        assert at[first] <= at[second], f"{first} comes after {second}"


def check_includes(found: Plan, wanted: list[str], known: Network) -> None:
    steps = best(found).steps
    assert set(wanted) <= {step.organization for step in steps} | {step.receiver for step in steps}


def check_excludes(found: Plan, wanted: list[str], known: Network) -> None:
    assert not set(wanted) & named(found, known)


def check_excludes_types(found: Plan, wanted: list[str], known: Network) -> None:
    here = named(found, known)
    types = {p.organization_type.value for p in points_of(known.columns) if p.organization in here}
    assert not set(wanted) & types


def check_gap(found: Plan, wanted: dict[str, str], known: Network) -> None:
    gaps = {gap.code.value: gap.reason.value for gap in found.gaps}
    assert wanted.items() <= gaps.items(), f"the gaps are {gaps}"


def check_share(found: Plan, wanted: dict[str, bool], known: Network) -> None:
    shares = {one.code.value: one.share for step in best(found).steps for one in step.serves}
    assert wanted.items() <= shares.items(), f"shared are {shares}"


def check_questions(found: Plan, wanted: list[str], known: Network) -> None:
    assert set(wanted) <= {question.field for question in found.questions}


def check_notices(found: Plan, wanted: list[str], known: Network) -> None:
    assert set(wanted) <= {message.key for step in best(found).steps for message in step.notices}


def check_cautions(found: Plan, wanted: list[str], known: Network) -> None:
    assert set(wanted) <= {caution.message.key for step in best(found).steps for caution in step.cautions}


def check_warnings(found: Plan, wanted: list[str], known: Network) -> None:
    assert set(wanted) <= {message.key for message in found.warnings}


def check_starts_within(found: Plan, wanted: dict[str, int], known: Network) -> None:
    starts = {one.code.value: step.start_minute for step in best(found).steps for one in step.serves}
    assert all(starts[code] <= minutes for code, minutes in wanted.items()), f"the starts are {starts}"


CHECKS = {
    "outcome": check_outcome,
    "served": check_served,
    "not_served": check_not_served,
    "order": check_order,
    "includes": check_includes,
    "excludes": check_excludes,
    "excludes_types": check_excludes_types,
    "gap": check_gap,
    "share": check_share,
    "questions_include": check_questions,
    "notices_include": check_notices,
    "cautions_include": check_cautions,
    "warnings_include": check_warnings,
    "starts_within": check_starts_within,
}


def test_every_case_tells_a_sentence_and_cites() -> None:
    """A case is for people: it has a sentence, citations and something that can fail."""
    for param in told_cases():
        case = param.values[0]
        assert case["says"].strip().endswith(".")
        assert case["cites"] and case["expect"]
        assert set(case["profile"]["needs"]) <= {code.value for code in CODES}
