"""Searching services: the same on SQLite and PostgreSQL, and the same as reading everything and looking."""

import random
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from app.desk.finder import Finder
from app.domain.admission import Applicant, admits, conditions_met
from app.domain.answer import Answer
from app.domain.codes import Code
from app.domain.errors import NotFound
from app.domain.finding import ServicesAsked, Sort
from app.domain.folding import fold
from app.domain.profile import AgeBand, Companion, Document, Gender, Placement, TraffickingStatus
from app.domain.provider import Eligibility, SafeguardingFlag, Safety, ServiceStatus, Visibility
from app.registry import load_directory, load_places
from tests.registry.invented import NOW, a_directory, a_service, a_store, an_organization

DATA = Path(__file__).resolve().parents[2] / "data"
ALL = ServicesAsked(per_page=100)
SEED = 20261124


@cache
def places():
    """The gazetteer by slug."""
    return {place.slug: place for place in load_places(DATA / "places")}


def a_finder(store):
    """A finder at a standing clock."""
    return Finder(store, places(), lambda: NOW)


def loaded(store, *organizations):
    """A finder over these organizations."""
    store.load_directory(a_directory(*organizations), by="a test", reason="invented")
    return a_finder(store)


def slugs(page):
    """Slugs of a page, in its order."""
    return [found.slug for found in page.found]


def generated():
    """Services that differ in everything a search asks for."""
    draw = random.Random(SEED)
    towns = sorted(places())
    names = ("Надежда", "Қорғау", "Istiqbolli Avlod", "Ene üyü", "Гулрухсор", "Sana Sezim", "Бала мээрими")

    def terms():
        return Eligibility(
            genders=draw.choice([None, (), (Placement.WOMEN,), (Placement.MEN,), tuple(Placement)]),
            age_min=draw.choice([None, 0, 14, 18]), age_max=draw.choice([None, 17, 60, 120]),
            nationalities=draw.choice([None, ("*",), ("KZ", "UZ")]), nationalities_excluded=draw.choice([(), ("TJ",)]),
            accepts_children=draw.choice(list(Answer)), boys_max_age=draw.choice([None, 10, 13, 17]),
            requires_formal_status=draw.choice(list(Answer)), fee=draw.choice(list(Answer)),
            required_documents=draw.choice([None, (), (Document.PASSPORT,), (Document.PASSPORT, Document.OTHER)]),
        )  # fmt: skip

    def service(slug):
        return a_service(
            slug=slug, name=draw.choice(["Shelter", "Приют", "Boshpana", "Counselling"]),
            codes=tuple(draw.sample(list(Code), draw.randint(0, 3))), place=draw.choice([None, *draw.sample(towns, 5)]),
            eligibility=terms(), weekly=draw.choice([None, (), ((0, 10_080),), ((600, 1200), (3000, 3600))]),
            languages=draw.choice([None, (), ("ru",), ("kk", "uz")]), interpretation=draw.choice([None, ("en",)]),
            address_confidential=draw.random() < 0.2,
        )  # fmt: skip

    return [
        an_organization(
            slug=f"o{number}", name=f"{draw.choice(names)} {number}", country=draw.choice(["KZ", "UZ", "TJ"]),
            admin1=draw.choice([None, "KZ-75"]), services=(service(f"o{number}.a"), service(f"o{number}.b")),
        )
        for number in range(60)
    ]  # fmt: skip


PEOPLE = [
    Applicant(age=AgeBand.TEEN, gender=Gender.FEMALE, nationality="UZ"),
    Applicant(gender=Gender.NON_BINARY, can_pay=Answer.NO, documents_held=(Document.OTHER,)),
    Applicant(nationality="TJ", trafficking_status=TraffickingStatus.POSSIBLE, can_pay=Answer.YES),
    Applicant(children_with=(Companion(age=AgeBand.YOUNG_TEEN, gender=Gender.MALE),), age=AgeBand.ADULT),
    Applicant(children_with=(Companion(age=AgeBand.CHILD, gender=Gender.UNDISCLOSED),), gender=Gender.MALE),
    Applicant(children_with=(Companion(age=AgeBand.CHILD, gender=Gender.FEMALE),), documents_held=()),
    Applicant(),
]


def test_the_database_reckons_as_reading_everything_does(store):
    """Filters, admissions and totals against a plain loop, on both databases."""
    organizations = generated()
    finder = loaded(store, *organizations)
    services = [service for organization in organizations for service in organization.services]

    for person in PEOPLE:
        answers = {one.slug: admits(conditions_met(person, one.eligibility)) for one in services}
        for wanted in ((Answer.YES,), (Answer.UNKNOWN,), (Answer.NO, Answer.YES)):
            page = finder.services(replace(ALL, applicant=person, admissions=wanted))
            assert page.total == sum(answer in wanted for answer in answers.values())
            assert all(answers[found.slug] is admits(found.conditions) for found in page.found)
    for asked, fits in (
        ({"codes": (Code.SHL_VOT, Code.LEG_INF)}, lambda s: {Code.SHL_VOT, Code.LEG_INF} & set(s.codes)),
        ({"languages": ("uz", "en")}, lambda s: {"uz", "en"} & {*(s.languages or ()), *(s.interpretation or ())}),
        ({"countries": ("UZ",)}, None),
        ({"regions": ("KZ-75",)}, None),
    ):
        page = finder.services(replace(ALL, **asked))
        if fits:
            assert page.total == sum(bool(fits(service)) for service in services)
        assert page.total == sum(page.facets["country"].values()) == sum(page.facets["region"].values()) > 0
    assert finder.services(replace(ALL, countries=("UZ",))).facets["country"].keys() == {"UZ"}
    assert finder.services(replace(ALL, regions=("KZ-75",))).facets["region"].keys() == {"KZ-75"}


def test_open_now_means_on_record_as_open(store):
    """By the clock of the town; unknown hours are not open."""
    finder = loaded(store, *generated())

    found = finder.services(replace(ALL, open_now=True))
    everything = [one for number in (1, 2, 3) for one in finder.services(replace(ALL, page=number)).found]

    assert {one.open_now for one in everything} == set(Answer)
    assert set(slugs(found)) <= {one.slug for one in everything if one.open_now is Answer.YES}
    assert found.total == sum(one.open_now is Answer.YES for one in everything) > 0


def test_pages_part_everything_once_in_a_stable_order(store):
    """No service is missed or told twice; beyond the end a page is empty."""
    finder = loaded(store, *generated())
    for sort in Sort:
        pages_part_everything(finder, sort)


def pages_part_everything(finder, sort):
    """For one order."""
    asked = ServicesAsked(words="Надежда приют" if sort is Sort.RELEVANCE else "", sort=sort, per_page=17)

    pages = [finder.services(replace(asked, page=number), near="almaty") for number in range(1, 12)]
    told = [slug for page in pages for slug in slugs(page)]

    assert len(told) == len(set(told)) == pages[0].total
    assert pages[-1].found == () and pages[-1].total == pages[0].total
    assert told == [
        slug for n in range(1, 12) for slug in slugs(finder.services(replace(asked, page=n), near="almaty"))
    ]


def told_by(url, directory, questions):
    """What each question gives on the database at that URL."""
    store = a_store(url)
    store.load_directory(directory, by="a test", reason="the same")
    finder = a_finder(store)
    found = [finder.services(asked, near=near) for asked, near in questions]
    store.close()
    return found


QUESTIONS = [
    (ALL, None),
    (replace(ALL, page=2), None),
    (replace(ALL, words="kriz markaz", sort=Sort.RELEVANCE), None),
    (replace(ALL, words="Истиқбол", sort=Sort.RELEVANCE), None),
    (replace(ALL, words="shleter", sort=Sort.RELEVANCE), None),
    (replace(ALL, radius_km=300, sort=Sort.DISTANCE), "tashkent"),
    (replace(ALL, sort=Sort.VERIFIED, codes=(Code.SHL_VOT,)), None),
    (replace(ALL, applicant=PEOPLE[0], sort=Sort.DISTANCE), "osh"),
    (replace(ALL, open_now=True, exact=True, tier=Visibility.NETWORK), None),
]


@pytest.mark.parametrize("which", ["directory", "sandbox"])
def test_both_databases_say_the_same_of_the_real_directory(tmp_path, postgres_url, which):
    """Every field, count and order."""
    directory = load_directory(DATA / which)

    ours = told_by(f"sqlite:///{tmp_path / 'register.db'}", directory, QUESTIONS)

    assert ours == told_by(postgres_url, directory, QUESTIONS)
    assert sum(page.total for page in ours) > 200


def test_names_are_found_in_any_script_and_with_a_fault(store):
    """Issue 4: typos, Cyrillic and Latin; the nearest first."""
    finder = loaded(
        store,
        an_organization(slug="a", name="Istiqbolli Avlod", services=(a_service(slug="a.1", name="Help"),)),
        an_organization(slug="b", name="Қорғау", services=(a_service(slug="b.1", name="Приют"),)),
        an_organization(slug="c", name="Корган", services=(a_service(slug="c.1", name="Приют"),)),
    )

    def find(words):
        return slugs(finder.services(replace(ALL, words=words, sort=Sort.RELEVANCE)))

    assert find("Истиқболли авлод") == find("istikboli avlot") == find("ISTIQBOLI") == find("авлод") == ["a.1"]
    assert find("Qorg'au") == ["b.1", "c.1"]
    assert find("korgan") == ["c.1", "b.1"]
    assert find("priyut qorǵau") == ["b.1", "c.1"]
    assert find("nothing of this kind") == find("%") == find("''") == []


def test_a_confidential_town_is_told_by_no_filter_order_or_field(store):
    """H15, S-11: wherever in its region a confidential service is, the answers are the same."""
    region = [place for place in places().values() if place.admin1 == "KZ-61"]
    shown = {}
    for place in (region[0], region[-1]):
        service = a_service(slug="s.1", name="Shelter", place=place.slug, address_confidential=True)
        others = [
            an_organization(slug=f"n{n}", name=f"N {n}", services=(a_service(slug=f"n{n}.1", place=one.slug),))
            for n, one in enumerate(region[:30])
        ]
        finder = loaded(store, an_organization(slug="s", name="S", services=(service,)), *others)
        pages = [
            finder.services(replace(ALL, radius_km=km, sort=Sort.DISTANCE), near=near)
            for km in (1, 20, 80, 200, 600)
            for near in (region[0].slug, region[-1].slug, "almaty")
        ]
        pages += [finder.services(replace(ALL, words=place.name)), finder.services(replace(ALL, sort=Sort.NAME))]
        shown[place.slug] = pages
        assert {found.place for page in pages for found in page.found if found.slug == "s.1"} == {None}
    first, second = shown.values()
    assert first == second


def test_quarantine_hides_from_all_but_stewards(store):
    """H18: hidden and absent look the same; at the next question."""
    finder = loaded(store, an_organization(services=(a_service(),)))
    store.quarantine("xa-moth-line", by="a steward", reason="an allegation")

    assert finder.services(ALL).total == 0
    assert finder.services(replace(ALL, exact=True)).found[0].quarantined
    store.lift("xa-moth-line", by="a steward", reason="cleared")
    assert finder.services(ALL).total == 1


@pytest.mark.parametrize("flag", list(SafeguardingFlag))
def test_an_allegation_hides_the_whole_organization_until_it_is_cleared(store, flag):
    """H18: what routes and the open feed leave out is not offered by a search either."""
    flagged = a_service(safety=Safety(safeguarding_flag=flag))
    sister = a_service(slug="xa-moth-desk")
    finder = loaded(store, an_organization(services=(flagged, sister)))
    hidden = flag in (SafeguardingFlag.OPEN, SafeguardingFlag.SUBSTANTIATED)

    assert finder.services(ALL).total == (0 if hidden else 2)
    with pytest.raises(NotFound) if hidden else nullcontext():
        assert finder.service("xa-moth-desk", ALL).slug == "xa-moth-desk"
    assert finder.services(replace(ALL, exact=True)).total == 2


def test_an_organization_that_is_closed_closes_its_services(store):
    """Whatever they say of themselves."""
    finder = loaded(
        store, an_organization(status=ServiceStatus.DEFUNCT, services=(a_service(status=ServiceStatus.ACTIVE),))
    )
    assert [found.status for found in finder.services(ALL).found] == ["defunct"]


def test_searches_follow_every_change(store):
    """Renamed, verified, removed: what is searched is what is published."""
    finder = loaded(store, an_organization(name="Old lamp", services=(a_service(),)))
    store.verify("xa-moth-line", method="phone", role="steward", by="a steward", on=date(2026, 11, 1))
    assert finder.services(ALL).found[0].verified_on == date(2026, 11, 1)

    loaded(store, an_organization(name="New lantern", services=(a_service(),)))
    assert finder.services(replace(ALL, words="lamp")).total == 0
    assert finder.services(replace(ALL, words="lantern")).total == 1

    loaded(store)
    assert finder.services(ALL).total == 0


def test_folded_names_are_kept_folded(store):
    """One folded column serves both databases."""
    loaded(store, an_organization(name="Қорғау", local_name="Qorg'au", services=(a_service(name="Приют"),)))

    with store.inquiry() as inquiry:
        ((text,),) = inquiry._looking.asked("select folded from service_listing")
    assert text == f" {fold('Приют')} {fold('Қорғау')} {fold('Қорғау')} "
