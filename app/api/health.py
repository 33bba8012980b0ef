"""Whether the process runs, and whether it can plan."""

from typing import Literal

from fastapi import APIRouter, Request

from app.api.answers import Told, VersionsAnswer
from app.api.house import house_of
from app.api.problems import Refused

router = APIRouter(prefix="/health", tags=["operations"])


class Live(Told):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(Told):
    """The database answers and the network is built."""

    status: Literal["ready"] = "ready"
    versions: VersionsAnswer


@router.get("/live", operation_id="is_live", summary="Does the process run?")
async def is_live() -> Live:
    """Yes, as long as it can say so; looks at nothing else."""
    return Live()


@router.get("/ready", operation_id="is_ready", summary="Can it plan?")
def is_ready(request: Request) -> Ready:
    """Yes with the versions that an answer given now would carry; else the problem `not-ready` (503)."""
    house = house_of(request)
    try:
        if house.desk.ready():
            versions = house.desk.versions()
            return Ready(
                versions=VersionsAnswer(
                    engine=versions.engine, rules=versions.rules, pathway=versions.pathway, data=versions.data
                )
            )
    except Exception:
        # Whatever keeps the desk from planning, the answer is the same; the next plan writes the crash line.
        raise Refused("not-ready") from None
    raise Refused("not-ready")
