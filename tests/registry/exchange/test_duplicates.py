"""Records that may be one are shown as pairs, quickly, and nothing is merged."""

from app.domain.draft import DraftInput
from app.registry.exchange.duplicates import twins, with_twins
from app.registry.exchange.told import Proposal
from tests.registry.invented import a_directory, a_service, an_organization


def proposed(slug: str, name: str, *, kind: str = "organization", country: str = "KZ", **body) -> Proposal:
    """A record of a file."""
    told = {"slug": slug, "name": name, "country": country, **body}
    return Proposal(kind=kind, slug=slug, body=told, note="", file="f", table=kind, row=1)


def pairs(*proposals: Proposal, published=()) -> set[tuple[str, str, bool]]:
    """Both slugs, and whether the second is in the register."""
    found = twins(proposals, a_directory(*published))
    return {(pair.first, pair.second, pair.is_published) for pair in found}


def test_one_name_in_two_scripts_is_one_name():
    """Cyrillic or Latin, with the words in another order."""
    house = an_organization(slug="kz-moth", name="Общественный фонд «Мотылек»")

    assert pairs(proposed("new", "Motylek, obshchestvennyy fond"), published=[house]) == {("new", "kz-moth", True)}


def test_names_that_differ_are_two_providers():
    """And so are equal ones in two countries, and schools with two numbers."""
    assert pairs(proposed("a", "Moth House"), proposed("b", "Owl House")) == set()
    assert pairs(proposed("a", "Moth House"), proposed("b", "Moth House", country="KG")) == set()
    assert pairs(proposed("a", "Clinic No 12 of the city"), proposed("b", "Clinic No 13 of the city")) == set()


def test_one_number_and_names_somewhat_alike_are_shown():
    """However the number is written."""
    one = [{"kind": "phone", "value": "+7 (700) 555-01-99"}]
    other = [{"kind": "phone", "value": "8 700 555 01 99"}]
    found = pairs(
        proposed("a", "Night Moth"), proposed("b", "Moth of the Night Ltd"),
        proposed("a.x", "Legal help", kind="service", organization="a", contacts=one),
        proposed("b.x", "Legal assistance", kind="service", organization="b", contacts=other),
    )  # fmt: skip

    assert ("a.x", "b.x", False) in found


def test_what_the_register_has_under_that_slug_is_no_duplicate():
    """It is the same record, and becomes a change of it."""
    house = an_organization(slug="kz-moth", name="Moth House", services=(a_service(slug="kz-moth.line"),))

    assert pairs(proposed("kz-moth", "Moth House"), published=[house]) == set()


def test_services_of_one_organization_are_not_shown_for_being_alike():
    """Only for having one name in one place."""
    house = proposed("a", "Moth House")
    lines = [
        proposed(f"a.{n}", name, kind="service", organization="a") for n, name in enumerate(["Line", "Line", "Lines"])
    ]

    assert pairs(house, *lines) == {("a.0", "a.1", False)}


def test_ten_thousand_records_with_one_beginning_are_not_all_compared():
    """Neighbours in the order of names are; a pair that stands side by side is found."""
    many = [
        proposed(f"o{n}", f"Center {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}xyz")
        for n in range(3000)
    ]
    found = pairs(*many, proposed("twin", "Center aaaxyz"))

    assert ("o0", "twin", False) in found or ("twin", "o0", False) in found


def test_the_draft_says_what_it_may_be_the_same_as():
    """Behind its first line; other drafts stay as they are."""
    house = an_organization(slug="kz-moth", name="Moth House")
    found = twins([proposed("new", "Moth House"), proposed("other", "Owl")], a_directory(house))
    drafts = [DraftInput(kind="organization", slug=slug, body={}, note="First.\nLast.") for slug in ("new", "other")]
    new, other = with_twins(drafts, found)

    first, told, last = new.note.split("\n")
    assert (first, last) == ("First.", "Last.")
    assert "kz-moth of the register" in told and "100 of 100" in told
    assert other is drafts[1]
