"""Invented people, drawn with the answers that callers give and leave out. Nobody real is behind any of them."""

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from app.domain.answer import Answer
from app.domain.codes import CODES, Code, CodeKind, Sector, Urgency
from app.domain.place import SERVED, Place
from app.domain.profile import (
    AccessNeed,
    AgeBand,
    Companion,
    Document,
    Exploitation,
    Gender,
    GuardianStatus,
    HealthFlag,
    IncidentWindow,
    LegalStatus,
    Location,
    Perpetrator,
    Profile,
    ProtectionStatus,
    TraffickingStatus,
    TravelLimits,
)

T = TypeVar("T")
YES, NO, UNSET = Answer.YES, Answer.NO, Answer.UNKNOWN

NEEDS: Mapping[Code, int] = MappingProxyType(
    {
        Code.LEG_INF: 10, Code.MHP_CNS: 10, Code.SHL_EMG: 8, Code.SHL_VOT: 8, Code.MED_GEN: 8, Code.DOC_IDS: 7,
        Code.BAS_FOD: 6, Code.MHP_PFA: 5, Code.CAS_MGT: 5, Code.SAF_RSK: 5, Code.LEG_IMM: 4, Code.EMP_JOB: 4,
        Code.EDU_VOC: 3, Code.BAS_NFI: 3, Code.BAS_CSH: 3, Code.MED_SRH: 3, Code.LEG_FAM: 2, Code.TRA_ACC: 2,
        Code.IDN_PRE: 2, Code.CRI_HOT: 2, Code.PEE_SUP: 2, Code.MED_EMG: 2, Code.CJS_SUP: 2, Code.SHL_TRN: 1,
        Code.MED_SUB: 1, Code.MHP_PSY: 1, Code.FAM_TRC: 1, Code.LIV_GRT: 1, Code.SAF_EMG: 1,
    }
)  # fmt: skip
"""How often each code is asked for, next to the others. Our own guess, after the codes that directories offer most."""

LANGUAGE = MappingProxyType({"KZ": "kk", "KG": "ky", "TJ": "tg", "TM": "tk", "UZ": "uz", "AF": "fa", "PK": "ur"})
_READY = (
    Sector.SECURITY, Sector.PSYCHOSOCIAL, Sector.HEALTH, Sector.SAFEHOUSE, Sector.LEGAL, Sector.PROTECTION,
    Sector.LIVELIHOODS, Sector.OTHER,
)  # fmt: skip
_WARY = (Sector.LAW_ENFORCEMENT, Sector.IMMIGRATION, Sector.CONSULAR, Sector.CROSS_BORDER)


def some_needs(rng: random.Random, count: int, *, first: Sequence[Code] = ()) -> tuple[Code, ...]:
    """`count` different codes, those of `first` among them; one bed at most, or an emergency bed and the next one."""
    chosen = list(first[:count])
    left = {code: weight for code, weight in NEEDS.items() if code not in chosen}
    while len(chosen) < count:
        code = rng.choices(list(left), weights=list(left.values()))[0]
        del left[code]
        beds = {one for one in (*chosen, code) if CODES[one].kind is CodeKind.STAY}
        if len(beds) < 2 or beds == {Code.SHL_EMG, Code.SHL_TRN}:
            chosen.append(code)
    return tuple(chosen)


def a_person(rng: random.Random, here: Place, needs: tuple[Code, ...], **told: Any) -> Profile:
    """Somebody at that place with those needs; what is not told is drawn. `consents` told are added to those drawn."""
    nationality = told.get("nationality", _nationality(rng, here))
    drawn = _body(rng) | _status(rng, here, nationality) | _story(rng) | _wishes(rng)
    consents = _consents(rng) | dict(told.pop("consents", {}))
    return Profile(
        needs=needs,
        location=Location(country=here.country, place=here.slug),
        nationality=nationality,
        languages=_languages(rng, nationality),
        consents=MappingProxyType(consents),
        **{name: value for name, value in (drawn | told).items() if name != "nationality"},
    )


def weighted(rng: random.Random, outcomes: Mapping[T, int]) -> T:
    """One of the outcomes, each as often as its weight says."""
    return rng.choices(list(outcomes), weights=list(outcomes.values()))[0]


def _nationality(rng: random.Random, here: Place) -> str | None:
    foreign = rng.choice(sorted(SERVED - {here.country}))
    return weighted(rng, {here.country: 45, foreign: 45, "AF": 2, "PK": 1, "stateless": 2, None: 5})


def _body(rng: random.Random) -> dict[str, Any]:
    """Age, gender, who is with her, what she can not do."""
    age = weighted(
        rng,
        {AgeBand.ADULT: 52, AgeBand.YOUNG_ADULT: 30, AgeBand.TEEN: 5, AgeBand.YOUNG_TEEN: 2, AgeBand.OLDER: 3, None: 8},
    )
    gender = weighted(
        rng,
        {Gender.FEMALE: 60, Gender.MALE: 35, Gender.TRANSGENDER_WOMAN: 1, Gender.UNDISCLOSED: 2, None: 2},
    )
    child = age in (AgeBand.TEEN, AgeBand.YOUNG_TEEN)
    with_child = not child and rng.random() < 0.1
    companion = Companion(age=rng.choice((AgeBand.INFANT, AgeBand.CHILD)), gender=rng.choice((*Gender,)[:2]))
    return {
        "age": age,
        "gender": gender,
        "possibly_child": NO if age is not None and not child else UNSET,
        "unaccompanied": rng.choice((YES, YES, NO, UNSET)) if child else NO,
        "guardian": rng.choice((GuardianStatus.NONE, GuardianStatus.UNKNOWN)),
        "children_with": (companion,) if with_child else (),
        "pregnancy": weighted(rng, {YES: 5, NO: 80, UNSET: 15}) if gender is Gender.FEMALE else NO,
        "access_needs": (AccessNeed.MOBILITY,) if rng.random() < 0.05 else (),
    }


def _status(rng: random.Random, here: Place, nationality: str | None) -> dict[str, Any]:
    """Papers and standing, by whether she is in her own country."""
    if nationality == here.country:
        legal, protection, fear = LegalStatus.REGULAR, ProtectionStatus.NONE, NO
    else:
        legal = weighted(
            rng,
            {
                LegalStatus.IRREGULAR: 40,
                LegalStatus.REGULAR: 25,
                LegalStatus.UNDOCUMENTED: 15,
                LegalStatus.UNKNOWN: 20,
            },
        )
        protection = weighted(
            rng, {ProtectionStatus.NONE: 70, ProtectionStatus.UNKNOWN: 22, ProtectionStatus.ASYLUM_SEEKER: 8}
        )
        fear = weighted(rng, {YES: 30, NO: 45, UNSET: 25})
    papers = {None: 25, (): 35, (Document.PASSPORT,): 25, (Document.NATIONAL_ID,): 15}
    return {
        "legal_status": legal,
        "protection_status": protection,
        "fear_of_return": fear,
        "wants_return": weighted(rng, {NO: 60, UNSET: 30, YES: 10}),
        "documents_held": weighted(rng, papers),
    }


def _story(rng: random.Random) -> dict[str, Any]:
    """What was done to her, as codes, and how far others have taken it."""
    exploitation = rng.choice(
        ((Exploitation.FORCED_LABOUR,), (Exploitation.FORCED_LABOUR,), (Exploitation.SEXUAL_EXPLOITATION,),
         (Exploitation.SERVITUDE,), (Exploitation.FORCED_MARRIAGE,), ())
    )  # fmt: skip
    perpetrators = weighted(
        rng,
        {(Perpetrator.EMPLOYER,): 40, (Perpetrator.RECRUITER,): 22, (Perpetrator.PARTNER,): 8, (Perpetrator.FAMILY,): 6,
         (Perpetrator.POLICE,): 2, (): 22},
    )  # fmt: skip
    recent = rng.choice((IncidentWindow.WITHIN_72H, IncidentWindow.WITHIN_6_MONTHS, IncidentWindow.OLDER))
    violence = exploitation == (Exploitation.SEXUAL_EXPLOITATION,)
    return {
        "exploitation": exploitation,
        "perpetrators": perpetrators,
        "incident_window": recent if violence else IncidentWindow.NOT_APPLICABLE,
        "trafficking_status": weighted(
            rng,
            {
                TraffickingStatus.POSSIBLE: 70,
                TraffickingStatus.ACTUAL: 10,
                TraffickingStatus.UNKNOWN: 15,
                TraffickingStatus.NOT: 5,
            },
        ),
        "criminal_case": weighted(rng, {NO: 70, UNSET: 25, YES: 5}),
        "involved_in_offence": weighted(rng, {NO: 75, UNSET: 20, YES: 5}),
        "health_flags": (HealthFlag.SUICIDAL_RISK,) if rng.random() < 0.02 else (),
    }


def _wishes(rng: random.Random) -> dict[str, Any]:
    """How soon, how far, at what price."""
    return {
        "urgency": weighted(rng, {None: 62, Urgency.URGENT: 28, Urgency.ROUTINE: 6, Urgency.EMERGENCY: 4}),
        "imminent_danger": weighted(rng, {NO: 80, UNSET: 18, YES: 2}),
        "avoid_authorities": rng.random() < 0.06,
        "can_pay": weighted(rng, {NO: 60, UNSET: 34, YES: 6}),
        "travel": TravelLimits(longest_visit_minutes=120 if rng.random() < 0.05 else None),
    }


def _consents(rng: random.Random) -> dict[Sector, Answer]:
    """Most agree to help and few to authorities; some were not asked."""
    given = {sector: weighted(rng, {YES: 92, UNSET: 6, NO: 2}) for sector in _READY}
    given |= {sector: weighted(rng, {YES: 8, NO: 50, UNSET: 42}) for sector in _WARY}
    return {sector: answer for sector, answer in given.items() if answer is not UNSET}


def _languages(rng: random.Random, nationality: str | None) -> tuple[str, ...] | None:
    own = LANGUAGE.get(nationality or "", "ru")
    both = tuple(sorted({own, "ru"}))
    return weighted(rng, {both: 65, (own,): 27, None: 8})
