"""The servers that are compared, each in processes of its own, over one register with the real public directory.

`whole` is the product, `kept` the same with plans that were computed before. `ready` is the same application with the
same middleware, key check and body handling, whose endpoint gives out the bytes that the product gave for the same
body: the limit of the stack. `bare` is a FastAPI application with nothing but that endpoint.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response

from benchmarks._client import Connection, request_bytes

ROOT = Path(__file__).parents[1]
ANSWERS = "BENCHMARK_ANSWERS"
"""Environment variable with the file of ready answers: text of the answer by SHA-256 of the body."""


def whole() -> FastAPI:
    """The product, from the environment."""
    from app.main import create_app

    return create_app()


def kept() -> FastAPI:
    """The product, whose engine computes every plan once and then repeats it: what no engine can pass."""
    from app.desk import desk
    from benchmarks._plans import repeating

    desk.plan = repeating(desk.plan)
    return whole()


def ready() -> FastAPI:
    """The product, with `POST /v1/routes` answered from the file of ready answers."""
    from app.api.access import CallerDep
    from app.api.planning import BodyDep

    answers = _ready_answers()
    app = whole()

    async def give(request: Request, body: BodyDep, caller: CallerDep) -> Response:
        headers = {"Content-Language": "en", "Vary": "Authorization, Accept-Language"}
        return Response(answers[sha256(body).digest()], 200, headers, "application/json")

    app.post("/v1/routes")(give)
    app.router.routes.insert(0, app.router.routes.pop())
    return app


def bare() -> FastAPI:
    """One endpoint with the ready answers, and a health check."""
    answers = _ready_answers()
    app = FastAPI(openapi_url=None, telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post("/v1/routes")
    async def give(request: Request) -> Response:
        return Response(answers[sha256(await request.body()).digest()], 200, media_type="application/json")

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    return app


def _ready_answers() -> dict[bytes, bytes]:
    kept = json.loads(Path(os.environ[ANSWERS]).read_text(encoding="utf-8"))
    return {bytes.fromhex(digest): text.encode() for digest, text in kept.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register that is loaded, the environment of a server over it, and a good key."""

    environment: dict[str, str]
    key: str


def loaded_register(folder: Path, *, source: str = "directory") -> Register:
    """A new SQLite register in that folder with the directory of the checkout (or `sandbox`), and an operator's key."""
    from app.domain.access import Role
    from app.main import now, open_store
    from app.registry import load_directory
    from app.settings import Settings

    secret = "a secret of the benchmarks, of no value to anybody"
    url = f"sqlite:///{folder / 'register.db'}"
    settings = Settings(database_url=url, data_folder=ROOT / "data", seal_key=secret, pepper=secret[::-1])
    store = open_store(settings)
    store.load_directory(load_directory(settings.data_folder / source), by="a benchmark", reason="first loading")
    key, _ = store.create_key(Role.OPERATOR, "benchmark", (), now().date().replace(year=now().year + 1))
    store.close()
    return Register(
        environment={
            **os.environ,
            "REFERRAL_DATABASE_URL": url,
            "REFERRAL_DATA_FOLDER": str(ROOT / "data"),
            "REFERRAL_SEAL_KEY": secret,
            "REFERRAL_PEPPER": secret[::-1],
            ANSWERS: str(folder / "answers.json"),
        },
        key=key,
    )


@contextmanager
def publishing(register: Register, *, every_seconds: float = 0.5) -> Iterator[None]:
    """A steward in a process of its own, who records something all the time: every change is a new revision."""
    command = [sys.executable, "-m", "benchmarks._steward", str(every_seconds)]
    process = subprocess.Popen(command, env=register.environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        time.sleep(2 * every_seconds)
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def write_answers(register: Register, answers: dict[bytes, bytes]) -> None:
    """Keeps the answers by their bodies, where `ready` and `bare` find them."""
    kept = {sha256(body).hexdigest(): answer.decode() for body, answer in answers.items()}
    Path(register.environment[ANSWERS]).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers; `start_seconds` from the start of its process to the first good health check."""

    port: int
    process: int
    workers: int
    start_seconds: float

    def resident_mb(self) -> float:
        """Resident memory of one worker, MB; the mean when there are several."""
        ids = _children(self.process) if self.workers > 1 else [self.process]
        sizes = [size for size in map(_resident_kb, ids) if size > 30_000]
        return sum(sizes) / len(sizes) / 1000


@contextmanager
def running(factory: str, register: Register, folder: Path, *, workers: int = 1) -> Iterator[Running]:
    """That server, started as `referral serve` starts it, and stopped at the end."""
    port = _free_port()
    command = [
        sys.executable, "-m", "uvicorn", "--factory", f"benchmarks._servers:{factory}", "--app-dir", str(ROOT),
        "--port", str(port), "--workers", str(workers), "--no-access-log", "--log-level", "warning",
        "--no-server-header",
    ]  # fmt: skip
    begun = time.perf_counter()
    with (folder / f"{factory}.log").open("w") as log:
        process = subprocess.Popen(command, env=register.environment, cwd=folder, stderr=log, stdout=log)
    try:
        _wait(port, process)
        took = time.perf_counter() - begun
        if workers > 1:
            time.sleep(2 * took)
        yield Running(port=port, process=process.pid, workers=workers, start_seconds=took)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with suppress(OSError, ConnectionError):
            connection = Connection(port)
            status, _ = connection.answer(request_bytes("/health/live"))
            connection.close()
            if status == 200:
                return
        time.sleep(0.005)
    raise RuntimeError("the server did not start; its log tells why")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in found]


def _resident_kb(process: int) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
