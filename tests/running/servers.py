"""Servers in processes of their own, as a deployment runs them, over a register with the invented network."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from app.domain.access import Role
from app.domain.directory import Directory
from app.registry import load_directory
from app.registry.seal import Seal
from app.registry.store import Store

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"REFERRAL_PEPPER": "an invented pepper of the tests, long enough", "REFERRAL_SEAL_KEY": "s" * 40}
PATIENCE_SECONDS = 60.0
"""Longer than anything here takes; whoever waits this out hangs."""
BED = "sb-kz-south-house.bed"
"""A service point that the question below is answered with."""
QUESTION = {
    "profile": {
        "needs": ["SHL-VOT", "LEG-INF"], "gender": "female", "age": "18-24", "nationality": "UZ",
        "location": {"country": "KZ", "place": "shymkent"}, "languages": ["uz"], "legal_status": "irregular",
        "consents": {"safehouse": "yes", "legal": "yes"},
    },
    "as_of": "2026-11-23T22:10:00+05:00",
}  # fmt: skip


@cache
def the_sandbox() -> Directory:
    """The invented directory, read once."""
    return load_directory(ROOT / "data" / "sandbox")


@contextmanager
def register(url: str) -> Iterator[Store]:
    """The register at that URL, with the secrets that the servers have."""
    seal = Seal(SECRETS["REFERRAL_SEAL_KEY"], pepper=SECRETS["REFERRAL_PEPPER"])
    with closing(Store.open(url, seal=seal, clock=lambda: datetime.now(UTC), create=True)) as store:
        yield store


def filled(url: str) -> str:
    """A key of an operator for the register at that URL, which holds the invented network."""
    with register(url) as store:
        store.load_directory(the_sandbox(), by="a test", reason="invented")
        return store.create_key(Role.OPERATOR, "sb-kz-south-rights", (), date.today() + timedelta(days=30))[0]


@dataclass
class Server:
    """One running process."""

    client: httpx.Client
    key: str

    def ask(self, key: str | None = None, **profile: Any) -> httpx.Response:
        """The answer to the question, with other answers of the person where they are given."""
        body = {**QUESTION, "profile": {**QUESTION["profile"], **profile}}
        return self.client.post("/v1/routes", json=body, headers={"Authorization": f"Bearer {key or self.key}"})

    def ready(self) -> httpx.Response:
        """Whether it can plan."""
        return self.client.get("/health/ready")

    def until(self, is_so: Callable[[httpx.Response], bool]) -> httpx.Response:
        """The first answer that is so."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so(answer := self.ask()):
            assert time.monotonic() < end, f"it never was: {answer.status_code} {answer.text[:300]}"
            time.sleep(0.05)
        return answer


@contextmanager
def serving(url: str, key: str, folder: Path, **settings: str) -> Iterator[Server]:
    """A server over that register, ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith(("REFERRAL_", "PYTHONWARNINGS"))}
    env = {**own, **SECRETS, "REFERRAL_DATABASE_URL": url, "PYTHONPATH": str(ROOT), **settings}
    with (folder / f"log-{port}").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app", "--port", str(port),
             "--no-access-log", "--log-level", "warning"],
            cwd=folder, env=env, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS, trust_env=False) as client:
                _wait_for(client, process, folder / f"log-{port}")
                yield Server(client, key)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _wait_for(client: httpx.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert process.poll() is None and time.monotonic() < end, log.read_text()[-2000:]
        try:
            if client.get("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)


@dataclass
class Asking:
    """A thread that asks a server without pause, and keeps every answer."""

    server: Server
    answers: list[httpx.Response] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Asking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.answers.append(self.server.ask())
        except Exception as error:
            self.errors.append(error)


def points_of(answer: httpx.Response) -> set[str]:
    """Every service point that an answer names."""
    told = json.dumps(answer.json()["routes"] + answer.json()["leads"])
    return {piece.partition('"')[0] for piece in told.split('"point": "')[1:]}


def revision_of(answer: httpx.Response) -> int:
    """The revision of the register that an answer rests on."""
    return int(answer.json()["versions"]["data"])
