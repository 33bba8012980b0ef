"""The published contract: valid, complete, deterministic; and every answer keeps to it."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from app.api import openapi_yaml
from app.api.access import ACCESS, OPEN
from app.api.body import ProfileBody, RoutesRequest, WhyNotRequest
from app.api.problems import STATUS
from app.domain.profile import Companion, Location, Preferences, Profile, TravelLimits
from app.main import create_app
from app.routing import RankingPolicy
from tests.api.rooms import a_body, some_settings

FULL = {
    "needs": ["SHL-EMG", "MED-CMR", "LEG-INF", "RET-AVR"],
    "location": {"country": "KZ", "place": "almaty"},
    "already_has": ["IDN-PRE"],
    "urgency": "urgent",
    "imminent_danger": "no",
    "override": "threat_to_life",
    "age": "25-59",
    "possibly_child": "no",
    "unaccompanied": "unknown",
    "guardian": "none",
    "gender": "female",
    "placement": "women",
    "avoid_authorities": True,
    "nationality": "UZ",
    "legal_status": "irregular",
    "protection_status": "none",
    "fear_of_return": "no",
    "wants_return": "yes",
    "return_risk_assessed": "yes",
    "return_to": "tashkent",
    "documents_held": [],
    "trafficking_status": "possible",
    "criminal_case": "no",
    "involved_in_offence": "no",
    "exploitation": ["forced_labour"],
    "perpetrators": ["employer"],
    "exclude_providers": ["sb-kz-police"],
    "no_go_areas": ["taraz", "KZ-79"],
    "languages": ["uz", "ru"],
    "access_needs": ["hearing"],
    "pregnancy": "no",
    "children_with": [{"age": "5-11", "gender": "male"}],
    "incident_window": "72h",
    "health_flags": ["hiv_treatment"],
    "consents": {"health": "yes", "safehouse": "yes", "legal": "no", "cross_border": "yes"},
    "contact_safe": "via_referrer",
    "can_pay": "no",
    "travel": {"longest_visit_minutes": 300, "longest_transfer_minutes": 1440, "borders": "yes"},
    "preferences": {"staff_gender": "women", "remote_first": True, "avoid": ["law_enforcement"]},
}
"""A profile with every field, invented."""


@pytest.fixture(scope="module")
def document(room):
    """The document as a client reads it."""
    return room.client.get("/openapi.json").json()


def check(document, name, body):
    """The body keeps to the schema of that name."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(body)


def schema_of(document, path, method, status):
    """The schema of that answer."""
    (media,) = document["paths"][path][method]["responses"][status]["content"].values()
    return media["schema"]["$ref"].rsplit("/", 1)[1]


def test_the_document_is_valid(document):
    """OpenAPI 3.1."""
    validate(document)


def test_the_document_is_the_same_every_time():
    """`openapi.yaml` in the repository must not change by itself."""
    told = {openapi_yaml(create_app(some_settings())) for _ in range(2)}

    assert len(told) == 1
    assert yaml.safe_load(told.pop())["openapi"].startswith("3.1")


def test_every_operation_tells_who_may_call_it_and_how_it_fails(document):
    """Interop 5."""
    ids = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            ids.append(operation["operationId"])
            guarded = ACCESS[method.upper(), path] is not OPEN
            assert operation["security"] == ([{"key": []}] if guarded else [])
            assert ("401" in operation["responses"]) is guarded
            assert "500" in operation["responses"] and operation["summary"] and operation["description"]
    assert len(ids) == len(set(ids))
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert document["info"]["license"]["identifier"] == "Apache-2.0"


def test_there_are_no_pages_of_the_framework(room):
    """They load scripts from elsewhere (S-04)."""
    assert [room.client.get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]


def test_every_object_of_a_request_is_closed(document):
    """A generated client cannot send what we refuse."""
    schemas = document["components"]["schemas"]
    for name in ("RoutesRequest", "WhyNotRequest", "ProfileBody", "LocationBody", "CompanionBody", "TravelBody",
                 "PreferencesBody"):  # fmt: skip
        assert schemas[name]["additionalProperties"] is False
        assert all("description" in field for field in schemas[name]["properties"].values()) or name.endswith("Request")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (ProfileBody, Profile),
        (ProfileBody.model_fields["location"].annotation, Location),
        (ProfileBody.model_fields["travel"].annotation, TravelLimits),
        (ProfileBody.model_fields["preferences"].annotation, Preferences),
        (ProfileBody.model_fields["children_with"].annotation.__args__[0], Companion),
    ],
)
def test_bodies_have_the_fields_of_the_domain(body, value):
    """Neither more nor less; a new answer of a person needs a line in both, and a reason."""
    assert set(body.model_fields) == set(value.__dataclass_fields__)


def test_the_contract_tells_how_many_needs_this_deployment_takes(document):
    """Issue 3: the limit is published; more is refused, never cut."""

    def most(document):
        return document["components"]["schemas"]["ProfileBody"]["properties"]["needs"]["maxItems"]

    assert most(document) == RankingPolicy().longest_code_list == 12
    other = create_app(some_settings(policy={"longest_code_list": 5})).openapi()
    assert most(other) == 5


def test_the_example_of_the_contract_is_answered(room, document):
    """What the contract shows works."""
    (example,) = document["components"]["schemas"]["RoutesRequest"]["examples"]

    check(document, "RoutesRequest", example)
    assert room.ask(example).status_code == 200


def test_a_body_with_every_field_is_valid_and_answered(room, document):
    """The schema and the reader agree on a whole profile."""
    body = {"profile": FULL, "alternatives": 5, "explain": "full", "as_of": "2026-11-23T22:10:00+05:00",
            "language": "ru"}  # fmt: skip
    assert set(FULL) == set(ProfileBody.model_fields)

    check(document, "RoutesRequest", body)
    answer = room.ask(body)

    assert answer.status_code == 200, answer.json()["errors"]
    check(document, schema_of(document, "/v1/routes", "post", "200"), answer.json())


@pytest.mark.parametrize("explain", ["none", "summary", "full"])
@pytest.mark.parametrize(
    "profile",
    [{}, {"gender": "male"}, {"age": "15-17", "unaccompanied": "yes", "needs": ["SHL-CHD", "MED-GEN"]},
     {"needs": ["RET-AVR"], "wants_return": "yes", "return_to": "tashkent", "fear_of_return": "no",
      "consents": {"protection": "yes", "cross_border": "yes"}}],
)  # fmt: skip
def test_answers_keep_to_the_contract(room, document, explain, profile):
    """Issue 2: every answer validates against the published schema."""
    answer = room.ask({**a_body(**profile), "explain": explain})

    assert answer.status_code == 200
    check(document, schema_of(document, "/v1/routes", "post", "200"), answer.json())


def test_why_not_answers_keep_to_the_contract(room, document):
    """The same for the other question."""
    for point in ("sb-kz-south-house.bed", "sb-kz-south-rights.office"):
        answer = room.ask({**a_body(), "point": point}, path="/v1/routes/why-not")
        check(document, schema_of(document, "/v1/routes/why-not", "post", "200"), answer.json())


@pytest.mark.parametrize("path", [key[1] for key, roles in ACCESS.items() if key[0] == "GET" and roles is OPEN])
def test_reference_answers_keep_to_the_contract(room, document, path):
    """Open endpoints too."""
    for country in ("KZ", "KG", "TJ", "TM", "UZ", "universal"):
        answer = room.client.get(path.replace("{country}", country))
        check(document, schema_of(document, path, "get", "200"), answer.json())
        if "{" not in path:
            break


def test_problems_keep_to_the_contract(room, document):
    """RFC 9457, whoever raises them."""
    problems = [
        room.client.get("/nowhere"),
        room.client.delete("/v1/routes"),
        room.client.post("/v1/routes"),
        room.ask(a_body(), key="government"),
        room.ask(a_body(age=31)),
        room.client.get("/v1/places?limit=0"),
    ]

    for answer in problems:
        check(document, "Problem", answer.json())
        assert answer.json()["status"] == answer.status_code == STATUS[answer.json()["code"]]
        assert answer.headers["content-type"] == "application/problem+json"


def test_request_models_and_their_names_are_in_the_document(document):
    """Bodies are read by `wire`, so the framework does not know them by itself."""
    for model in (RoutesRequest, WhyNotRequest):
        assert model.__name__ in document["components"]["schemas"]
        assert json.dumps(document["paths"]).count(f"schemas/{model.__name__}")
