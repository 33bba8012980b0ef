"""Feeds are asked page by page, only where somebody allowed it, and within limits. A real server answers."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from app.domain.errors import FaultyData
from app.registry.exchange.limits import LIMITS
from app.registry.exchange.pulling import Allowed, Mark, Puller
from app.registry.exchange.unpacking import Form
from tests.registry.exchange.harvests import a_service

LOCAL = Allowed(hosts=frozenset({"localhost"}), private=True)


class Feed(BaseHTTPRequestHandler):
    """Three pages of services; other paths misbehave."""

    asked: list[tuple[str, str | None]]

    def do_GET(self):
        """Answers as the path says."""
        self.asked.append((self.path, self.headers.get("If-None-Match")))
        path, _, query = self.path.partition("?")
        if path == "/services":
            self._page(int(dict(p.split("=") for p in query.split("&") if "=" in p).get("page", 1)))
        elif path == "/bomb":
            self._answer(gzip.compress(b"[" + b" " * 5_000_000 + b"]"), **{"Content-Encoding": "gzip"})
        elif path == "/stuck":
            self._answer(json.dumps({"total_pages": 9, "page_number": 1, "contents": []}).encode())
        elif path == "/there":
            self._answer(b"", status=302, Location="/services?full=true")
        elif path == "/away":
            self._answer(b"", status=302, Location="https://elsewhere.example/services")
        elif path == "/round":
            self._answer(b"", status=302, Location="/round")
        elif path == "/short":
            self._answer(b"[1", **{"Content-Length": "400"})
        else:
            self._answer(b"{}", status=500)

    def _page(self, number):
        etag = f'"page-{number}"'
        if self.headers.get("If-None-Match") == etag:
            self._answer(b"", status=304, ETag=etag)
            return
        page = {"total_pages": 3, "page_number": number, "contents": [a_service(id=f"s{number}")]}
        self._answer(json.dumps(page).encode(), ETag=etag)

    def _answer(self, content, *, status=200, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def feed() -> Iterator[str]:
    """The address of the server; `Feed.asked` holds what it was asked."""
    Feed.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def local(host: str, port: int) -> list[str]:
    """Every name stands for this machine."""
    return ["127.0.0.1"]


def puller(allowed: Allowed = LOCAL, **given) -> Puller:
    """One that finds every name here."""
    return Puller(allowed, **{"lookup": local, **given})


def fault(url: str, **given) -> str:
    """The code of the one fault that the address makes."""
    with pytest.raises(FaultyData) as caught:
        puller(**given).pull(url)
    (found,) = caught.value.faults
    assert "elsewhere" not in found.mend and "page" not in found.where
    return found.code


def test_every_page_is_asked_for_once(feed):
    """In order; with the address as it was given for the first."""
    pulled = puller().pull(f"{feed}/services?full=true")

    assert [path for path, _ in Feed.asked] == [
        "/services?full=true", "/services?full=true&page=2", "/services?full=true&page=3"
    ]  # fmt: skip
    assert pulled.parcel is not None and pulled.parcel.form is Form.JSON
    assert len(pulled.parcel.pieces) == 3


def test_when_nothing_has_changed_nothing_comes(feed):
    """Every page is asked whether it is the same; one that is another one brings all of them."""
    marks = puller().pull(f"{feed}/services").marks

    assert puller().pull(f"{feed}/services", marks).parcel is None
    assert [mark for _, mark in Feed.asked[3:]] == ['"page-1"', '"page-2"', '"page-3"']
    assert puller().pull(f"{feed}/services", (*marks[:2], Mark('"old"', ""))).parcel is not None


@pytest.mark.parametrize(
    ("path", "code"),
    [("/away", "host-not-allowed"), ("/round", "too-many-redirects"), ("/stuck", "no-paging"), ("/none", "no-feed"),
     ("/short", "no-answer")],
)  # fmt: skip
def test_a_feed_that_misbehaves_is_given_up(feed, path, code):
    """No redirection leads off the allowed hosts."""
    assert fault(feed + path) == code


def test_a_redirection_on_the_same_host_is_followed(feed):
    """And it is that other address whose pages are asked for."""
    assert len(puller().pull(f"{feed}/there").parcel.pieces) == 3
    assert Feed.asked[-1][0] == "/services?full=true&page=3"


def test_what_unpacks_to_more_than_the_limit_is_given_up(feed):
    """However small it is on its way."""
    assert fault(f"{feed}/bomb", limits=replace(LIMITS, file_bytes=100_000)) == "too-large"


def test_a_feed_that_never_ends_is_given_up(feed):
    """By the clock, whatever it sends."""
    times = iter(range(0, 1_000_000, 10_000))

    assert fault(f"{feed}/services", clock=lambda: next(times)) == "too-slow"


@pytest.mark.parametrize(
    ("url", "code"),
    [("ftp://localhost/x", "wrong-url"), ("localhost/x", "wrong-url"), ("https://", "wrong-url"), ("", "wrong-url"),
     ("https://a:b@localhost/x", "wrong-url"), ("https://other.example/x", "host-not-allowed"),
     ("http://localhost.example/x", "host-not-allowed"), ("https://localhost:99999/x", "wrong-url")],
)  # fmt: skip
def test_other_addresses_are_refused_before_anything_is_sent(feed, url, code):
    """Unknown hosts, other schemes, names with passwords."""
    assert fault(url) == code
    assert Feed.asked == []


def test_only_this_machine_is_asked_without_encryption(feed):
    """And an allowed name that stands for a private address is not asked unless that is allowed, too."""
    friend = Allowed(hosts=frozenset({"friend.example"}))

    assert fault(feed.replace("localhost", "friend.example"), allowed=friend) == "not-encrypted"
    assert fault("https://friend.example/x", allowed=friend) == "private-address"
    assert fault(feed + "/services", allowed=replace(LOCAL, private=False)) == "private-address"
    assert Feed.asked == []


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1",
                "0.0.0.0", "100.64.0.1", "224.0.0.1", "nonsense"],
)  # fmt: skip
def test_every_kind_of_private_address_is_known(address):
    """Also among public ones: a name with both is refused."""
    friend = Allowed(hosts=frozenset({"friend.example"}))
    lookup = {"allowed": friend, "lookup": lambda host, port: ["93.184.216.34", address]}

    assert fault("https://friend.example/x", **lookup) == "private-address"


def test_a_name_that_stands_for_nothing_is_told():
    """Without a trace of the rest of the address, which may hold a key."""
    assert fault("http://localhost/x?key=page", lookup=lambda host, port: []) == "no-such-host"
