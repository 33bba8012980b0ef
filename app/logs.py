"""Log lines by allow-list: JSON, one a line, on standard error. What is not on the lists below is not written.

No line holds a profile, a message of an exception, a value of a traceback, an address of a caller or a query string.
Other libraries' lines are cut to logger, level and, for an exception, its class and the places in the code.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

EVENTS = frozenset(
    {
        "started",
        "stopped",
        "refused-to-start",
        "request",
        "crash",
        "key-used",
        "snapshot-built",
        "snapshot-failed",
        "watch-failed",
        "database-away",
        "database-back",
        "library",
        "migrated",
    }
)
"""What can happen. Any other event is written as "unlisted", without its words."""

_WORD = r"[A-Za-z0-9_.:/{}<>*-]{1,120}"
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "request_id": r"[A-Za-z0-9-]{8,64}",
        "method": r"[A-Z]{3,8}",
        "route": r"/[a-z0-9_./{}-]{0,80}|-",
        "role": r"[a-z]{1,16}|-",
        "code": r"[a-z-]{1,40}",
        "exception": r"[A-Za-z_][A-Za-z0-9_.]{0,79}",
        "logger": _WORD,
        "revision": r"[0-9]{1,12}",
        "version": _WORD,
        "level": r"[a-z]{1,10}",
    }
)
"""Text fields with the form that their whole value must have; a value of another form is left out."""

NUMBERS = frozenset({"status", "duration_ms", "points", "faults", "line"})
MENDING = frozenset({"where", "mend"})
"""Sentences of ours about files and databases; only lines of "refused-to-start" carry them, before any request."""
DEEPEST = 12
"""Frames kept of a traceback, the innermost ones."""

_PACKAGE = Path(__file__).parent


def allow_listed(event: Mapping[str, object]) -> dict[str, Any]:
    """The line without everything that is not on the lists."""
    name = event.get("event")
    kept: dict[str, Any] = {"event": name if name in EVENTS else "unlisted"}
    kept |= {field: value for field, value in event.items() if _may_stand(field, value)}
    if name == "refused-to-start":
        kept |= {field: str(value) for field, value in event.items() if field in MENDING}
    error = event.get("error")
    if isinstance(error, BaseException):
        kept |= described(error)
    return kept


def _may_stand(field: str, value: object) -> bool:
    if isinstance(value, str):
        return field in FIELDS and re.fullmatch(FIELDS[field], value) is not None
    return field in NUMBERS and type(value) is int


def described(error: BaseException) -> dict[str, Any]:
    """The class of an exception and where it came from, outermost first; neither its message nor any value."""
    return {"exception": type(error).__qualname__, "frames": frames(error.__traceback__)}


def frames(traceback: TracebackType | None) -> list[str]:
    """ "module:line" of each frame, outermost first, at most the last twelve."""
    found = []
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        found.append(f"{module}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return found[-DEEPEST:]


def _send(level: str, event: str, fields: Mapping[str, object]) -> None:
    """Writes one line to whatever standard error is at that moment."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "level": level, **allow_listed({**fields, "event": event})}
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stderr.flush()


class _LibraryLines(logging.Handler):
    """Turns a line of another library into one of ours, without its message."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None and isinstance(record.msg, BaseException):
            error = record.msg
        level = "error" if record.levelno >= logging.ERROR else "warning"
        _send(level, "library", {"logger": record.name, "error": error})


def configure_logs() -> None:
    """Sends the lines of the libraries through the lists, too. Called once, by `create_app`."""
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if not _is_plain(handler)]
    root.addHandler(_LibraryLines(logging.WARNING))
    root.setLevel(logging.WARNING)
    logging.raiseExceptions = False
    logging.captureWarnings(False)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "sqlalchemy", "alembic", "asyncio"):
        quiet = logging.getLogger(name)
        quiet.handlers[:] = []
        quiet.propagate = name != "uvicorn.access"
        quiet.setLevel(logging.CRITICAL + 1 if name == "uvicorn.access" else logging.WARNING)


def _is_plain(handler: logging.Handler) -> bool:
    """Handlers that would write a message as it stands, and ours from an earlier call."""
    return type(handler) is logging.StreamHandler or isinstance(handler, _LibraryLines)


def write(event: str, **fields: object) -> None:
    """One line; see the lists for what it can hold. `error` takes an exception."""
    level = (
        "error"
        if event in ("crash", "refused-to-start", "snapshot-failed", "watch-failed", "database-away")
        else "info"
    )
    _send(level, event, fields)
