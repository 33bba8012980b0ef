"""Conditions of a request: ETag, If-Match, If-None-Match (RFC 9110, 13.1) and Idempotency-Key.

The letter of a tag parts what a steward sees of a record or draft from what its provider sees, since the two are not
the same bytes. A steward's tells the number of the last change and the beginning of a hash, so that none comes again
in a register put back from a copy; a provider's is a digest of what she sees, so that it tells of nothing hidden.
"""

import re
from hashlib import sha256
from typing import Annotated

from fastapi import Header, Request

from app.api.problems import Refused
from app.domain.access import Caller, Role
from app.domain.stewardship import Once

_TAG = re.compile(r'"(?:([rd])([0-9]{1,15}-[0-9a-f]{8})|([pe])([0-9a-f]{16}))"')
_SHOWN = re.compile(r"[\x21-\x7e]{1,200}")

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what you read, or `*`. Without it: 428; when it is another one by now: 412.",
    ),
]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="ETag of the copy at hand.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A text of your own, 1 to 200 visible characters. The same request with it is carried out once "
        "within 24 hours and gets the same answer; another request with it is refused.",
    ),
]


def record_tag(who: Caller, tag: str) -> str:
    """The ETag of a published record as this caller sees it."""
    return f'"{_letter(who, "r", "p")}{tag}"'


def draft_tag(who: Caller, tag: str) -> str:
    """The ETag of a draft as this caller sees it."""
    return f'"{_letter(who, "d", "e")}{tag}"'


def record_match(who: Caller, header: str | None) -> frozenset[str] | None:
    """The tags that If-Match names for a record; `None` for `*`.

    Raises:
        Refused: "precondition-required", there is no If-Match.
    """
    return _tags(header, _letter(who, "r", "p"))


def draft_match(who: Caller, header: str | None) -> frozenset[str] | None:
    """The tags that If-Match names for a draft; `None` for `*`.

    Raises:
        Refused: "precondition-required", there is no If-Match.
    """
    return _tags(header, _letter(who, "d", "e"))


def is_fresh(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag, weakly or not."""
    if header is None:
        return False
    named = [part.strip().removeprefix("W/") for part in header.split(",")]
    return tag in named or named == ["*"]


def asked_once(request: Request, who: Caller, header: str | None, body: bytes) -> Once | None:
    """What tells this request from others with the same Idempotency-Key; `None`: it has none.

    Raises:
        Refused: "bad-request", the key is no text of 1 to 200 visible characters.
    """
    if header is None:
        return None
    if not _SHOWN.fullmatch(header):
        raise Refused("bad-request")
    told = [request.method, request.url.path, request.headers.get("if-match", "")]
    fingerprint = sha256("\n".join(told).encode("utf-8", "backslashreplace") + b"\n" + body).hexdigest()
    return Once(key_prefix=who.key_prefix, token=sha256(header.encode()).hexdigest(), fingerprint=fingerprint)


def _letter(who: Caller, steward: str, provider: str) -> str:
    return provider if who.role is Role.PROVIDER else steward


def _tags(header: str | None, letter: str) -> frozenset[str] | None:
    if header is None or not header.strip():
        raise Refused("precondition-required")
    if header.strip() == "*":
        return None
    found = (_TAG.fullmatch(part.strip()) for part in header.split(","))
    told = ((match[1] or match[3], match[2] or match[4]) for match in found if match is not None)
    return frozenset(tag for told_letter, tag in told if told_letter == letter)
