"""`referral route`, `why-not` and `solve`: a case on the register, one service point, or a problem file."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.api.body import Explain
from app.api.matching import Gazetteer
from app.api.reference import statements
from app.api.shaping import Manner, shaped_routes, shaped_why_not
from app.api.wire import RoutesAsked, read_routes
from app.cli.house import err, out, read_bytes
from app.cli.sheet import print_reply, print_why_not
from app.desk import Desk
from app.domain.errors import Fault, FaultyProblem, NotFound
from app.domain.plan import Grade
from app.domain.profile import Profile
from app.routing import Found, RankingPolicy, SearchProblem, from_json, solve, to_json
from app.texts import languages

EVERY_PLACE = 1_000_000


def read_case(path: Path, desk: Desk) -> RoutesAsked:
    """The request in a file: the body of `POST /v1/routes`, or the profile alone.

    Raises:
        FaultyProfile: With every fault, values left out.
        NotFound: The file cannot be read.
    """
    raw = read_bytes(path)
    try:
        alone = "profile" not in json.loads(raw)
    except (ValueError, TypeError, RecursionError):
        alone = False
    gazetteer = Gazetteer(places=_places(desk), most_codes=RankingPolicy().longest_code_list)
    return read_routes(b'{"profile": ' + raw + b"}" if alone else raw, gazetteer, languages())


def _places(desk: Desk) -> Mapping[str, Any]:
    return MappingProxyType({place.slug: place for place in desk.places(limit=EVERY_PLACE)})


def route(
    desk: Desk, profile: Path, *, as_json: bool, dump: Path | None, as_of: datetime | None, language: str, explain: str
) -> None:
    """Prints the answer to a case, as a sheet or as JSON, and writes the problem and its answer when asked."""
    asked = read_case(profile, desk)
    moment = as_of or asked.as_of
    reply = desk.plan(asked.profile, as_of=moment, alternatives=asked.alternatives)
    if dump is not None:
        write_dump(desk.problems(asked.profile, as_of=reply.as_of, alternatives=asked.alternatives), dump)
    if as_json:
        print(shaped_routes(reply, _manner(desk, asked.profile, language, explain)).model_dump_json(indent=2))
    else:
        print_reply(reply, out, language, timezone=_timezone(desk, asked.profile))


def why_not(desk: Desk, point: str, profile: Path, *, as_json: bool, as_of: datetime | None, language: str) -> None:
    """Prints every gate that closes something of one service point for this person."""
    asked = read_case(profile, desk)
    reply = desk.why_not(asked.profile, point, as_of=as_of or asked.as_of)
    if as_json:
        print(shaped_why_not(reply, _manner(desk, asked.profile, language, "summary")).model_dump_json(indent=2))
    else:
        print_why_not(reply, out, language)


def _manner(desk: Desk, profile: Profile, language: str, explain: str) -> Manner:
    depth = Explain(explain)
    return Manner(
        language=language,
        explain=depth,
        timezone=_timezone(desk, profile),
        request_id="command-line",
        statements=statements(desk.rules(), language) if depth is Explain.FULL else {},
    )


def _timezone(desk: Desk, profile: Profile) -> str:
    return str(_places(desk)[profile.location.place].timezone)


def write_dump(problems: tuple[tuple[Grade, SearchProblem], ...], path: Path) -> None:
    """Writes the problem behind what is shown first, and its answer beside it; leads beside routes under `leads`."""
    for number, (_, problem) in enumerate(problems):
        target = path if not number else path.with_name(_beside(path.name, "leads.problem"))
        _write(target, to_json(problem))
        answer = target.with_name(_beside(target.name, "answer"))
        _write(answer, answer_json(solve(problem)))
        err.print(f"written: {target}, {answer}", markup=False)


def _beside(name: str, word: str) -> str:
    """`x.problem.json` becomes `x.<word>.json`; a name without "problem" gets the word before its ending."""
    if "problem" in name:
        head, _, tail = name.rpartition("problem")
        return f"{head}{word}{tail}"
    return f"{Path(name).stem}.{word}.json"


def _write(path: Path, value: Mapping[str, Any]) -> None:
    try:
        path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError:
        raise NotFound(f"{path}: cannot be written") from None


def answer_json(found: tuple[Found, ...]) -> dict[str, Any]:
    """The plain values of a `referral-answer/1` file, best first."""
    return {
        "format": "referral-answer/1",
        "routes": [
            {
                "steps": [taken.point for taken in route.steps],
                "cost": list(route.cost),
                "backups": [list(taken.backups) for taken in route.steps],
            }
            for route in found
        ],
    }


def solve_file(path: Path) -> None:
    """Prints the `referral-answer/1` of a `referral-problem/1` file.

    Raises:
        FaultyProblem: The file is no such problem; every fault is named.
        NotFound: The file cannot be read.
    """
    try:
        data = json.loads(read_bytes(path))
    except (ValueError, RecursionError):
        raise FaultyProblem((Fault("problem", 0, "", "bad-json", "write valid JSON"),)) from None
    print(json.dumps(answer_json(solve(from_json(data))), indent=1))
