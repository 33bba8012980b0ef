"""Requests made from the contract, good and bad, with keys of every role: no crash, no answer that it does not name.

The same requests in every run, and not many: what the rules demand has tests of its own.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from app.api.access import ACCESS
from app.domain.access import Role
from app.main import create_app
from tests.api.rooms import a_room, some_settings

REQUESTS = 500
"""In all, of which every operation gets its share, half of them good by the contract."""
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


def pytest_generate_tests(metafunc):
    """One test an operation of both contracts, that of the open directory included."""
    app = create_app(some_settings())
    documents = (app.openapi(), app.state.hsds_document())
    schemas = [schemathesis.openapi.from_dict(document) for document in documents]
    operations = [result.ok() for schema in schemas for result in schema.get_all_operations()]
    metafunc.parametrize("operation", operations, ids=lambda operation: operation.label)
    metafunc.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
    metafunc.parametrize("examples", [max(3, REQUESTS // (2 * len(operations)))], ids=["share"])


@pytest.fixture(scope="module")
def own_room():
    """An application that may be written to."""
    with a_room() as opened:
        yield opened


def test_every_answer_is_in_the_contract(own_room, operation, mode, examples):
    """Issue 4: no 5xx, no status, media type, header or body that the contract does not name."""

    may = ACCESS.get((operation.method.upper(), operation.path)) or frozenset()
    allowed = sorted(may) * 5

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode), st.sampled_from([*allowed, *Role]))
    def ask(case, role):
        home = f"http://testserver{operation.schema.raw_schema['servers'][0]['url'].rstrip('/')}"
        request = case.as_transport_kwargs(base_url=home, headers=own_room.headers(role.value))
        request.pop("cookies", None)
        if isinstance(request.get("data"), bytes | str):
            request["content"] = request.pop("data")
        case.validate_response(own_room.client.request(**request), checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "an operation that takes nothing can not be asked wrongly"
