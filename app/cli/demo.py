"""`referral demo`: the public directory into the embedded register, one case on it and on the sandbox, the server."""

import os
from datetime import datetime, timedelta

import uvicorn

from app.cli.house import fill_when_empty, opened_desk, opened_store, out
from app.cli.planning import route
from app.domain.access import Role
from app.main import now
from app.registry.store import Store
from app.settings import Settings

SANDBOX_AS_OF = datetime.fromisoformat("2026-11-23T22:10:00+05:00")
"""The moment at which the invented network is looked at: its verifications do not grow old."""
KEY_DAYS = 7
OWNER = "demo"


def demo(settings: Settings, *, serve_after: bool, host: str, port: int, language: str) -> None:
    """Loads, routes, prints, and serves unless told not to."""
    case = settings.data_folder / "examples" / "forced-labour-almaty.json"
    _headline("The real public directory: leads, since nobody has phoned yet")
    with opened_desk(settings) as desk:
        route(desk, case, as_json=False, dump=None, as_of=None, language=language, explain="summary")
    _headline("The same case on an invented, verified network: a route")
    with opened_desk(settings, sandbox=True) as desk:
        route(desk, case, as_json=False, dump=None, as_of=SANDBOX_AS_OF, language=language, explain="summary")
    if serve_after:
        _announce(settings, host, port)
        serve(settings, host=host, port=port, workers=1)


def _headline(text: str) -> None:
    out.rule(f"[bold]{text}[/bold]")


def _announce(settings: Settings, host: str, port: int) -> None:
    """Shows a new operator key and a line that asks the server the same."""
    with opened_store(settings) as store:
        fill_when_empty(store, settings, "directory")
        key = _new_key(store)
    case = settings.data_folder / "examples" / "forced-labour-almaty.json"
    _headline(f"Serving on http://{host}:{port}")
    out.print(f"A key for {KEY_DAYS} days, shown once: {key}", highlight=False, soft_wrap=True)
    out.print(
        f"curl -s http://{host}:{port}/v1/routes -H 'Authorization: Bearer {key}' "
        f"-H 'Content-Type: application/json' -d @{case}",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )


def _new_key(store: Store) -> str:
    """A key of this demonstration; those of earlier ones are revoked."""
    for old in store.list_keys():
        if old.owner == OWNER and old.revoked_at is None:
            store.revoke_key(old.prefix)
    text, _ = store.create_key(Role.OPERATOR, OWNER, (), now().date() + timedelta(days=KEY_DAYS))
    return text


def serve(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serves until stopped. The settings reach the workers through the environment."""
    if settings.demo:
        os.environ["REFERRAL_DEMO"] = "1"
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
    )
