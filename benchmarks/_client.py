"""A closed-loop client on plain sockets: each connection asks again as soon as it is answered.

One thread and one selector, a dozen microseconds a request, so that the server and not the client is measured.
"""

import select
import socket
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

REQUEST_ID = "benchmark-0001"
"""Told with every request, so that equal requests get equal bytes."""


def request_bytes(path: str, body: bytes = b"", key: str = "") -> bytes:
    """One whole HTTP/1.1 request: a POST when there is a body, else a GET."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: x", f"X-Request-ID: {REQUEST_ID}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        """Sends one request."""
        self._got = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def take(self) -> tuple[int, bytes] | None:
        """Status and body when the whole answer is here, else `None`."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server hung up")
        self._got += piece
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self._got[:end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(self._got) < end + 4 + length:
            return None
        return int(head[9:12]), self._got[end + 4 :]

    def answer(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of that request, waited for."""
        self.ask(request)
        while (taken := self.take()) is None:
            pass
        return taken

    def close(self) -> None:
        """Hangs up."""
        self.socket.close()


@dataclass
class Measured:
    """Seconds each answer took, in the order of arrival; how long the run took; answers that were not 200."""

    seconds: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    """Those of the health check, asked at a steady pace during the run."""
    took: float = 0.0
    failed: int = 0

    def add(self, other: "Measured") -> None:
        """Takes in another run."""
        self.seconds += other.seconds
        self.health += other.health
        self.took += other.took
        self.failed += other.failed

    @property
    def a_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took


def percentile_ms(seconds: Sequence[float], percent: int) -> float:
    """That percentile in milliseconds."""
    if len(seconds) < 2:
        return seconds[0] * 1000 if seconds else float("nan")
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000


def loaded(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float, health: bytes = b"", pause: float = 0.02
) -> Measured:
    """What that many connections got in that time, and how long the health check took meanwhile when one is given."""
    run = _Run(port, requests, connections=connections, health=health, pause=pause)
    try:
        return run.measured(seconds)
    finally:
        run.close()


class _Run:
    """The connections of one run: askers that ask without a pause, and the health check that waits between two."""

    def __init__(self, port: int, requests: Sequence[bytes], *, connections: int, health: bytes, pause: float) -> None:
        self._requests = cycle(requests)
        self._health, self._pause = health, pause
        self._askers = [Connection(port) for _ in range(connections)]
        self._checker = Connection(port) if health else None
        everybody = self._askers + ([self._checker] if self._checker else [])
        self._by_file = {one.socket.fileno(): one for one in everybody}
        self._poll = select.epoll()
        for number in self._by_file:
            self._poll.register(number, select.EPOLLIN)
        self._due = 0.0 if health else float("inf")

    def measured(self, seconds: float) -> Measured:
        """Asks for that long; answers that come later are not counted."""
        found = Measured()
        begun = time.perf_counter()
        for asker in self._askers:
            asker.ask(next(self._requests))
        while (now := time.perf_counter()) - begun < seconds:
            if self._checker and now >= self._due:
                self._checker.ask(self._health)
                self._due = float("inf")
            for number, _ in self._poll.poll(max(0.0, min(self._due - now, 0.05))):
                self._take(self._by_file[number], found)
        found.took = time.perf_counter() - begun
        return found

    def _take(self, asker: Connection, found: Measured) -> None:
        taken = asker.take()
        if taken is None:
            return
        now = time.perf_counter()
        found.failed += taken[0] != 200
        if asker is self._checker:
            found.health.append(now - asker.asked_at)
            self._due = now + self._pause
        else:
            found.seconds.append(now - asker.asked_at)
            asker.ask(next(self._requests))

    def close(self) -> None:
        """Hangs up everywhere."""
        self._poll.close()
        for one in self._by_file.values():
            one.close()
