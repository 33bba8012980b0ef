"""A feed of another directory, page by page, from hosts that somebody allowed and from nowhere else.

The address that a name stands for is looked up once, judged, and then connected to, so that it cannot become another
one in between. Nothing of an answer is in a fault; faults name the host and what to do.
"""

import ipaddress
import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urljoin

import httpx

from app.domain.errors import Fault, FaultyData
from app.registry.exchange.limits import LIMITS, Limits
from app.registry.exchange.unpacking import Form, Parcel, Piece, of_content

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_LONGEST_SECONDS = 1_800
_MOST_PAGES = 20_000
_MOST_REDIRECTS = 5
_LAST_PORT = 65_535
_AGENT = "referral-pull"

Lookup = Callable[[str, int], list[str]]
"""The addresses that a name and a port stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Whom a pull may ask: `hosts` by name; private and local addresses only with `private`."""

    hosts: frozenset[str]
    private: bool = False


class Mark(NamedTuple):
    """What a server said by which it recognizes a page again; "" where it said nothing."""

    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a feed gave. `parcel` is `None` when nothing changed since these marks were given."""

    parcel: Parcel | None
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    content: bytes
    url: str


def looked_up(host: str, port: int) -> list[str]:
    """Every address of the host. Raises `OSError`."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


@dataclass(slots=True)
class Puller:
    """Asks one feed. `lookup` finds addresses; `clock` gives seconds that only grow."""

    allowed: Allowed
    limits: Limits = LIMITS
    lookup: Lookup = looked_up
    clock: Callable[[], float] = time.monotonic
    _bytes: int = field(default=0, init=False)
    _until: float = field(default=0.0, init=False)

    def pull(self, url: str, marks: tuple[Mark, ...] = ()) -> Pulled:
        """Every page of the feed; nothing when all pages are what they were when these marks were given.

        Raises:
            FaultyData: The host is not allowed, does not answer, answers no feed, too much, or too slowly.
        """
        self._bytes, self._until = 0, self.clock() + _LONGEST_SECONDS
        with httpx.Client(timeout=_TIMEOUT, trust_env=False, headers={"User-Agent": _AGENT}) as client:
            if marks and self._is_unchanged(client, url, marks):
                return Pulled(parcel=None, marks=marks)
            return self._all_pages(client, url)

    def _is_unchanged(self, client: httpx.Client, url: str, marks: tuple[Mark, ...]) -> bool:
        for number, known in enumerate(marks, start=1):
            if not any(known) or self._get(client, _page(url, number), known).status != httpx.codes.NOT_MODIFIED:
                return False
        return True

    def _all_pages(self, client: httpx.Client, url: str) -> Pulled:
        pieces: list[Piece] = []
        marks: list[Mark] = []
        number, last, base = 1, 1, url
        while number <= last:
            answer = self._get(client, _page(base, number), None)
            base = answer.url if number == 1 else base
            if answer.status != httpx.codes.OK:
                raise _faulty(url, "no-feed", f"it answered {answer.status}; look whether the address is right")
            marks.append(Mark(answer.headers.get("etag", ""), answer.headers.get("last-modified", "")))
            name = PurePosixPath(httpx.URL(answer.url).path).name or "feed"
            pieces.append(Piece(name=f"{name}, page {number}" if last > 1 else name, content=answer.content))
            last = self._last_page(url, answer, number)
            number += 1
        return Pulled(parcel=_parcel(pieces, self.limits), marks=tuple(marks))

    def _last_page(self, url: str, answer: _Answer, number: int) -> int:
        """The number of the last page, as this page says it; that of this page where it says nothing."""
        said = _envelope(answer.content)
        here, total = said.get("page_number"), said.get("total_pages")
        if not isinstance(total, int) or isinstance(total, bool) or total <= 1:
            return number
        if isinstance(here, int) and here not in (number, number - 1):
            raise _faulty(url, "no-paging", f"page {number} was asked for and another one came")
        if total > _MOST_PAGES:
            raise _faulty(url, "too-many-pages", f"more than {_MOST_PAGES} pages; ask for larger ones with per_page")
        return total

    def _get(self, client: httpx.Client, url: str, known: Mark | None) -> _Answer:
        """The answer, after redirections on allowed hosts; its content read within the limits."""
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._ask(client, url, known)
            if not 300 <= answer.status < 400 or answer.status == httpx.codes.NOT_MODIFIED:
                return answer
            target = answer.headers.get("location", "")
            if not target:
                break
            url = urljoin(url, target)
        raise _faulty(url, "too-many-redirects", "give the address that it leads to")

    def _ask(self, client: httpx.Client, url: str, known: Mark | None) -> _Answer:
        request = self._request(url, known)
        try:
            response = client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise _faulty(url, "no-answer", "it does not answer, or not as it should; try again later") from None
        try:
            return _Answer(response.status_code, response.headers, self._content(url, response), url)
        except httpx.HTTPError:
            raise _faulty(url, "no-answer", "the answer broke off; try again later") from None
        finally:
            response.close()

    def _content(self, url: str, response: httpx.Response) -> bytes:
        held = bytearray()
        for chunk in response.iter_bytes():
            self._bytes += len(chunk)
            held += chunk
            if self._bytes > self.limits.file_bytes:
                raise _faulty(url, "too-large", f"more than {self.limits.file_bytes} bytes in all")
            if self.clock() > self._until:
                raise _faulty(url, "too-slow", f"it did not end within {_LONGEST_SECONDS} seconds")
        return bytes(held)

    def _request(self, url: str, known: Mark | None) -> httpx.Request:
        """A request to the one address that was judged, under the name of the host."""
        try:
            asked = httpx.URL(url)
            port = asked.port or (443 if asked.scheme == "https" else 80)
            if not 0 < port <= _LAST_PORT:
                raise ValueError
        except (httpx.InvalidURL, ValueError):
            raise _faulty(url, "wrong-url", "write an address that begins with https://") from None
        self._judge(url, asked)
        address = self._address(url, asked.host, port)
        headers = {"Host": asked.netloc.decode("ascii", "replace"), "Accept": "application/json, */*;q=0.5"}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        return httpx.Request(
            "GET", asked.copy_with(host=address), headers={**headers, "User-Agent": _AGENT},
            extensions={"sni_hostname": asked.host, "timeout": _TIMEOUT.as_dict()},
        )  # fmt: skip

    def _judge(self, url: str, asked: httpx.URL) -> None:
        if asked.scheme not in ("https", "http") or not asked.host:
            raise _faulty(url, "wrong-url", "write an address that begins with https://")
        if asked.userinfo:
            raise _faulty(url, "wrong-url", "leave name and password out of the address")
        if asked.host not in self.allowed.hosts:
            raise _faulty(url, "host-not-allowed", "name the host in REFERRAL_PULL_HOSTS, if it is to be asked")
        if asked.scheme == "http" and asked.host not in _LOCAL:
            raise _faulty(url, "not-encrypted", "write https:// instead of http://")

    def _address(self, url: str, host: str, port: int) -> str:
        try:
            found = self.lookup(host, port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise _faulty(url, "no-such-host", "no address is known for it")
        if not self.allowed.private and not all(map(_is_public, found)):
            raise _faulty(url, "private-address", "it is in a private network; REFERRAL_PULL_PRIVATE lets it be asked")
        return found[0]


def _is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def _page(url: str, number: int) -> str:
    """The address of that page; of the first, the address as it was given."""
    if number == 1:
        return url
    try:
        return str(httpx.URL(url).copy_set_param("page", number))
    except httpx.InvalidURL:
        return url


def _envelope(content: bytes) -> Mapping[str, Any]:
    """What a page says of itself; empty for what is no page."""
    if content[:1] != b"{" and content.lstrip()[:1] != b"{":
        return {}
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("contents", found.get("content")), list) else {}


def _parcel(pieces: list[Piece], limits: Limits) -> Parcel:
    if len(pieces) > 1:
        return Parcel(form=Form.JSON, pieces=tuple(pieces))
    return of_content(pieces[0].name, pieces[0].content, limits)


def _faulty(url: str, code: str, mend: str) -> FaultyData:
    """A fault that names the host, and nothing else of the address, which may hold a key."""
    try:
        host = httpx.URL(url).host or "the feed"
    except (httpx.InvalidURL, ValueError, TypeError):
        host = "the feed"
    return FaultyData((Fault(host[:100], 0, "", code, mend),))
