"""A sound register of two organizations in the hands of stewards, on whatever database is asked for."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

from app.domain.access import Caller, Role
from app.domain.codes import Code
from app.domain.directory import Directory
from app.domain.draft import DraftInput
from app.domain.provider import HandoverMode, Link, Modality, ReturnReception
from app.domain.stewardship import Limits
from tests.registry.invented import A_SOURCE, NOW, a_directory, a_service, a_shelter, a_store, an_organization

BED, LINE, OWL = "xa-moth.bed", "xa-moth.line", "xb-owl.desk"
PLACES = frozenset({"almaty", "tashkent"})
LIMITS = Limits(
    warn_days=90, exclude_days=365, stay_warn_days=30, stay_exclude_days=180, stay_capacity_hours=24,
    capacity_hours=168, short_lived=frozenset({Code.SHL_VOT}),
)  # fmt: skip
ANN = Caller(role=Role.STEWARD, owner="xa-keepers", key_prefix="aaaaaaaa")
BEN = Caller(role=Role.STEWARD, owner="xa-keepers", key_prefix="bbbbbbbb")
MOTH = Caller(role=Role.PROVIDER, owner="xa-moth", key_prefix="cccccccc", organization="xa-moth")


def a_sound_directory() -> Directory:
    """What a loader would let through: two organizations, three services, a link and a reception."""
    bed = replace(
        a_shelter(), slug=BED, modality=Modality.PHYSICAL, capacity_as_of=datetime.fromisoformat("2026-11-20T08:00Z")
    )
    moth = an_organization(services=(bed, a_service(slug=LINE, place="almaty")), sources=(A_SOURCE,))
    desk = a_service(slug=OWL, name="Owl desk", codes=(Code.RET_AVR,), place="tashkent")
    owl = an_organization(slug="xb-owl", name="Owl Post", country="UZ", services=(desk,), sources=(A_SOURCE,))
    return a_directory(
        moth, owl,
        links=(Link(slug="xl-1", from_organization="xb-owl", to=BED, mode=HandoverMode.WARM),),
        receptions=(ReturnReception(slug="xr-1", point=OWL, receiver="xa-moth", country="KZ"),),
    )  # fmt: skip


class Keeping:
    """A store and its stewardship."""

    def __init__(self, url, *, one_steward=False, clock=lambda: NOW, places=PLACES):
        self.store = a_store(url, clock=clock)
        if self.store.revision() == 0:
            self.store.load_directory(a_sound_directory(), by="a loader", reason="first")
        self.stewardship = self.store.stewardship(places=places, limits=LIMITS, one_steward=one_steward)

    def do(self, who, act, *given, **named):
        """What that act gives."""
        return self.stewardship.write(who, lambda acts: getattr(acts, act)(*given, **named))

    def see(self, view, *given, **named):
        """What that view gives."""
        return self.stewardship.read(lambda views: getattr(views, view)(*given, **named))

    def published(self, draft, *, by=ANN, through=BEN):
        """The draft, proposed by one and published by the other."""
        made = self.do(by, "create_draft", draft) if isinstance(draft, DraftInput) else draft
        if made.state == "draft":
            made = self.do(by, "submit", made.id, None)
        return self.do(through, "publish", made.id, None, "looked at")

    def record(self, kind, slug, who=ANN):
        """The published record."""
        return self.see("record", who, kind, slug)


@contextmanager
def keeping(url, **given):
    """Opened, and closed at the end."""
    kept = Keeping(url, **given)
    try:
        yield kept
    finally:
        kept.store.close()


def a_new_service(slug="xa-moth.soup", **given):
    """A draft of a service of the first organization."""
    body = {"slug": slug, "organization": "xa-moth", "name": "Soup", "codes": ["BAS-FOD"], "place": "almaty", **given}
    return DraftInput(kind="service", slug=slug, body=body)


TODAY: date = NOW.date()
