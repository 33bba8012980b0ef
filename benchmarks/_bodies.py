"""Requests as hotlines send them: real places, 1 to 4 needs, several kinds of person; the same ones at every run."""

import json
import random

AS_OF = "2026-11-23T22:10:00+05:00"
"""A Monday evening; with a moment given, the same body gets the same bytes."""

PLACES = (
    ("KZ", "almaty"), ("KZ", "shymkent"), ("KZ", "aktobe"), ("KG", "bishkek"), ("KG", "osh"), ("TJ", "dushanbe"),
    ("TJ", "khujand"), ("TM", "ashgabat"), ("UZ", "tashkent"), ("UZ", "samarkand"), ("UZ", "nukus"), ("KZ", "taraz"),
)  # fmt: skip
NEEDS = (
    "SHL-VOT", "LEG-INF", "MED-GEN", "MHP-CNS", "DOC-IDS", "SHL-EMG", "MED-CMR", "CAS-MGT", "EMP-JOB", "SAF-EMG",
    "BAS-FOD", "CJS-REP",
)  # fmt: skip
PEOPLE = (
    {"gender": "female", "age": "18-24", "nationality": "UZ", "languages": ["uz"], "legal_status": "irregular",
     "consents": {"safehouse": "yes", "legal": "yes", "health": "yes"}},
    {"gender": "male", "age": "25-59", "nationality": "KG", "languages": ["ky", "ru"], "legal_status": "regular",
     "consents": {"legal": "yes"}},
    {"gender": "female", "age": "15-17", "nationality": "KZ", "languages": ["ru"], "unaccompanied": "yes",
     "consents": {"safehouse": "yes", "protection": "yes", "psychosocial": "yes"}},
    {},
)  # fmt: skip


def bodies(number: int = 48, *, most_needs: int = 4) -> tuple[bytes, ...]:
    """Bodies of `POST /v1/routes`, as many of each number of needs from 1 to `most_needs`."""
    chance = random.Random(3)
    made = []
    for index in range(number):
        country, place = chance.choice(PLACES)
        profile = {
            "needs": chance.sample(NEEDS, index % most_needs + 1),
            "location": {"country": country, "place": place},
            **chance.choice(PEOPLE),
        }
        made.append(json.dumps({"profile": profile, "as_of": AS_OF}).encode())
    return tuple(made)
