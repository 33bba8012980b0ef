"""The look-up of registered providers: what an authority may see, now and on a day, on both databases."""

from datetime import UTC, date, datetime

import pytest
from alembic import command

from app.desk.finder import Finder
from app.domain.answer import Answer
from app.domain.directory import Registration
from app.domain.errors import NotFound, Settled, TooManyFlags
from app.domain.finding import Area, FlaggedField, FlagKind, FlagOutcome, ProvidersAsked, ServicesAsked
from app.domain.provider import RegistrationStatus, ServiceStatus
from app.registry import database, load_directory
from app.registry.database import Database
from app.registry.flags import MOST_OPEN
from tests.registry.invented import a_directory, a_service, a_store, an_organization
from tests.registry.test_finding import DATA, places

ALL = ProvidersAsked(per_page=100)
REGISTERED = Registration(
    scheme="ministry", number="№ AB-12/7", authority="Ministry of Moths", status=RegistrationStatus.REGISTERED,
    valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30), checked_on=date(2026, 3, 3),
)  # fmt: skip


class Days:
    """A clock that is set by hand."""

    def __init__(self):
        self.day = date(2026, 2, 1)

    def __call__(self):
        return datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=UTC)


@pytest.fixture
def days():
    """The clock of store and finder."""
    return Days()


@pytest.fixture
def kept(database_url, days):
    """An empty register on that clock."""
    opened = a_store(database_url, clock=days)
    yield opened
    opened.close()


def looked_up(store, days):
    """A finder on that clock."""
    return Finder(store, places(), days)


def on_day(store, days, day, *organizations):
    """The register says this from that day on."""
    days.day = day
    store.load_directory(a_directory(*organizations), by="a test", reason="invented")


def slugs(finder, **asked):
    """Slugs of the providers found."""
    page, _ = finder.providers(ProvidersAsked(per_page=100, **asked))
    return [found.slug for found in page.found]


def a_shelter(**given):
    """A confidential service."""
    return a_service(slug="xb-hidden.bed", name="Hidden bed", place="taraz", address_confidential=True, **given)


def test_by_name_number_authority_country_region_status_and_kind(kept, days):
    """R-01."""
    service = a_service(place="taraz")
    on_day(
        kept,
        days,
        date(2026, 2, 1),
        an_organization(name="Қорғау", registration=(REGISTERED,), services=(service,)),
        an_organization(slug="xc", name="Other", country="UZ", admin1="UZ-TK"),
    )
    finder = looked_up(kept, days)

    for asked in (
        {"words": "qorgau"},
        {"words": "korgav"},
        {"number": "ab 127"},
        {"authority": "moth"},
        {"countries": ("KZ",)},
        {"regions": ("KZ-31",)},
        {"statuses": (RegistrationStatus.REGISTERED,)},
    ):
        assert slugs(finder, **asked) == ["xa-moth"], asked
    assert slugs(finder, regions=("UZ-TK",)) == slugs(finder, statuses=(RegistrationStatus.UNKNOWN,)) == ["xc"]
    assert slugs(finder, number="12") == slugs(finder, authority="%") == slugs(finder, words="nobody") == []
    page, _ = finder.providers(ALL)
    assert page.facets == {
        "status": {"registered": 1, "unknown": 1}, "country": {"KZ": 1, "UZ": 1}, "kind": {"ngo": 2},
        "region": {"KZ-31": 1, "UZ-TK": 1}, "authority": {"Ministry of Moths": 1},
    }  # fmt: skip


def test_gibberish_finds_nothing_and_a_letter_only_itself(kept, days):
    """A letter is no beginning of a word; two may be."""
    service = a_service(place="taraz", name="Kettle")
    on_day(
        kept, days, date(2026, 2, 1),
        an_organization(name="Korgau Ошский", registration=(REGISTERED,), services=(service,)),
        an_organization(slug="xc", name="Балдар үйү"),
        an_organization(slug="xd", name="K Umbrella"),
    )  # fmt: skip
    finder = looked_up(kept, days)

    assert slugs(finder, words="qqqqqqq") == slugs(finder, words="uuu") == slugs(finder, words="korgau qqqqqqq") == []
    assert slugs(finder, authority="mmmmmm") == slugs(finder, authority="m") == []
    assert slugs(finder, words="k") == slugs(finder, words="q") == ["xd"]
    assert slugs(finder, words="үйү") == slugs(finder, words="baldar uyu") == ["xc"]
    assert slugs(finder, words="Ош") == slugs(finder, authority="ministry") == ["xa-moth"]
    for typed, number in (("qqqqqqq", 0), ("k", 0), ("kettle", 1)):
        assert finder.services(ServicesAsked(words=typed, exact=True)).total == number, typed


def test_the_state_on_a_day_is_what_was_published_and_in_force(kept, days):
    """R-05: from the chain of changes and the validity of registrations."""
    on_day(kept, days, date(2026, 2, 1), an_organization(name="First", registration=(REGISTERED,)))
    on_day(kept, days, date(2026, 4, 1), an_organization(name="Second", registration=(REGISTERED,)))
    on_day(kept, days, date(2026, 8, 1))
    days.day = date(2026, 9, 1)
    finder = looked_up(kept, days)

    def told(day):
        (found,) = finder.providers(ProvidersAsked(on=day))[0].found
        return found.content["name"], found.standing

    assert slugs(finder, on=date(2026, 1, 31)) == slugs(finder, on=date(2026, 8, 1)) == slugs(finder) == []
    assert told(date(2026, 2, 1)) == told(date(2026, 3, 31)) == ("First", RegistrationStatus.REGISTERED)
    assert told(date(2026, 6, 30)) == ("Second", RegistrationStatus.REGISTERED)
    assert told(date(2026, 7, 1)) == ("Second", RegistrationStatus.EXPIRED)
    assert slugs(finder, on=date(2026, 7, 1), statuses=(RegistrationStatus.EXPIRED,)) == ["xa-moth"]


def test_a_registration_that_begins_later_says_nothing_yet(kept, days):
    """Unknown is shown as unknown."""
    on_day(kept, days, date(2025, 12, 1), an_organization(registration=(REGISTERED,)))

    (found,) = looked_up(kept, days).providers(ALL)[0].found
    assert found.standing is RegistrationStatus.UNKNOWN


def test_history_tells_when_the_status_changed(kept, days):
    """R-05; what does not touch the status makes no new spell."""
    on_day(kept, days, date(2026, 2, 1), an_organization(status=ServiceStatus.ACTIVE, registration=(REGISTERED,)))
    on_day(
        kept,
        days,
        date(2026, 3, 1),
        an_organization(name="New", status=ServiceStatus.ACTIVE, registration=(REGISTERED,)),
    )
    on_day(kept, days, date(2026, 4, 1), an_organization(name="New", status=ServiceStatus.DEFUNCT))

    now, before = looked_up(kept, days).provider("xa-moth").history
    assert (now.status, now.begins_at.date(), now.ends_at, now.registrations) == ("defunct", date(2026, 4, 1), None, ())
    assert (before.status, before.begins_at.date(), before.ends_at) == ("active", date(2026, 2, 1), now.begins_at)
    assert before.registrations[0]["standing"] == "registered"


def test_what_is_confidential_is_told_by_region_and_with_consent_only(kept, days):
    """R-03, H15: neither name, number nor id; nobody is found by them, and counts do not tell."""
    area = Area(country="KZ", region="KZ-31", services=1)
    for consent, areas in ((Answer.UNKNOWN, ()), (Answer.NO, ()), (Answer.YES, (area,))):
        hidden = an_organization(
            slug="xb-hidden", name="Hidden", register_consent=consent, registration=(REGISTERED,),
            services=(a_shelter(),),
        )  # fmt: skip
        on_day(kept, days, date(2026, 2, 1), an_organization(), hidden)
        finder = looked_up(kept, days)

        page, found = finder.providers(ALL)
        assert [one.slug for one in page.found] == ["xa-moth"] and page.total == 1
        assert "KZ-31" not in page.facets["region"] and page.facets["authority"] == {}
        assert found == areas
        for asked in ({"words": "hidden"}, {"number": "ab127"}, {"authority": "moths"}):
            assert finder.providers(ProvidersAsked(**asked))[0].total == 0
            assert finder.providers(ProvidersAsked(**asked))[1] == ()
        with pytest.raises(NotFound):
            finder.provider("xb-hidden")
        assert finder.offers(()) == ()


def test_an_open_provider_does_not_tell_of_its_confidential_services(kept, days):
    """Not by name, region, count or coverage."""
    on_day(kept, days, date(2026, 2, 1), an_organization(services=(a_service(place="almaty"), a_shelter())))
    finder = looked_up(kept, days)

    (found,) = finder.providers(ALL)[0].found
    assert [service["name"] for service in found.content["services"]] == ["Moth line"]
    assert slugs(finder, regions=("KZ-31",)) == []
    assert finder.providers(ALL)[0].facets["region"] == {"KZ-75": 1}
    assert {offer.region for offer in finder.offers(())} == {"KZ-75"}


def test_the_past_does_not_tell_what_is_confidential_by_now(kept, days):
    """Also when it has been taken out of the register since, and when the consent has been taken back."""
    open_then = a_service(slug="xb-hidden.bed", name="Hidden bed", place="taraz")
    other = a_service(slug="xb-hidden.desk", place="almaty")
    on_day(
        kept,
        days,
        date(2026, 2, 1),
        an_organization(register_consent=Answer.YES, registration=(REGISTERED,), services=(open_then, other)),
    )
    on_day(
        kept,
        days,
        date(2026, 3, 1),
        an_organization(register_consent=Answer.YES, registration=(REGISTERED,), services=(a_shelter(), other)),
    )
    finder, then = looked_up(kept, days), date(2026, 2, 10)

    def told():
        page, _ = finder.providers(ProvidersAsked(on=then))
        assert "KZ-31" not in page.facets["region"] and slugs(finder, on=then, regions=("KZ-31",)) == []
        return [service["name"] for service in page.found[0].content["services"]]

    assert told() == ["Moth line"]
    days.day = date(2026, 3, 2)
    assert finder.providers(ProvidersAsked(on=date(2026, 3, 1)))[1][0].services == 1
    on_day(kept, days, date(2026, 4, 1), an_organization(services=(other,)))
    days.day = date(2026, 4, 2)
    assert told() == ["Moth line"]
    assert finder.providers(ProvidersAsked(on=date(2026, 3, 1)))[1] == ()
    on_day(kept, days, date(2026, 5, 1), an_organization(services=(a_shelter(),)))
    assert slugs(finder, on=then) == slugs(finder) == []


def test_nothing_that_is_not_for_authorities_is_in_a_listing(kept, days, database_url):
    """R-02, R-04: no note, no trust, no contact, no quarantine, no words of sources on what they support."""
    days.day = date(2026, 11, 24)
    kept.load_directory(load_directory(DATA / "sandbox"), by="a test", reason="invented")
    kept.quarantine("sb-kg-clinic.care", by="x", reason="y")

    for found in looked_up(kept, days).providers(ALL)[0].found:
        assert set(found.content) == {"slug", "name", "local_name", "kind", "country", "region", "status",
                                      "status_as_of", "registrations", "services", "sources"}  # fmt: skip
        for service in found.content["services"]:
            assert set(service) == {"slug", "name", "codes", "status", "place", "licence_required", "verified_on",
                                    "verification_method", "sources"}  # fmt: skip


def test_migrating_makes_the_listings_that_changes_would_have_made(kept, days, database_url):
    """Down to the schema before and up again: the past is told by the chain of changes."""
    on_day(kept, days, date(2026, 2, 1), an_organization(registration=(REGISTERED,), services=(a_service(),)))
    kept.verify("xa-moth-line", method="phone", role="steward", by="x", on=date(2026, 1, 5))
    on_day(kept, days, date(2026, 3, 1), an_organization(name="Second", services=(a_service(), a_shelter())))
    on_day(kept, days, date(2026, 4, 1))
    before = listings(database_url)
    opened = Database(database_url)
    config = database._config(database.MIGRATIONS)
    with opened._writers.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    opened.migrate()
    opened.close()

    assert listings(database_url) == before != []


def listings(url):
    """All listings with all that hangs on them."""
    from sqlalchemy import create_engine, text

    tables = ("listing", "listing_content", "listing_registration", "listing_place", "service_listing")
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [sorted(map(str, connection.execute(text(f"select * from {table}")))) for table in tables]
    engine.dispose()
    return found


def test_both_databases_say_the_same_of_the_real_directory(tmp_path, postgres_url, days):
    """Every field, count and order, now and on a day."""
    asked = [
        ALL,
        ProvidersAsked(words="krizis"),
        ProvidersAsked(regions=("KG-GB",)),
        ProvidersAsked(on=date(2026, 2, 3)),
        ProvidersAsked(page=3),
    ]
    told = []
    for url in (f"sqlite:///{tmp_path / 'register.db'}", postgres_url):
        days.day = date(2026, 2, 1)
        store = a_store(url, clock=days)
        store.load_directory(load_directory(DATA / "directory"), by="a test", reason="the real one")
        days.day = date(2026, 2, 9)
        finder = looked_up(store, days)
        told.append([finder.providers(one) for one in asked] + [finder.offers(())])
        store.close()

    assert told[0] == told[1]
    assert told[0][0][0].total > 50


def test_flags_are_raised_bounded_and_closed(kept, days):
    """R-06: on record for stewards; the provider stays as it is."""
    on_day(kept, days, date(2026, 2, 1), an_organization())
    finder = looked_up(kept, days)
    about = {"kind": FlagKind.EXPIRED, "field": FlaggedField.VALIDITY, "by": "ministry"}

    flag = finder.raise_flag("xa-moth", text="not in our books", **about)
    assert finder.raise_flag("xa-moth", text="not in our books", **about) == flag
    for number in range(1, MOST_OPEN):
        finder.raise_flag("xa-moth", text=f"and {number}", **about)
    with pytest.raises(TooManyFlags):
        finder.raise_flag("xa-moth", text="one more", **about)
    with pytest.raises(NotFound):
        finder.raise_flag("nobody", text="?", **about)

    closed = finder.close_flag(flag.id, outcome=FlagOutcome.REFUTED, by="steward", countries=())
    assert finder.close_flag(flag.id, outcome=FlagOutcome.REFUTED, by="another", countries=()) == closed
    with pytest.raises(Settled):
        finder.close_flag(flag.id, outcome=FlagOutcome.CONFIRMED, by="steward", countries=())
    with pytest.raises(NotFound):
        finder.close_flag(flag.id, outcome=FlagOutcome.REFUTED, by="steward", countries=("UZ",))
    assert finder.flags(countries=(), is_open=True, page=1, per_page=5).total == MOST_OPEN - 1
    assert finder.flags(countries=("KZ",), is_open=False, page=1, per_page=5).found == (closed,)
    assert finder.flags(countries=("UZ",), is_open=None, page=1, per_page=5).total == 0
