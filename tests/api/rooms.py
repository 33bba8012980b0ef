"""The real application over the sandbox in memory, with a fixed clock and one key a role; and a desk that breaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from app.api import House
from app.desk import Desk, Reference
from app.domain.access import Role
from app.domain.directory import Directory
from app.main import create_app, read_reference
from app.registry import load_directory
from app.registry.store import Store
from app.routing import RankingPolicy
from app.settings import Settings

DATA = Path(__file__).resolve().parents[2] / "data"
NOW = datetime(2026, 11, 23, 17, 10, 30, tzinfo=UTC)
CANARY = "Zzcanary Qwertova +7 000 555 0199"
"""What an invented person might have told. It must come back nowhere."""
WORDS = ("canary", "qwertova", "555 0199")


def now() -> datetime:
    """A Monday evening in Shymkent."""
    return NOW


def a_body(**profile: Any) -> dict[str, Any]:
    """A good request; what is given is set in the profile."""
    told = {
        "needs": ["SHL-VOT", "LEG-INF"],
        "gender": "female",
        "age": "18-24",
        "nationality": "UZ",
        "location": {"country": "KZ", "place": "shymkent"},
        "languages": ["uz"],
        "legal_status": "irregular",
        "consents": {"safehouse": "yes", "legal": "yes"},
    }
    return {"profile": {**told, **profile}}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    """The body without these fields of its profile."""
    return {**body, "profile": {key: value for key, value in body["profile"].items() if key not in names}}


@dataclass
class Room:
    """A running application: a client, the keys by role, and lines that were logged."""

    client: TestClient
    keys: dict[str, str]
    lines: list[dict[str, Any]] = field(default_factory=list)

    def headers(self, key: str = "operator", **more: str) -> dict[str, str]:
        """Those of a caller with that key."""
        return {"Authorization": f"Bearer {self.keys[key]}", **more}

    def ask(self, body: Any, key: str = "operator", path: str = "/v1/routes", **headers: str) -> Any:
        """The answer to that body."""
        return self.client.post(path, json=body, headers=self.headers(key, **headers))


def some_settings(**more: Any) -> Settings:
    """Settings with invented secrets and a database in memory."""
    secret = "an invented secret of the tests, long enough"
    told = {"database_url": "sqlite://", **more}
    return Settings(data_folder=DATA, seal_key=secret, pepper=secret[::-1], **told)


def keys_in(store: Store) -> dict[str, str]:
    """One key a role, one for Uzbekistan only, one that ran out yesterday, and a revoked one."""
    today = NOW.date()
    made = {role.value: store.create_key(role, "sb-kz-south-rights", (), date(2027, 1, 1))[0] for role in Role}
    provider = store.create_key(Role.PROVIDER, "sb-kz-hospital", (), date(2027, 1, 1), organization="sb-kz-hospital")
    made["provider"] = provider[0]
    made["second"] = store.create_key(Role.STEWARD, "sb-kz-line", (), date(2027, 1, 1))[0]
    made["uzbek-steward"] = store.create_key(Role.STEWARD, "sb-uz-line", ("UZ",), date(2027, 1, 1))[0]
    made["uzbek"] = store.create_key(Role.OPERATOR, "sb-uz-line", ("UZ",), date(2027, 1, 1))[0]
    made["expired"] = store.create_key(Role.OPERATOR, "sb-kz-line", (), today - timedelta(days=1))[0]
    made["revoked"], record = store.create_key(Role.OPERATOR, "sb-kz-line", (), date(2027, 1, 1))
    store.revoke_key(record.prefix)
    made["unknown"] = "rk_00000000_" + "x" * 43
    made["odd"] = "rk_" + CANARY.replace(" ", "-")
    return made


@cache
def the_sandbox() -> Directory:
    """The invented directory, read once."""
    return load_directory(DATA / "sandbox")


@cache
def the_reference() -> Reference:
    """Places, crossings and pathways, read once."""
    return read_reference(DATA)


@contextmanager
def a_room(desk_of: type[Desk] = Desk, **settings: Any) -> Iterator[Room]:
    """The application, running, over the sandbox; `desk_of` is another kind of desk."""
    chosen = some_settings(**settings)
    store = Store.open(chosen.database_url, seal=chosen.secrets().seal(), clock=now, create=True)
    store.load_directory(the_sandbox(), by="a test", reason="invented")
    keys = keys_in(store)

    @contextmanager
    def opening(settings: Settings) -> Iterator[House]:
        desk = desk_of(store, the_reference(), policy=RankingPolicy(), clock=now)
        yield House.of(
            desk, find_key=lambda text, today: store.find_key(text, today).caller, clock=now,
            most_codes=RankingPolicy().longest_code_list,
        )  # fmt: skip

    with TestClient(create_app(chosen, opening=opening)) as client:
        yield Room(client, keys)
    store.close()
