"""Who offers what: kinds of organizations, the fields they work in, and some 200 sets of codes offered together.

The sets are drawn once, with a seed of their own, so that registers of every size and seed have the same ones.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.codes import CODES, Code, CodeKind
from app.domain.provider import Independence, OrganizationType

SEED_OF_SETS = 45
SET_SIZES = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4)
"""One to four codes, 2.0 on average: the services of `data/directory` have 1.9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of work: how many sets of codes it has, and how often each code is drawn into one.

    `lead` are the codes of which every set has one first; without it all are alike.
    """

    sets: int
    codes: Mapping[str, int]
    lead: Mapping[str, int] | None = None


FIELDS: Mapping[str, Field] = {
    "counselling": Field(
        sets=36,
        codes={"MHP-CNS": 40, "MHP-PFA": 14, "CAS-MGT": 14, "SAF-RSK": 12, "IDN-PRE": 8, "PEE-SUP": 5, "CRI-HOT": 6,
               "SAF-EMG": 3, "LEG-INF": 8},
    ),
    "legal": Field(
        sets=36,
        codes={"LEG-INF": 45, "DOC-IDS": 14, "LEG-FAM": 9, "LEG-IMM": 10, "CJS-SUP": 6, "CJS-CMP": 4, "ASY-ACC": 6,
               "SAF-RSK": 4},
    ),
    "health": Field(
        sets=40,
        codes={"MED-GEN": 40, "MHP-CNS": 12, "MED-SRH": 12, "MED-EMG": 12, "MHP-PSY": 10, "MED-SUB": 5, "MED-DIS": 3},
    ),
    "rape care": Field(sets=4, codes={"MED-GEN": 2, "MED-SRH": 2, "MED-EMG": 1, "MHP-PFA": 1}, lead={"MED-CMR": 1}),
    "shelter": Field(
        sets=44,
        codes={"SAF-RSK": 10, "MHP-PFA": 6, "CAS-MGT": 8, "BAS-FOD": 8, "BAS-NFI": 6, "MHP-CNS": 8, "SAF-EMG": 3},
        lead={"SHL-EMG": 9, "SHL-VOT": 8, "SHL-TRN": 5, "SHL-CHD": 2},
    ),
    "basic": Field(sets=14, codes={"BAS-FOD": 10, "BAS-NFI": 8, "BAS-CSH": 5, "TRA-ACC": 3}),
    "livelihood": Field(sets=18, codes={"EDU-VOC": 12, "EMP-JOB": 8, "LIV-GRT": 4, "EDU-CHD": 3, "HOU-LNG": 3}),
    "family": Field(sets=6, codes={"FAM-TRC": 5, "FAM-REU": 4}),
    "return": Field(sets=3, codes={"FAM-TRC": 2, "TRA-ACC": 1}, lead={"RET-AVR": 1}),
    "guardian": Field(sets=3, codes={"CHD-BIP": 2, "EDU-CHD": 1}, lead={"CHD-GRD": 1}),
    "interpreter": Field(sets=1, codes={"INT-LNG": 1}),
    "status": Field(sets=1, codes={"STA-REF": 1}),
    "state office": Field(sets=8, codes={"DOC-IDS": 6, "CJS-CMP": 2, "IDN-PRE": 2}, lead={"IDN-FRM": 3, "DOC-IDS": 4}),
    "police": Field(sets=3, codes={"CJS-CMP": 1, "SAF-EMG": 2}, lead={"CJS-REP": 1}),
    "consular": Field(sets=2, codes={"DOC-IDS": 1}, lead={"CON-SRV": 1}),
}  # fmt: skip
"""`INT-LNG`, `STA-REF`, `CHD-GRD`, `RET-AVR` and `MED-CMR` have fields of their own, since they are rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of organization: its share of all, what it is, and how its points divide over the fields."""

    share: float
    type: OrganizationType
    independence: Independence
    fields: Mapping[str, float]


_NGO_FIELDS = {
    "counselling": 0.33, "legal": 0.24, "shelter": 0.155, "basic": 0.10, "livelihood": 0.11, "health": 0.04,
    "family": 0.022, "interpreter": 0.001, "status": 0.0005, "rape care": 0.0015,
}  # fmt: skip
_OFFICE = {"state office": 0.97, "legal": 0.03}

KINDS: tuple[Kind, ...] = (
    Kind(share=0.38, type=OrganizationType.NGO, independence=Independence.NGO, fields=_NGO_FIELDS),
    Kind(share=0.05, type=OrganizationType.NGO, independence=Independence.FAITH, fields=_NGO_FIELDS),
    Kind(share=0.09, type=OrganizationType.HEALTH, independence=Independence.STATE,
         fields={"health": 0.97, "rape care": 0.03}),
    Kind(share=0.07, type=OrganizationType.HEALTH, independence=Independence.PRIVATE,
         fields={"health": 0.97, "rape care": 0.01, "counselling": 0.02}),
    Kind(share=0.115, type=OrganizationType.SHELTER, independence=Independence.NGO,
         fields={"shelter": 0.9, "counselling": 0.1}),
    Kind(share=0.06, type=OrganizationType.LEGAL_SERVICE, independence=Independence.NGO, fields={"legal": 1.0}),
    Kind(share=0.06, type=OrganizationType.SOCIAL_SERVICE, independence=Independence.STATE,
         fields={"basic": 0.4, "counselling": 0.3, "shelter": 0.2, "family": 0.1}),
    Kind(share=0.03, type=OrganizationType.INTERNATIONAL, independence=Independence.INTERNATIONAL,
         fields={"counselling": 0.4, "legal": 0.4, "family": 0.15, "return": 0.05}),
    Kind(share=0.02, type=OrganizationType.SCHOOL, independence=Independence.STATE, fields={"livelihood": 1.0}),
    Kind(share=0.017, type=OrganizationType.COMPANY, independence=Independence.PRIVATE, fields={"livelihood": 1.0}),
    Kind(share=0.003, type=OrganizationType.GUARDIANSHIP, independence=Independence.STATE, fields={"guardian": 1.0}),
    Kind(share=0.005, type=OrganizationType.OMBUDSMAN, independence=Independence.STATE, fields={"legal": 1.0}),
    Kind(share=0.050, type=OrganizationType.LOCAL_GOVERNMENT, independence=Independence.STATE, fields=_OFFICE),
    Kind(share=0.015, type=OrganizationType.CENTRAL_GOVERNMENT, independence=Independence.STATE, fields=_OFFICE),
    Kind(share=0.018, type=OrganizationType.LAW_ENFORCEMENT, independence=Independence.STATE, fields={"police": 1.0}),
    Kind(share=0.006, type=OrganizationType.IMMIGRATION, independence=Independence.STATE, fields=_OFFICE),
    Kind(share=0.004, type=OrganizationType.PROSECUTOR, independence=Independence.STATE, fields={"police": 1.0}),
    Kind(share=0.001, type=OrganizationType.SECURITY, independence=Independence.STATE, fields={"police": 1.0}),
    Kind(share=0.006, type=OrganizationType.CONSULATE, independence=Independence.STATE, fields={"consular": 1.0}),
)  # fmt: skip
"""The last seven are authorities (`AUTHORITIES`), a tenth of all."""


@dataclass(frozen=True, slots=True)
class Offers:
    """All sets of codes; `chances[kind]` is how often an organization of that kind offers each of them."""

    sets: tuple[tuple[Code, ...], ...]
    fields: tuple[str, ...]
    """The field of each set."""
    chances: NDArray[np.float64]

    def having(self, *codes: Code) -> NDArray[np.bool_]:
        """True for the sets with one of these codes."""
        return np.array([bool(set(codes) & set(one)) for one in self.sets])

    def of_kind(self, kind: CodeKind) -> NDArray[np.bool_]:
        """True for the sets with a code of that kind."""
        return self.having(*(code for code in CODES if CODES[code].kind is kind))

    def in_fields(self, *fields: str) -> NDArray[np.bool_]:
        """True for the sets of these fields."""
        return np.array([field in fields for field in self.fields])


def draw_offers() -> Offers:
    """The sets and chances, always the same. Within a field the sets follow Zipf's law: a few are everywhere."""
    rng = random.Random(SEED_OF_SETS)
    sets: list[tuple[Code, ...]] = []
    fields: list[str] = []
    for name, field in FIELDS.items():
        drawn = _sets_of(field, rng)
        sets += drawn
        fields += [name] * len(drawn)
    chances = np.zeros((len(KINDS), len(sets)))
    of_field = np.array(fields)
    for row, kind in enumerate(KINDS):
        for name, share in kind.fields.items():
            where = (of_field == name).nonzero()[0]
            zipf = 1 / np.arange(2, len(where) + 2)
            chances[row, where] = share * zipf / zipf.sum()
    return Offers(sets=tuple(sets), fields=tuple(fields), chances=chances / chances.sum(axis=1, keepdims=True))


def _sets_of(field: Field, rng: random.Random) -> list[tuple[Code, ...]]:
    """Up to `field.sets` different sets, in the order in which they were drawn; popular ones come early."""
    found: dict[tuple[Code, ...], None] = {}
    for _ in range(200):
        if len(found) < field.sets:
            found.setdefault(_one_set(field, rng))
    return list(found)


def _one_set(field: Field, rng: random.Random) -> tuple[Code, ...]:
    chosen = [_weighted(field.lead, rng)] if field.lead else []
    size = rng.choice(SET_SIZES)
    left = {code: weight for code, weight in field.codes.items() if code not in chosen}
    while len(chosen) < size and left:
        code = _weighted(left, rng)
        chosen.append(code)
        del left[code]
    return tuple(sorted((Code(code) for code in chosen), key=list(CODES).index))


def _weighted(weights: Mapping[str, int], rng: random.Random) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]
