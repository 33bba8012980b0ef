"""Invented directories in the image of real ones: HSDS 1.1 as tables, 2.0 as nested JSON, with what goes wrong there.

Everything is invented. Each maker is a program and no file, so that what is wrong can be counted.
"""

import csv
import io
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

HIDDEN_STREETS = ("17 Moonless Lane", "ул. Безлунная, 9")
"""Where nobody may learn that somebody lives."""

TOWNS = (
    ("Almaty", "KZ"),
    ("Алматы", "KZ"),
    ("Bishkek", "KG"),
    ("Osh", "KG"),
    ("Nowhere-on-Sea", "KZ"),
    ("Dushanbe", "TJ"),
)
NAMES = ("Legal advice", "Кабинет психолога", "Food parcels", "Медпункт «Заря»", "Job club", "Тренинг для молодёжи")


def mojibake(text: str) -> str:
    """UTF-8 as somebody reads it who takes it for a western one-byte encoding."""
    return text.encode("utf-8").decode("latin-1")


def tables_1_1(folder: Path, services: int, *, seed: int = 11) -> Counter[str]:
    """How many rows each table has that now stands as a CSV file in the folder, in the manner of HSDS 1.1."""
    chance = random.Random(seed)
    tables: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "organizations", "services", "locations", "services_at_location", "physical_addresses", "phones",
            "contacts", "regular_schedules", "languages", "services_taxonomy", "taxonomy", "funding", "eligibility",
            "metadata",
        )
    }  # fmt: skip
    for number in range(40):
        tables["taxonomy"].append({"id": f"T{number}", "name": f"Help of kind {number}", "vocabulary": "Invented"})
    for number in range(services // 5):
        tables["organizations"].append(_organization(number, chance))
    for number in range(services):
        _add_service(tables, number, services, chance)
    tables["funding"] = [{"id": f"F{number}", "organization_id": "O1", "source": "NaN"} for number in range(7)]
    tables["metadata"] = [{"id": "M1", "resource_id": "S1", "updated_by": "somebody"}]
    for name, rows in tables.items():
        _write_table(folder / f"{name}.csv", rows, encoding="cp1251" if name == "contacts" else "utf-8-sig")
    return Counter({name: len(rows) for name, rows in tables.items()})


def _organization(number: int, chance: random.Random) -> dict[str, Any]:
    name = f"{chance.choice(('Общественный фонд', 'Public Foundation', 'NGO'))} «Invented {number}»"
    row = {"id": f"O{number}", "name": name, "description": "Invented, for tests.", "email": "office@example.org",
           "url": "http://example.org", "tax_id": ""}  # fmt: skip
    if number % 17 == 3:
        row["name"] = ""
    if number % 19 == 4:
        row["id"] = f"O{number - 1}"
    if number % 23 == 5:
        row["name"] = mojibake(name)
    if number % 29 == 6:
        row["id"] = ""
    return row


def _add_service(tables: dict[str, list[dict[str, Any]]], number: int, total: int, chance: random.Random) -> None:
    key = f"S{number}"
    town, country = TOWNS[number % (total // 5) % len(TOWNS)]
    is_refuge = number % 31 == 7
    service = {
        "id": key, "organization_id": f"O{number % (total // 5)}", "name": f"{chance.choice(NAMES)} {number}",
        "description": "Women only, aged 18 and over, no citizens of other states.", "status": "active",
        "fees": "free", "application_process": "ring first", "eligibility": "women from 18",
    }  # fmt: skip
    if number % 13 == 2:
        service["organization_id"] = f"GONE-{number}"
    if number % 37 == 8:
        service["id"] = f"S{number - 1}"
    if number % 41 == 9:
        service["status"] = "perhaps"
    if is_refuge:
        service |= {"name": f"Women's refuge {number}", "description": f"A house at {HIDDEN_STREETS[0]}, ring twice."}
    tables["services"].append(service)
    tables["locations"].append({"id": f"L{number}", "name": "House", "latitude": "NaN", "longitude": "nan"})
    tables["services_at_location"].append({"id": f"A{number}", "service_id": key, "location_id": f"L{number}"})
    street = HIDDEN_STREETS[0] if is_refuge else "Confidential" if number % 43 == 10 else f"{number} Main Street"
    tables["physical_addresses"].append(
        {"id": f"D{number}", "location_id": f"L{number}", "address_1": street, "city": town, "state_province": "",
         "postal_code": "050000", "country": country if number % 11 else "Kazahkstan"}
    )  # fmt: skip
    tables["phones"].append(
        {"id": f"P{number}", "service_id": key, "number": "+7 000 000 00 00" if number % 9 else "-"}
    )
    tables["contacts"].append({"id": f"C{number}", "service_id": key, "name": "Имя Выдуманное", "title": "координатор"})
    tables["regular_schedules"].append(
        {
            "id": f"H{number}",
            "service_id": key,
            "weekday": str(number % 7 + 1),
            "opens_at": "09:00",
            "closes_at": "18:00",
        }
    )
    tables["languages"].append({"id": f"G{number}", "service_id": key, "language": chance.choice(("ru", "Klingon"))})
    tables["services_taxonomy"].append(
        {"id": f"X{number}", "service_id": key, "taxonomy_id": f"T{number % 45}", "taxonomy_detail": ""}
    )
    if number % 50 == 0:
        tables["eligibility"].append(
            {"id": f"E{number}", "service_id": key, "eligibility": "teens", "minimum_age": "12.5"}
        )


def _write_table(path: Path, rows: list[dict[str, Any]], *, encoding: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def archived(folder: Path, target: Path) -> Path:
    """The archive that now holds every file of the folder, below a folder of its own, as people pack them."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"export/{path.name}")
    return target


def nested_2_0(services: int, *, seed: int = 20) -> list[Any]:
    """Services with everything inside, in the manner of feeds of HSDS 2.0; some are no services at all."""
    chance = random.Random(seed)
    found: list[Any] = []
    for number in range(services):
        house = number % 97
        town, country = TOWNS[house % len(TOWNS)]
        is_refuge = number % 31 == 7
        street = HIDDEN_STREETS[1] if is_refuge else f"ул. Главная, {number}"
        address = {"id": f"a{number}", "address_1": street, "city": town, "country": country, "postal_code": None}
        location = {"id": f"loc{number}", "latitude": float("nan"), "physical_addresses": [address]}
        hours = {"weekday": "Monday", "opens_at": "9:00", "closes_at": "17:00"}
        person = {
            "id": f"c{number}",
            "name": "Имя Выдуманное",
            "phones": [{"id": f"p{number}", "number": "727 000 00"}],
        }
        term = {"id": f"t{number % 9}", "name": f"Kind {number % 9}"}
        limits = {"id": f"e{number}", "eligibility": "under 25", "minimum_age": 16, "maximum_age": 25.5}
        service: dict[str, Any] = {
            "id": str(number), "name": f"{chance.choice(NAMES)} {number}", "status": "active", "email": "not-one",
            "organization": {"id": f"org-{house}", "name": f"NGO «Invented {house}»", "url": "www.example.org"},
            "eligibilitys": [limits],
            "service_at_locations": [{"id": f"sal{number}", "regular_schedule": [hours], "location": location}],
            "service_taxonomys": [{"id": f"st{number}", "taxonomy": term}],
            "contacts": [person],
            "funding": {"source": "nobody"}, "unheard_of": {"deeply": [1, {"nested": True}]},
        }  # fmt: skip
        if is_refuge:
            service |= {"name": f"Приют {number}", "description": f"Приют, живут на {HIDDEN_STREETS[1]}."}
        if number % 13 == 1:
            del service["id"]
        if number % 17 == 2:
            service["name"] = None
        if number % 19 == 3:
            service["organization"] = None
        if number % 23 == 4:
            service["id"] = str(number - 1)
        if number % 29 == 5:
            service["name"] = mojibake("Кабинет") + f" {number}"
        found.append(service)
    return [*found, None, "a service", 17, [], {}]


def as_json(value: Any) -> bytes:
    """The value as a careless program writes it: with NaN, and every letter escaped."""
    return json.dumps(value).encode()
