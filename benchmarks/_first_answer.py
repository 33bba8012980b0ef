"""One process that imports an application, starts it, answers one POST through ASGI, says so and ends.

python benchmarks/_first_answer.py whole     # the product, over the register that the environment names
python benchmarks/_first_answer.py bare      # FastAPI and numpy, with a body that pydantic reads
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))


async def answered(app: Any, path: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of that POST, after the start of the application and before its end."""
    status = 0
    given = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Any:
        return next(given)

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    told = {"host": "x", "content-type": "application/json", "content-length": str(len(body)), **headers}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "server": ("x", 80),
        "client": ("x", 1), "headers": [(name.encode(), value.encode()) for name, value in told.items()],
    }  # fmt: skip
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
        if status == 200:
            print("answered", flush=True)
    return status


def bare() -> Any:
    """An application as small as one that computes with numpy can be."""
    import numpy as np
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Asked(BaseModel):
        needs: list[str]
        place: str

    class Told(BaseModel):
        total: int

    app = FastAPI()

    @app.post("/sum")
    async def add(asked: Asked) -> Told:
        return Told(total=int(np.array([len(need) for need in asked.needs]).sum()))

    return app


def main() -> None:
    """Answers, and fails loudly when the answer is no answer."""
    which, *rest = sys.argv[1:]
    if which == "bare":
        status = asyncio.run(answered(bare(), "/sum", b'{"needs": ["SHL-VOT"], "place": "almaty"}', {}))
    else:
        from app.main import create_app

        (key,) = rest
        body = b'{"profile": {"needs": ["SHL-VOT", "LEG-INF"], "location": {"country": "KZ", "place": "almaty"}}}'
        status = asyncio.run(answered(create_app(), "/v1/routes", body, {"authorization": f"Bearer {key}"}))
    if status != 200:
        raise SystemExit(f"status {status}")


if __name__ == "__main__":
    main()
