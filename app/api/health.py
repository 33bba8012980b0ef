"""Whether the process runs, and whether it can plan."""

from typing import Literal

from fastapi import APIRouter, Request

from app.api.answers import Told, VersionsAnswer
from app.api.house import house_of
from app.api.problems import Refused
from app.domain.plan import Database

router = APIRouter(prefix="/health", tags=["operations"])


class Live(Told):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(Told):
    """A plan can be made. `degraded`: the database is away, and answers rest on the last that was known."""

    status: Literal["ready", "degraded"]
    versions: VersionsAnswer


@router.get("/live", operation_id="is_live", summary="Does the process run?")
async def is_live() -> Live:
    """Yes, as long as it can say so; looks at nothing else."""
    return Live()


@router.get("/ready", operation_id="is_ready", summary="Can it plan?")
def is_ready(request: Request) -> Ready:
    """Yes with the versions that an answer given now would carry; else the problem `not-ready` (503).

    `degraded` is a yes: a balancer goes on sending requests, and whoever runs the service is woken up.
    """
    house = house_of(request)
    try:
        if house.desk.ready():
            versions = house.desk.versions()
            return Ready(
                status="degraded" if versions.database is Database.AWAY else "ready",
                versions=VersionsAnswer(
                    engine=versions.engine, rules=versions.rules, pathway=versions.pathway, data=versions.data,
                    database=versions.database,
                ),
            )  # fmt: skip
    except Exception:
        # Whatever keeps the desk from planning, the answer is the same; the next plan writes the crash line.
        raise Refused("not-ready") from None
    raise Refused("not-ready")
