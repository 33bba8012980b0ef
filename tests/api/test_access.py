"""Who may do what; and that keys that are not good all look alike."""

import pytest
from fastapi.routing import APIRoute

from app.api.access import ACCESS, CASE_WORK, OPEN
from app.domain.access import Role
from tests.api.rooms import CANARY, a_body, a_room

GUARDED = [(path, body) for path, body in (
    ("/v1/routes", a_body()), ("/v1/routes/why-not", {**a_body(), "point": "sb-kz-south-house.bed"})
)]  # fmt: skip


def test_every_endpoint_has_a_line_in_the_table(room):
    """Closed by default: one without a line would answer nobody."""
    document = room.client.app.openapi()

    served = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}

    assert served == set(ACCESS)


def test_an_endpoint_that_is_not_in_the_table_is_closed():
    """Whoever adds one and forgets the table has added nothing."""
    with a_room() as room:
        room.client.app.router.routes.append(
            APIRoute("/v1/secret", lambda: {"all": "open"}, dependencies=room.client.app.router.dependencies)
        )

        assert room.client.get("/v1/secret").status_code == 401
        assert room.client.get("/v1/secret", headers=room.headers("admin")).status_code == 403


@pytest.mark.parametrize(("path", "body"), GUARDED)
@pytest.mark.parametrize("role", [role.value for role in Role])
def test_only_those_who_work_with_people_may_plan(room, path, body, role):
    """S-07: a government key never."""
    answer = room.ask(body, key=role, path=path)

    assert answer.status_code == (200 if Role(role) in CASE_WORK else 403)


@pytest.mark.parametrize(("path", "body"), GUARDED)
def test_keys_that_are_not_good_all_look_alike(room, capfd, path, body):
    """Absent, unknown, odd, expired and revoked: the same answer but for the request id."""
    answers = [room.client.post(path, json=body)]
    answers += [room.client.post(path, json=body, headers={"Authorization": f"Basic {CANARY}"})]
    answers += [room.ask(body, key=key, path=path) for key in ("unknown", "odd", "expired", "revoked")]

    told = {str({**answer.json(), "request_id": ""}) for answer in answers}

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["www-authenticate"] for answer in answers} == {'Bearer realm="referral"'}
    assert len(told) == 1
    seen = capfd.readouterr()
    assert "rk_" not in seen.out + seen.err
    assert "canary" not in (seen.out + seen.err + "".join(told)).lower()


def test_a_bad_key_is_told_before_anything_about_the_body(room):
    """Nobody without a key learns what a profile is checked for."""
    answer = room.client.post("/v1/routes", content=b"{", headers={"Content-Type": "text/plain"})

    assert answer.status_code == 401


def test_a_key_for_one_country_plans_in_that_country_only(room):
    """A key has countries."""
    at_home = a_body(location={"country": "UZ", "place": "tashkent"})

    assert room.ask(a_body(), key="uzbek").status_code == 403
    assert room.ask(at_home, key="uzbek").status_code == 200


@pytest.mark.parametrize(("method", "path"), [key for key, roles in ACCESS.items() if roles is OPEN])
def test_open_endpoints_ask_for_no_key(room, method, path):
    """Forms, reviewers and people who call need them."""
    assert room.client.request(method, path.replace("{country}", "KZ")).status_code == 200


def test_a_log_line_names_the_role_and_not_the_key(room, capfd):
    """S-05."""
    room.ask(a_body(needs=[]), key="partner")

    line = capfd.readouterr().err.splitlines()[-1]

    assert '"role": "partner"' in line
    assert room.keys["partner"] not in line
