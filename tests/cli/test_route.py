"""`referral route`, `solve` and `why-not`: the same answer on paper, as JSON, and from the problem file alone."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from app.api.answers import RoutesAnswer, WhyNotAnswer
from app.texts import say
from tests.cli.console import (
    CASE,
    DATA,
    REAL_MOMENT,
    SANDBOX_MOMENT,
    a_case,
    closed_by,
    codes,
    done,
    points,
    referral,
    squeezed,
    told,
    write_json,
)
from tests.oracle import dijkstra

COST = ("unserved", "windows_missed", "grave", "burden")
BY_SANDBOX = ("--sandbox", "--as-of", SANDBOX_MOMENT)


@pytest.fixture
def contract(folder: Path) -> dict[str, Any]:
    """The document that the program publishes."""
    done("openapi")
    document: dict[str, Any] = yaml.safe_load((folder / "openapi.yaml").read_text(encoding="utf-8"))
    return document


def fits(contract: dict[str, Any], name: str, answer: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": contract["components"]}
    faults = list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer))
    assert not faults, [fault.json_path for fault in faults]


def same_routes(shown: list[dict[str, Any]], answer: dict[str, Any]) -> None:
    """The routes of the JSON answer are those of an answer file: steps, costs and backups."""
    assert answer["format"] == "referral-answer/1"
    assert [
        {
            "steps": points(route),
            "cost": [route["cost"][part] for part in COST],
            "backups": [[backup["point"] for backup in step["backups"]] for step in route["steps"]],
        }
        for route in shown
    ] == answer["routes"]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def mixed_case(folder: Path) -> Path:
    """Care has a verified route; of all beds only a lead is left."""
    directory = yaml.safe_load((DATA / "sandbox" / "kz.yaml").read_text(encoding="utf-8"))
    others = [
        organization["slug"]
        for organization in directory["organizations"]
        for service in organization["services"]
        if "SHL-VOT" in service["codes"] and service["slug"] != "sb-kz-stale.bed"
    ]
    profile = a_case(needs=["MED-EMG", "SHL-VOT"], exclude_providers=sorted(set(others)))
    return write_json(folder / "mixed.json", profile)


def test_the_json_answer_follows_the_published_contract(contract: dict[str, Any]) -> None:
    answer = told("route", "--profile", CASE, *BY_SANDBOX, "--json")
    RoutesAnswer.model_validate_json(json.dumps(answer))
    fits(contract, "RoutesAnswer", answer)
    assert answer["outcome"] == "routes"
    assert {step["grade"] for route in answer["routes"] for step in route["steps"]} == {"verified"}
    assert answer["language"] == "en"
    assert answer["as_of"] == SANDBOX_MOMENT


def test_leads_and_why_not_follow_the_published_contract(real: Path, contract: dict[str, Any]) -> None:
    leads = told("route", "--profile", CASE, "--as-of", REAL_MOMENT, "--json", "--explain", "full")
    fits(contract, "RoutesAnswer", leads)
    assert (leads["outcome"], leads["routes"]) == ("leads_only", [])
    assert leads["leads"] and leads["rules"]
    why = told("why-not", "kz-rodnik.shelter", "--profile", CASE, "--as-of", REAL_MOMENT, "--json")
    WhyNotAnswer.model_validate_json(json.dumps(why))
    fits(contract, "WhyNotAnswer", why)


@pytest.mark.parametrize(("depth", "absent"), [("none", {"ranking", "rules"}), ("summary", {"rules"}), ("full", set())])
def test_as_much_is_told_as_was_asked_for(depth: str, absent: set[str]) -> None:
    answer = told("route", "--profile", CASE, *BY_SANDBOX, "--json", "--explain", depth)
    assert {name for name in ("ranking", "rules") if answer[name] is None} == absent


def test_the_same_question_gives_the_same_bytes() -> None:
    asked = ("route", "--profile", CASE, *BY_SANDBOX, "--json", "--dump", "x.problem.json")
    first = done(*asked), Path("x.problem.json").read_bytes(), Path("x.answer.json").read_bytes()
    assert (done(*asked), Path("x.problem.json").read_bytes(), Path("x.answer.json").read_bytes()) == first


def test_a_dumped_problem_and_two_solvers_say_what_the_answer_says() -> None:
    answer = told("route", "--profile", CASE, *BY_SANDBOX, "--json", "--dump", "x.problem.json")
    assert sorted(path.name for path in Path().glob("x*")) == ["x.answer.json", "x.problem.json"]
    same_routes(answer["routes"], read(Path("x.answer.json")))
    assert dijkstra.solve(read(Path("x.problem.json"))) == read(Path("x.answer.json"))
    assert told("solve", "x.problem.json") == read(Path("x.answer.json"))
    assert told("solve", "-", stdin=Path("x.problem.json").read_bytes()) == read(Path("x.answer.json"))


def test_a_dump_of_leads_holds_the_leads(real: Path) -> None:
    asked = write_json(Path("short.json"), a_case(needs=["SHL-VOT", "LEG-INF"]))
    answer = told("route", "--profile", asked, "--as-of", REAL_MOMENT, "--json", "--dump", "lead.json")
    assert answer["leads"] and not answer["routes"]
    same_routes(answer["leads"], read(Path("lead.answer.json")))
    assert dijkstra.solve(read(Path("lead.json"))) == read(Path("lead.answer.json"))
    assert told("solve", "lead.json") == read(Path("lead.answer.json"))


def test_a_dump_of_routes_and_leads_holds_both(mixed_case: Path) -> None:
    answer = told("route", "--profile", mixed_case, *BY_SANDBOX, "--json", "--dump", "x.problem.json")
    assert answer["routes"] and answer["leads"]
    names = ["x.answer.json", "x.leads.answer.json", "x.leads.problem.json", "x.problem.json"]
    assert sorted(path.name for path in Path().glob("x*")) == names
    for shown, head in (("routes", "x"), ("leads", "x.leads")):
        same_routes(answer[shown], read(Path(f"{head}.answer.json")))
        assert dijkstra.solve(read(Path(f"{head}.problem.json"))) == read(Path(f"{head}.answer.json"))
        assert told("solve", f"{head}.problem.json") == read(Path(f"{head}.answer.json"))


def test_a_dump_says_nothing_of_the_person_but_codes_and_places() -> None:
    asked = write_json(Path("p.json"), a_case(exclude_providers=["sb-tm-hospital"]))
    result = referral("route", "--profile", asked, *BY_SANDBOX, "--json", "--dump", "x.problem.json")
    assert result.exit_code == 0
    texts = [result.stdout, result.stderr, *(path.read_text(encoding="utf-8") for path in Path().glob("x*"))]
    assert not any("sb-tm-hospital" in text for text in texts)
    problem = Path("x.problem.json").read_text(encoding="utf-8")
    assert not any(f'"{word}"' in problem for word in ("male", "irregular", "forced_labour", "25-59", "uz"))


def test_the_sheet_names_what_the_json_answer_names() -> None:
    answer = told("route", "--profile", CASE, *BY_SANDBOX, "--json")
    sheet = squeezed(done("route", "--profile", CASE, *BY_SANDBOX))
    assert squeezed(say("outcome.routes", "en")) in sheet
    for route in answer["routes"]:
        assert squeezed(say("sheet.route", "en", rank=route["rank"])) in sheet
        for step in route["steps"]:
            assert f"[{step['provider']['point']}]" in sheet
            assert squeezed(step["provider"]["organization_name"]) in sheet
            assert all(served["code"] in sheet for served in step["serves"])
    assert all(squeezed(person["number"]) in sheet for person in answer["escalation"])
    assert "InventedStreet" not in sheet


def test_an_operator_reads_russian() -> None:
    sheet = done("route", "--profile", CASE, *BY_SANDBOX, "--language", "ru")
    assert squeezed(say("outcome.routes", "ru")) in squeezed(sheet)
    assert squeezed(say("outcome.routes", "en")) not in squeezed(sheet)
    assert squeezed(say("code.SHL-VOT", "ru")) in squeezed(sheet)
    # Proper names stay as their owners write them; what is ours is Cyrillic.
    words = [word for word in sheet.split() if word.isalpha()]
    assert sum(any("а" <= letter <= "я" for letter in word.lower()) for word in words) > len(words) / 2


def test_russian_is_in_the_json_answer_too(sandbox: Path) -> None:
    asked = ("--profile", CASE, "--as-of", SANDBOX_MOMENT, "--language", "ru")
    answer = told("route", *asked, "--json")
    assert answer["language"] == "ru"
    assert answer["outcome_text"] == say("outcome.routes", "ru")
    why = told("why-not", "sb-kz-stale.bed", *asked, "--json")
    assert [one["name"] for one in why["lead_codes"]] == [say(f"code.{c['code']}", "ru") for c in why["lead_codes"]]
    assert squeezed(say("verdict.unknown", "ru")) in squeezed(done("why-not", "sb-kz-stale.bed", *asked))


def test_a_profile_alone_a_request_and_standard_input_are_the_same() -> None:
    alone = write_json(Path("alone.json"), a_case())
    whole = told("route", "--profile", CASE, *BY_SANDBOX, "--json")
    assert told("route", "--profile", alone, *BY_SANDBOX, "--json") == whole
    assert told("route", "--profile", "-", *BY_SANDBOX, "--json", stdin=CASE.read_bytes()) == whole


def test_what_a_request_asks_beside_the_profile_is_done() -> None:
    whole = {"profile": a_case(), "alternatives": 1, "as_of": SANDBOX_MOMENT}
    answer = told("route", "--profile", write_json(Path("one.json"), whole), "--sandbox", "--json")
    assert len(answer["routes"]) == 1
    assert answer["as_of"] == SANDBOX_MOMENT


def test_the_sandbox_touches_no_register(empty: Path) -> None:
    done("route", "--profile", CASE, *BY_SANDBOX, "--json")
    assert not empty.exists()


def test_why_not_names_the_rules_of_a_real_point(real: Path) -> None:
    asked = ("kz-rodnik.shelter", "--profile", CASE, "--as-of", REAL_MOMENT)
    why = told("why-not", *asked, "--json")
    assert why["provider"]["point"] == "kz-rodnik.shelter"
    assert "H19" in closed_by(why)
    assert why["open_codes"] == []
    assert "SHL-VOT" in codes(why["lead_codes"])
    paper = squeezed(done("why-not", *asked))
    assert "[kz-rodnik.shelter]" in paper
    assert all(f"{rule}:" in paper for rule in closed_by(why))


def test_why_not_of_an_open_point_says_that_nothing_closes_it() -> None:
    answer = told("route", "--profile", CASE, *BY_SANDBOX, "--json")
    used = points(answer["routes"][0])[0]
    why = told("why-not", used, "--profile", CASE, *BY_SANDBOX, "--json")
    assert {served["code"] for served in answer["routes"][0]["steps"][0]["serves"]} <= codes(why["open_codes"])


@pytest.mark.parametrize("point", ["kz-nothing.here", "", "../etc", "zzcanary Ünknown"])
def test_why_not_of_an_unknown_point_ends_with_3(real: Path, point: str) -> None:
    result = referral("why-not", point, "--profile", CASE, "--json")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.strip()
    assert "zzcanary" not in result.stderr


@pytest.mark.parametrize("command", [["route"], ["why-not", "kz-rodnik.shelter"]])
@pytest.mark.parametrize("moment", ["yesterday", "2026-11-23", "2026-11-23T22:10:00"])
def test_a_moment_without_an_offset_is_refused(command: list[str], moment: str) -> None:
    result = referral(*command, "--profile", CASE, "--as-of", moment)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "+05:00" in result.stderr
