"""Directory files: what the loader refuses, one row each, and what a router gets to know of a service."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.directory import Directory, Organization, Registration, Service
from app.domain.errors import FaultyData
from app.domain.place import Place
from app.domain.provider import OrganizationType, RegistrationStatus, ServicePoint, ServiceStatus
from app.registry.directory import load_directory, service_points

PLACES = frozenset({"almaty", "osh"})

HOUSES = """\
version: "1"
title: "Invented houses"
licence: "CC0-1.0"
organizations:
  - slug: "xx-moth"
    name: "House of the Moth"
    country: "KZ"
    type: "shelter"
    admin1: "KZ-75"
    registration:
      - {scheme: "register", status: "registered", valid_from: "2020-01-01", valid_to: "2030-01-01"}
    services:
      - slug: "xx-moth.bed"
        name: "Bed"
        codes: ["SHL-VOT", "BAS-FOD"]
        place: "almaty"
        eligibility: {age_min: 18, age_max: 59, nationalities: ["KZ"], nationalities_excluded: ["RU"]}
        free_places: 1
        places_total: 4
        initial_stay_days: 30
        weekly: [[480, 1020], [1920, 2460]]
        languages: ["kk", "uz-Latn"]
        interpretation: ["ru"]
        address_confidential: true
        contacts:
          - {kind: "phone", value: "+000 555 0100"}
          - {kind: "address", value: "Moonless Lane", visibility: "restricted"}
        sources: [{url: "https://example.org/bed", title: "Bed"}]
      - slug: "xx-moth.line"
        name: "Line"
        codes: ["CRI-HOT"]
        modality: "remote"
    sources:
      - {url: "https://example.org/moth", title: "Moth"}
"""
WAYS = """\
version: "1"
title: "Invented ways"
licence: "CC0-1.0"
organizations:
  - slug: "xx-owl"
    name: "Owl"
    country: "KG"
    type: "ngo"
    services:
      - {slug: "xx-owl.return", name: "Return", codes: ["RET-AVR"], place: "osh"}
    sources:
      - {url: "https://example.org/owl", title: "Owl"}
links:
  - slug: "ln-owl-moth"
    from_organization: "xx-owl"
    to: "xx-moth.bed"
receptions:
  - slug: "rc-owl"
    point: "xx-owl.return"
    receiver: "xx-moth"
    country: "KZ"
hotlines:
  - slug: "hl-owl"
    country: "KG"
    name: "Owl's line"
    organization: "xx-owl"
    sources: [{url: "https://example.org/line", title: "Line"}]
cross_border:
  - slug: "xb-owl"
    kind: "practice"
    countries: ["KG", "KZ"]
    title: "A way"
    facts: ["It is invented."]
    status: "unknown"
    sources: [{url: "https://example.org/way", title: "Way"}]
"""


def folder_with(tmp_path: Path, *, houses: str = HOUSES, ways: str = WAYS) -> Path:
    """A folder with the two files."""
    folder = tmp_path / "directory"
    folder.mkdir()
    (folder / "houses.yaml").write_text(houses, encoding="utf-8")
    (folder / "ways.yaml").write_text(ways, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[tuple[str, int, str, str, str]]:
    """What the loader says: file, line, pointer, code and mend."""
    with pytest.raises(FaultyData) as raised:
        load_directory(folder, places=PLACES)
    return [(Path(f.where).name, f.line, f.pointer, f.code, f.mend) for f in raised.value.faults]


def test_files_of_a_folder_become_one_directory_sorted_by_slug(tmp_path):
    """Files refer to each other; their names do not matter."""
    directory = load_directory(folder_with(tmp_path), places=PLACES)

    assert [organization.slug for organization in directory.organizations] == ["xx-moth", "xx-owl"]
    assert directory.links[0].to == "xx-moth.bed"
    assert directory.receptions[0].receiver == "xx-moth"
    assert directory.hotlines[0].organization == "xx-owl"
    assert directory.cross_border[0].countries == ("KG", "KZ")
    assert directory.organizations[0].services[0].weekly == ((480, 1020), (1920, 2460))


BED = "/organizations/0/services/0"
HOUSE_FAULTS = [
    ("no licence", '"CC0-1.0"', '""', 3, "/licence", "empty-text", "write the licence"),
    ("no country", 'country: "KZ"', 'country: "KAZ"', 7, "/organizations/0/country", "wrong-country", "such as KZ"),
    ("unknown type", '"shelter"', '"shelters"', 8, "/organizations/0/type", "unknown-value", '"shelter"'),
    ("no region", '"KZ-75"', '"Almaty"', 9, "/organizations/0/admin1", "wrong-region", "KZ-79"),
    ("registration ends first", '"2030-01-01"', '"2010-01-01"', 11, "/organizations/0/registration/0/valid_to",
     "wrong-dates", "2020-01-01"),
    ("slug of another house", '"xx-moth.bed"', '"xx-mole.bed"', 13, BED + "/slug", "wrong-slug", '"xx-moth.…"'),
    ("slug without a dot", '"xx-moth.bed"', '"xx-moth-bed"', 13, BED + "/slug", "wrong-slug", '"xx-moth.…"'),
    ("slug twice", '"xx-moth.line"', '"xx-moth.bed"', 29, "/organizations/0/services/1/slug", "duplicate-slug",
     "houses.yaml:13"),
    ("unknown code", '"SHL-VOT"', '"SHL-VTO"', 15, BED + "/codes/0", "unknown-code", '"SHL-VOT"'),
    ("unknown place", '"almaty"', '"almati"', 16, BED + "/place", "unknown-place", '"almaty"'),
    ("ages the wrong way", "age_max: 59", "age_max: 17", 17, BED + "/eligibility/age_max", "wrong-ages", "18"),
    ("too old", "age_max: 59", "age_max: 121", 17, BED + "/eligibility/age_max", "out-of-range", "120"),
    ("nation in words", '["KZ"]', '["Kazakh"]', 17, BED + "/eligibility/nationalities/0", "wrong-country", "KZ"),
    ("all nations excluded", '["RU"]', '["*"]', 17, BED + "/eligibility/nationalities_excluded/0", "wrong-country",
     "such as KZ"),
    ("more free than there are", "free_places: 1", "free_places: 5", 18, BED + "/free_places", "too-many-places", "4"),
    ("less than none", "free_places: 1", "free_places: -1", 18, BED + "/free_places", "out-of-range", "0 or more"),
    ("stay of no day", "days: 30", "days: 0", 20, BED + "/initial_stay_days", "out-of-range", "1 or more"),
    ("no hours", "[[480, 1020], [1920, 2460]]", "[]", 21, BED + "/weekly", "wrong-hours", "leave `weekly` out"),
    ("hours unsorted", "[[480, 1020], [1920, 2460]]", "[[1920, 2460], [480, 1020]]", 21, BED + "/weekly/1",
     "wrong-hours", "sort"),
    ("hours overlap", "[1920, 2460]", "[1019, 2460]", 21, BED + "/weekly/1", "wrong-hours", "overlap"),
    ("empty span", "[480, 1020]", "[480, 480]", 21, BED + "/weekly/0", "wrong-hours", "from < to"),
    ("after Sunday", "[1920, 2460]", "[1920, 10081]", 21, BED + "/weekly/1", "wrong-hours", "10080"),
    ("before Monday", "[480, 1020]", "[-1, 1020]", 21, BED + "/weekly/0", "wrong-hours", "0 <= from"),
    ("language in words", '"kk"', '"Kazakh"', 22, BED + "/languages/0", "wrong-language", "language tag"),
    ("interpreter's language", '["ru"]', '["RU"]', 23, BED + "/interpretation/0", "wrong-language", "language tag"),
    ("unknown kind of contact", '"phone"', '"phones"', 26, BED + "/contacts/0/kind", "unknown-value", '"phone"'),
    ("secret address for all", 'Lane", visibility: "restricted"', 'Lane"', 27, BED + "/contacts/1/visibility",
     "open-secret", "restricted"),
    ("secret address for a network", '"restricted"', '"network"', 27, BED + "/contacts/1/visibility", "open-secret",
     "restricted"),
    ("secret door", '"phone"', '"in_person"', 26, BED + "/contacts/0/visibility", "open-secret", "restricted"),
    ("source of a service", '"https://example.org/bed"', '"file:///bed"', 28, BED + "/sources/0/url", "wrong-url",
     "https://"),
    ("bed by telephone", '["CRI-HOT"]', '["CRI-HOT", "SHL-EMG"]', 31, "/organizations/0/services/1/codes/1",
     "stay-without-place", "modality physical"),
    ("no source", 'sources:\n      - {url: "https://example.org/moth", title: "Moth"}', "sources: []", 5,
     "/organizations/0", "no-source", "at least one source"),
    ("source that is no page", '"https://example.org/moth"', '"example.org/moth"', 34, "/organizations/0/sources/0/url",
     "wrong-url", "https://"),
    ("abroad without a clock", 'country: "KZ"', 'country: "KZ"\n    located_in: "TR"', 30,
     "/organizations/0/services/1", "no-clock", "add `place`"),
    ("instant without zone", "free_places: 1", 'capacity_as_of: "2026-11-01T10:00"', 18, BED + "/capacity_as_of",
     "wrong-date", "zone"),
]  # fmt: skip
WAY_FAULTS = [
    ("slug with capitals", '"ln-owl-moth"', '"LN-owl-moth"', 14, "/links/0/slug", "wrong-slug", "a-z"),
    ("link from nobody", 'from_organization: "xx-owl"', 'from_organization: "xx-own"', 15, "/links/0/from_organization",
     "unknown-organization", '"xx-owl"'),
    ("link to nothing", '"xx-moth.bed"', '"xx-moth.bad"', 16, "/links/0/to", "unknown-service", '"xx-moth.bed"'),
    ("link to an organization", '"xx-moth.bed"', '"xx-moth"', 16, "/links/0/to", "unknown-service", "service"),
    ("reception at nothing", 'point: "xx-owl.return"', 'point: "xx-owl.retour"', 19, "/receptions/0/point",
     "unknown-service", '"xx-owl.return"'),
    ("reception where nobody is brought home", 'point: "xx-owl.return"', 'point: "xx-moth.line"', 19,
     "/receptions/0/point", "no-return", "RET-AVR"),
    ("reception by nobody", '"xx-moth"', '"xx-most"', 20, "/receptions/0/receiver", "unknown-organization",
     '"xx-moth"'),
    ("reception nowhere", 'country: "KZ"', 'country: "kz"', 21, "/receptions/0/country", "wrong-country", "such as KZ"),
    ("line of nobody", 'organization: "xx-owl"\n    sources', 'organization: "xx-oll"\n    sources', 26,
     "/hotlines/0/organization", "unknown-organization", '"xx-owl"'),
    ("line's slug taken", '"hl-owl"', '"xx-moth"', 23, "/hotlines/0/slug", "duplicate-slug", "houses.yaml:5"),
    ("fact's slug taken", '"xb-owl"', '"ln-owl-moth"', 29, "/cross_border/0/slug", "duplicate-slug", "ways.yaml:14"),
    ("fact about no country", '["KG", "KZ"]', '["KG", "KAZ"]', 31, "/cross_border/0/countries/1", "wrong-country",
     "such as KZ"),
    ("line's source", '"https://example.org/line"', '"line"', 27, "/hotlines/0/sources/0/url", "wrong-url", "https://"),
    ("fact's source", '"Way"', '""', 35, "/cross_border/0/sources/0/title", "empty-text", "title"),
]  # fmt: skip


def with_edit(text: str, good: str, bad: str) -> str:
    """The text with the first occurrence replaced."""
    assert good in text
    return text.replace(good, bad, 1)


@pytest.mark.parametrize(("good", "bad", "line", "pointer", "code", "mend"), [f[1:] for f in HOUSE_FAULTS],
                         ids=[f[0] for f in HOUSE_FAULTS])  # fmt: skip
def test_a_fault_in_an_organization_names_file_line_and_mend(tmp_path, good, bad, line, pointer, code, mend):
    """One thing is wrong; what else is said is only that others name it in vain."""
    faults = faults_of(folder_with(tmp_path, houses=with_edit(HOUSES, good, bad)))

    found = [fault for fault in faults if fault[0] == "houses.yaml" and fault[3] == code]
    assert [fault[:4] for fault in found] == [("houses.yaml", line, pointer, code)], faults
    assert mend in found[0][4]


@pytest.mark.parametrize(("good", "bad", "line", "pointer", "code", "mend"), [f[1:] for f in WAY_FAULTS],
                         ids=[f[0] for f in WAY_FAULTS])  # fmt: skip
def test_a_fault_in_a_way_names_file_line_and_mend(tmp_path, good, bad, line, pointer, code, mend):
    """Links, receptions, hotlines and facts name what some file of the folder has."""
    faults = faults_of(folder_with(tmp_path, ways=with_edit(WAYS, good, bad)))

    assert [fault[:4] for fault in faults] == [("ways.yaml", line, pointer, code)]
    assert mend in faults[0][4]


def test_what_a_faulty_file_holds_is_not_called_missing(tmp_path):
    """The links to its services would all look broken, and hide the one fault that matters."""
    faults = faults_of(folder_with(tmp_path, houses=with_edit(HOUSES, '"SHL-VOT"', '"SHL"')))

    assert [fault[3] for fault in faults] == ["unknown-code"]


def test_faults_of_several_files_come_in_one_report(tmp_path):
    """Types, meaning and names, all at once."""
    houses = with_edit(with_edit(HOUSES, "[480, 1020]", "[480, 480]"), "age_max: 59", "age_max: 17")
    ways = with_edit(with_edit(WAYS, '"ngo"', '"nog"'), 'country: "KG"', "country: KG\n    colour: 1")
    faults = faults_of(folder_with(tmp_path, houses=houses, ways=ways))

    assert [(fault[0], fault[3]) for fault in faults] == [
        ("houses.yaml", "wrong-ages"),
        ("houses.yaml", "wrong-hours"),
        ("ways.yaml", "unknown-key"),
        ("ways.yaml", "unknown-value"),
    ]


def test_places_are_checked_only_against_a_gazetteer(tmp_path):
    """A tool that has no gazetteer at hand can still read a directory."""
    folder = folder_with(tmp_path, houses=with_edit(HOUSES, '"almaty"', '"almati"'))

    assert load_directory(folder).organizations[0].services[0].place == "almati"


ALMATY = Place(
    slug="almaty", country="KZ", name="Almaty", name_ru="Алматы", name_local="Алматы", admin1="KZ-75",
    lat=43.25, lon=76.91, timezone="Asia/Almaty",
)  # fmt: skip
ISTANBUL = replace(ALMATY, slug="istanbul", country="TR", admin1="TR-34", timezone="Europe/Istanbul")
BED_SERVICE = Service(slug="xx-moth.bed", name="Bed", codes=(Code.SHL_VOT,))
MOTH = Organization(
    slug="xx-moth", name="Moth", country="UZ", type=OrganizationType.SHELTER, admin1="UZ-TK",
    status=ServiceStatus.ACTIVE, services=(BED_SERVICE,),
)  # fmt: skip


def point_of(organization: Organization, *places: Place) -> ServicePoint:
    """The only service point of an organization."""
    directory = Directory(organizations=(organization,), links=(), receptions=(), hotlines=(), cross_border=())
    (point,) = service_points(directory, {place.slug: place for place in places})
    return point


def test_a_service_at_a_place_stands_where_the_place_is():
    """A mission abroad belongs to one country and stands in another."""
    mission = replace(MOTH, services=(replace(BED_SERVICE, place="istanbul"),))
    point = point_of(mission, ALMATY, ISTANBUL)

    assert (point.country, point.admin1, point.timezone) == ("TR", "TR-34", "Europe/Istanbul")


@pytest.mark.parametrize(("country", "located_in", "expected"), [
    ("KZ", "", ("KZ", "Asia/Almaty")),
    ("KG", "", ("KG", "Asia/Bishkek")),
    ("TJ", "", ("TJ", "Asia/Dushanbe")),
    ("TM", "", ("TM", "Asia/Ashgabat")),
    ("UZ", "", ("UZ", "Asia/Tashkent")),
    ("UZ", "KZ", ("KZ", "Asia/Almaty")),
    ("UZ", "TR", ("TR", "UTC")),
])  # fmt: skip
def test_without_a_place_the_organization_tells_country_and_clock(country, located_in, expected):
    """The clock is that of the country's seat."""
    point = point_of(replace(MOTH, country=country, located_in=located_in))

    assert (point.country, point.timezone) == expected
    assert (point.place, point.admin1) == (None, "UZ-TK")


@pytest.mark.parametrize(("statuses", "worst"), [
    ((), RegistrationStatus.UNKNOWN),
    (("registered",), RegistrationStatus.REGISTERED),
    (("not_required",), RegistrationStatus.NOT_REQUIRED),
    (("registered", "not_required"), RegistrationStatus.REGISTERED),
    (("registered", "unknown"), RegistrationStatus.UNKNOWN),
    (("unknown", "unregistered"), RegistrationStatus.UNREGISTERED),
    (("unregistered", "expired"), RegistrationStatus.EXPIRED),
    (("expired", "suspended"), RegistrationStatus.SUSPENDED),
    (("registered", "revoked", "suspended"), RegistrationStatus.REVOKED),
])  # fmt: skip
def test_the_worst_registration_counts(statuses, worst):
    """H17: a good paper does not heal a revoked one."""
    papers = tuple(Registration(scheme="invented", status=RegistrationStatus(status)) for status in statuses)

    assert point_of(replace(MOTH, registration=papers)).registration is worst


def test_a_service_has_its_own_status_or_that_of_its_organization():
    """One line of an active house may be closed."""
    closed = replace(MOTH, services=(replace(BED_SERVICE, status=ServiceStatus.DEFUNCT),))

    assert point_of(MOTH).status is ServiceStatus.ACTIVE
    assert point_of(closed).status is ServiceStatus.DEFUNCT


def test_everything_else_is_handed_over_field_by_field():
    """A field that is forgotten here would look unknown for ever."""
    service = Service(
        slug="xx-moth.bed", name="Bed", codes=(Code.SHL_VOT,), state_funded=Answer.YES, licence_required=Answer.NO,
        free_places=2, weekly=((0, 10),), response_minutes=5, duration_minutes=7, languages=("kk",),
        interpretation=("ru",), interpretation_vetted=Answer.YES, accessibility=(), address_confidential=True,
        capacity_as_of=datetime.fromisoformat("2026-11-01T10:00+05:00"),
    )  # fmt: skip
    point = point_of(replace(MOTH, steward_trust=True, services=(service,)))

    shared = {field.name for field in fields(Service)} & {field.name for field in fields(ServicePoint)}
    for name in shared - {"status"}:
        assert getattr(point, name) == getattr(service, name), name
    assert point.steward_trust
    assert not point.quarantined
    assert point.capacity_as_of == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert point.capacity_as_of.tzinfo is UTC


def test_service_points_are_sorted_by_slug(tmp_path):
    """Shuffled files change nothing."""
    directory = load_directory(folder_with(tmp_path), places=PLACES)

    slugs = [point.slug for point in service_points(directory, {"almaty": ALMATY})]
    assert slugs == ["xx-moth.bed", "xx-moth.line", "xx-owl.return"]
