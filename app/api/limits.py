"""The outermost walls, as pure ASGI: the watch over every request, the cap on bodies, the headers of every answer."""

import re
import time
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.languages import preferred_language
from app.api.problems import Refused, problem_response

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
"""An incoming X-Request-ID of another form is not taken over: it could carry anything."""

SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)
"""Set on every answer that does not set them itself (S-04)."""


class BrokenAnswer(RuntimeError):
    """An answer broke after its first byte was sent; the connection must end. Tells nothing more."""


class Watch:
    """Gives every request an id, turns a crash into a bare 500, and writes one line about it: no line holds more than
    request id, method, route template, status, milliseconds and role.

    It is the only one that sees an exception from inside; nothing is raised past it, since a server would print it.
    """

    def __init__(self, app: ASGIApp, write: Callable[..., None], languages: tuple[str, ...]) -> None:
        self._app = app
        self._write = write
        self._languages = languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = _request_id(scope)
        accepted = Headers(scope=scope).get("accept-language", "")
        state["language"] = preferred_language(accepted, self._languages)
        sent: dict[str, int] = {}

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                _complete_headers(message, request_id)
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except ClientDisconnect:
            # Whoever asked is gone: there is nobody to answer, and nothing broke.
            pass
        except Exception as error:
            self._write("crash", request_id=request_id, route=_route(scope), error=error)
            if sent:
                raise BrokenAnswer from None
            await _problem("internal", scope)(scope, receive, send_on)
        finally:
            self._write(
                "request",
                request_id=request_id,
                method=str(scope["method"]),
                route=_route(scope),
                status=sent.get("status", 0),
                duration_ms=round((time.perf_counter() - began) * 1000),
                role=str(state.get("role", "-")),
            )


def _problem(code: str, scope: Scope) -> ASGIApp:
    state = scope["state"]
    return problem_response(code, language=state["language"], request_id=state["request_id"])


def _request_id(scope: Scope) -> str:
    told = Headers(scope=scope).get("x-request-id", "")
    return told if REQUEST_ID.fullmatch(told) else str(uuid.uuid4())


def _route(scope: Scope) -> str:
    """The template of the route, never the path: a path may hold what somebody typed."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "-"))


def _complete_headers(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers["X-Request-ID"] = request_id


class BodyCap:
    """Refuses a body above the cap: by its declared length at once, by its real one as soon as it is passed.

    Stands inside `Watch`, which prepares the language and the id of the problem.
    """

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app = app
        self._most = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on.

        Raises:
            Refused: "body-too-large", to whoever reads the body.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or len(declared) > 12 or int(declared) > self._most:
            await _problem("body-too-large", scope)(scope, receive, send)
            return
        taken = 0

        async def receive_capped() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                raise Refused("body-too-large")
            return message

        await self._app(scope, receive_capped, send)
