"""Names of tables and columns in HSDS 1.1, 2.0 and 3.x, with the spellings that files in use have."""

from collections.abc import Mapping
from types import MappingProxyType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IDENTIFIED = frozenset({"organization", "service", "location", "service_at_location"})
"""Tables whose rows others point to: an id must be there once only."""

KEPT = frozenset(
    IDENTIFIED
    | {
        "address", "phone", "contact", "schedule", "language", "eligibility", "service_taxonomy", "taxonomy_term",
        "taxonomy", "organization_identifier", "cost_option", "required_document", "accessibility", "url",
        "service_area", "service_capacity", "unit",
    }
)  # fmt: skip
"""Tables of which an import makes something, if only a quotation for the steward."""

_TABLES = {
    "organization": "organisation provider agency",
    "service": "",
    "location": "site",
    "service_at_location": "services_at_location service_location service_site",
    "address": "physical_address postal_address",
    "phone": "telephone",
    "contact": "",
    "schedule": "regular_schedule",
    "language": "",
    "eligibility": "eligibilitie eligibilitys",
    "service_taxonomy": "services_taxonomy attribute service_attribute link_taxonomy service_taxonomys",
    "taxonomy_term": "",
    "taxonomy": "taxonomie taxonomys",
    "organization_identifier": "identifier",
    "cost_option": "",
    "required_document": "",
    "accessibility": "accessibility_for_disabilities accessibilitie",
    "url": "additional_url additional_website",
    "service_area": "",
    "service_capacity": "capacity capacitie",
    "unit": "",
    "program": "",
    "funding": "",
    "metadata": "",
    "meta_table_description": "",
    "holiday_schedule": "",
    "payment_accepted": "",
    "review": "",
}
TABLES: Mapping[str, str] = MappingProxyType(
    {spelling: table for table, others in _TABLES.items() for spelling in (table, *others.split())}
)

PARENTS = frozenset({"organization", "service", "location", "taxonomy_term", "taxonomy", "program", "unit"})
"""Keys under which a record of JSON carries a record that it points to."""

_COLUMNS = {
    "organisation_id": "organization_id",
    "organization": "organization_id",
    "provider_id": "organization_id",
    "agency_id": "organization_id",
    "site_id": "location_id",
    "service_location_id": "service_at_location_id",
    "postalcode": "postal_code",
    "postcode": "postal_code",
    "zip": "postal_code",
    "state": "state_province",
    "address1": "address_1",
    "address": "address_1",
    "phone": "number",
    "telephone": "number",
    "phone_number": "number",
    "lat": "latitude",
    "long": "longitude",
    "lng": "longitude",
}
COLUMNS: Mapping[str, str] = MappingProxyType(_COLUMNS)
"""Spellings of columns that mean the same as the standard's; all others stand for themselves."""

USED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "organization": _words(
            "id name alternate_name description email url website tax_id year_incorporated legal_status"
        ),
        "service": _words(
            "id organization_id program_id name alternate_name description url email status interpretation_services "
            "application_process wait_time fees fees_description accreditations licenses eligibility_description "
            "minimum_age maximum_age assured_date alert last_modified"
        ),
        "location": _words("id organization_id location_type service_id"),
        "service_at_location": _words("id service_id location_id description"),
        "address": _words("id location_id address_1 address_2 city region state_province country address_type"),
        "phone": _words(
            "id location_id service_id organization_id contact_id service_at_location_id number extension type "
            "description language"
        ),
        "contact": _words(
            "id name organization_id service_id service_at_location_id location_id email title department"
        ),
        "schedule": _words(
            "id service_id location_id service_at_location_id freq byday weekday opens_at closes_at description "
            "notes original_text valid_from valid_to dtstart until count interval bymonthday byweekno byyearday "
            "wkst timezone"
        ),
        "language": _words("id service_id location_id phone_id name code language note"),
        "eligibility": _words("id service_id eligibility description minimum_age maximum_age"),
        "service_taxonomy": _words(
            "id service_id link_id link_type link_entity taxonomy_term_id taxonomy_id taxonomy_detail value label"
        ),
        "taxonomy_term": _words("id code name description parent_id taxonomy taxonomy_id language term_uri vocabulary"),
        "taxonomy": _words("id code name description parent_id vocabulary uri version"),
        "organization_identifier": _words("id organization_id identifier_scheme identifier_type identifier"),
        "cost_option": _words("id service_id valid_from valid_to option currency amount amount_description"),
        "required_document": _words("id service_id document uri"),
        "accessibility": _words("id location_id accessibility description details url"),
        "url": _words("id label url organization_id service_id"),
        "service_area": _words("id service_id service_at_location_id name service_area description"),
        "unit": _words("id name scheme identifier uri"),
        "service_capacity": _words("id service_id unit_id available maximum description updated"),
    }
)
"""Columns of which an import makes something. Others are left out, and the report says so."""

_NOTHING = frozenset({"", "nan", "null", "none", "n/a", "na", "nil", "undefined", "#n/a", "-", "--"})


def table_of(name: str) -> str | None:
    """The table that a file, a sheet or a key of JSON of that name holds; `None` when the standard has none."""
    word = name.strip().lower().replace("-", "_").replace(" ", "_")
    for spelling in (word, word.removesuffix("s"), word.removesuffix("es")):
        if spelling in TABLES:
            return TABLES[spelling]
    return None


def column_of(name: str) -> str:
    """The standard's name of a column."""
    word = name.strip().lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    return COLUMNS.get(word, word)


def is_nothing(text: str) -> bool:
    """Whether the text is one of the ways in which programs write that there is no value."""
    return text.strip().lower() in _NOTHING
