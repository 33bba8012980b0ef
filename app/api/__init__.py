"""HTTP: parse, ask the desk, shape. `build_api` makes the application; `House` is what it works with once it is open.

The way of a request, from outside in: `limits.Watch` (id, crash, log line), `limits.BodyCap`, `access.admit` (who may
do what), an endpoint of `planning`, `searching`, `inquiring`, `reference`, `drafts`, `records`, `hsds` or `health`,
`wire`, `query`, `matching` or `steward_bodies` (strict reading), the desk, `shaping` (the answer in one language). Each
fault becomes a problem in `problems`.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware

from app import __version__
from app.api import drafts, health, hsds, inquiring, planning, records, reference, searching
from app.api.access import admit, methods
from app.api.house import House, Turnstile
from app.api.hsds_contract import hsds_document
from app.api.limits import BodyCap, Watch
from app.api.openapi import DESCRIPTION, install_openapi, openapi_yaml
from app.api.problems import install_problems

__all__ = ["House", "build_api", "openapi_yaml"]


def build_api(
    *,
    lifespan: Callable[[FastAPI], Any],
    write: Callable[..., None],
    body_limit_bytes: int,
    plans_at_once: int,
    most_codes: int,
    languages: tuple[str, ...],
) -> FastAPI:
    """The application, closed until `lifespan` sets `app.state.house`.

    Args:
        lifespan: Opens the house when the application starts, and closes it.
        write: Writes one log line; gets the event and its fields.
        body_limit_bytes: The largest body.
        plans_at_once: How many plans are computed at the same time.
        most_codes: How many needs one profile may name; the contract publishes it.
        languages: Those offered, best first.
    """
    app = FastAPI(
        title="Referral",
        version=__version__,
        summary="Referral routes in Central Asia, explained.",
        description=DESCRIPTION,
        lifespan=lifespan,
        dependencies=[Depends(admit)],
        middleware=[
            Middleware(Watch, write=write, languages=languages),
            Middleware(BodyCap, most_bytes=body_limit_bytes),
        ],
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.house = None
    app.state.languages = languages
    app.state.most_codes = most_codes
    app.state.turnstile = Turnstile(plans_at_once)
    for room in (planning, searching, inquiring, reference, drafts, records, health):
        app.include_router(room.router)
    # Its own document describes it: programs that walk through HSDS interfaces call every operation they find.
    app.include_router(hsds.router, include_in_schema=False)
    app.state.hsds_document = cache(hsds_document)
    app.state.methods = methods()
    install_problems(app)
    install_openapi(app)
    return app
