"""The need and service codes, and what is fixed about each of them.

A profile *asks for* codes, a service point *offers* codes. The list is the project's own (standards, section 1);
the crosswalk column names the Open Eligibility term (CC BY-SA 3.0) nearest to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class CodeKind(StrEnum):
    """How a step that serves the code moves the person (engine, section 1)."""

    STAY = "stay"
    RETURN = "return"
    CASE = "case"
    VISIT = "visit"


class Urgency(StrEnum):
    """The three priorities of the inter-agency referral form [S20a]: 24 hours, 72 hours, two weeks."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class Sector(StrEnum):
    """The sectors for which Primero records consent separately [S41a], and five of our own for named dangers."""

    SECURITY = "security"
    PSYCHOSOCIAL = "psychosocial"
    HEALTH = "health"
    SAFEHOUSE = "safehouse"
    LEGAL = "legal"
    PROTECTION = "protection"
    LIVELIHOODS = "livelihoods"
    OTHER = "other"
    LAW_ENFORCEMENT = "law_enforcement"
    IMMIGRATION = "immigration"
    CONSULAR = "consular"
    CROSS_BORDER = "cross_border"
    FORENSIC = "forensic"


class Code(StrEnum):
    """A need that a person has, and a service that meets it. 45 codes."""

    CRI_HOT = "CRI-HOT"
    SAF_EMG = "SAF-EMG"
    SAF_RSK = "SAF-RSK"
    IDN_PRE = "IDN-PRE"
    IDN_FRM = "IDN-FRM"
    CHD_GRD = "CHD-GRD"
    CHD_BIP = "CHD-BIP"
    ASY_ACC = "ASY-ACC"
    STA_REF = "STA-REF"
    CAS_MGT = "CAS-MGT"
    SHL_EMG = "SHL-EMG"
    SHL_VOT = "SHL-VOT"
    SHL_TRN = "SHL-TRN"
    SHL_CHD = "SHL-CHD"
    MED_EMG = "MED-EMG"
    MED_CMR = "MED-CMR"
    MED_GEN = "MED-GEN"
    MED_SRH = "MED-SRH"
    MED_SUB = "MED-SUB"
    MED_DIS = "MED-DIS"
    MHP_PFA = "MHP-PFA"
    MHP_CNS = "MHP-CNS"
    MHP_PSY = "MHP-PSY"
    INT_LNG = "INT-LNG"
    BAS_FOD = "BAS-FOD"
    BAS_NFI = "BAS-NFI"
    BAS_CSH = "BAS-CSH"
    TRA_ACC = "TRA-ACC"
    LEG_INF = "LEG-INF"
    LEG_IMM = "LEG-IMM"
    LEG_FAM = "LEG-FAM"
    DOC_IDS = "DOC-IDS"
    CON_SRV = "CON-SRV"
    EDU_CHD = "EDU-CHD"
    EDU_VOC = "EDU-VOC"
    EMP_JOB = "EMP-JOB"
    LIV_GRT = "LIV-GRT"
    HOU_LNG = "HOU-LNG"
    FAM_TRC = "FAM-TRC"
    FAM_REU = "FAM-REU"
    PEE_SUP = "PEE-SUP"
    RET_AVR = "RET-AVR"
    CJS_REP = "CJS-REP"
    CJS_SUP = "CJS-SUP"
    CJS_CMP = "CJS-CMP"


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What is fixed about one code.

    `pillar` is the National Referral Mechanism pillar 1 to 4 [S01]; `urgency` is the least urgency of the need;
    `sector` is the consent that a referral for it needs (H01); `open_eligibility` is the crosswalk [S39];
    `sources` are ids of the source register in docs/sources.md.
    """

    kind: CodeKind
    pillar: int
    urgency: Urgency
    sector: Sector
    open_eligibility: str
    sources: tuple[str, ...]


def _facts(line: str) -> tuple[Code, CodeFacts]:
    code, pillar, urgency, sector, term, sources = (part.strip() for part in line.split("|"))
    return Code(code), CodeFacts(
        kind=_kind(code),
        pillar=int(pillar),
        urgency=Urgency(urgency),
        sector=Sector(sector),
        open_eligibility=term,
        sources=tuple(sources.split()),
    )


def _kind(code: str) -> CodeKind:
    if code.startswith("SHL-") or code == "HOU-LNG":
        return CodeKind.STAY
    if code == "RET-AVR":
        return CodeKind.RETURN
    return CodeKind.CASE if code == "CAS-MGT" else CodeKind.VISIT


_TABLE = """
CRI-HOT | 1 | urgent    | other        | Help Hotlines                        | S34a S18d
SAF-EMG | 1 | emergency | security     | Immediate Safety                     | S02 S07a
SAF-RSK | 1 | urgent    | protection   | Personal Safety                      | S13a S55a
IDN-PRE | 1 | routine   | protection   | Navigating the System                | S01 S44c
IDN-FRM | 1 | routine   | protection   | Navigating the System                | S48 S46b
CHD-GRD | 1 | urgent    | protection   | Guardianship                         | S04a
CHD-BIP | 1 | urgent    | protection   | Advocacy & Legal Aid                 | S04a S41b
ASY-ACC | 1 | urgent    | legal        | Citizenship & Immigration            | S37b S03a
STA-REF | 1 | routine   | legal        | Citizenship & Immigration            | S03a S03b
CAS-MGT | 2 | routine   | protection   | Case Management                      | S23
SHL-EMG | 2 | emergency | safehouse    | Emergency Shelter                    | S02
SHL-VOT | 2 | urgent    | safehouse    | Safe Housing                         | S06a S13a
SHL-TRN | 2 | routine   | safehouse    | Short-Term Housing                   | S18c
SHL-CHD | 2 | emergency | safehouse    | Adoption & Foster Placement          | S35c S36
MED-EMG | 2 | emergency | health       | Emergency / Hospital Treatment       | S02
MED-CMR | 2 | emergency | health       | STD/STI                              | S16a S16b S16c
MED-GEN | 2 | routine   | health       | Primary Care                         | S06a
MED-SRH | 2 | urgent    | health       | Maternity Care                       | S16b S01
MED-SUB | 2 | routine   | health       | Addiction & Recovery                 | S26
MED-DIS | 2 | routine   | health       | Assistive Technology                 | S23
MHP-PFA | 2 | urgent    | psychosocial | One-on-One Support                   | S19b
MHP-CNS | 2 | routine   | psychosocial | Individual Counseling                | S06a
MHP-PSY | 2 | urgent    | health       | Psychiatric Emergency Services       | S17a
INT-LNG | 2 | routine   | other        | Translation & Interpretation         | S02 S15
BAS-FOD | 2 | urgent    | other        | Emergency Food                       | S02
BAS-NFI | 2 | routine   | other        | Clothing                             | S22b
BAS-CSH | 2 | routine   | other        | Emergency Payments                   | S06a
TRA-ACC | 2 | routine   | other        | Transportation                       | S18a S19c
LEG-INF | 2 | routine   | legal        | Advocacy & Legal Aid                 | S06a S02
LEG-IMM | 2 | routine   | legal        | Citizenship & Immigration            | S03a
LEG-FAM | 2 | routine   | legal        | Representation                       | S18d
DOC-IDS | 2 | routine   | legal        | Identification Recovery              | S26 S37b
CON-SRV | 2 | routine   | legal        | Help Fill out Forms                  | S37b S07b
EDU-CHD | 3 | routine   | livelihoods  | Help Find School                     | S02
EDU-VOC | 3 | routine   | livelihoods  | Skills & Training                    | S06a S02
EMP-JOB | 3 | routine   | livelihoods  | Help Find Work                       | S06a
LIV-GRT | 3 | routine   | livelihoods  | Financial Assistance                 | S26
HOU-LNG | 3 | routine   | livelihoods  | Residential Housing                  | S01
FAM-TRC | 3 | routine   | other        | Help Find Missing Persons            | S41b
FAM-REU | 3 | routine   | protection   | Family Counseling                    | S41b S09a
PEE-SUP | 3 | routine   | psychosocial | Peer Support                         | S01
RET-AVR | 3 | routine   | protection   | -                                    | S06c S09a
CJS-REP | 4 | routine   | security     | -                                    | S06a
CJS-SUP | 4 | routine   | legal        | Representation                       | S02 S05
CJS-CMP | 4 | routine   | legal        | Workplace Rights                     | S04a
"""

CODES: Mapping[Code, CodeFacts] = MappingProxyType(dict(map(_facts, _TABLE.strip().splitlines())))
"""Every code with its facts, in the order of the published table."""

URGENCY_WEIGHT: Mapping[Urgency, int] = MappingProxyType(
    {Urgency.EMERGENCY: 100, Urgency.URGENT: 10, Urgency.ROUTINE: 1}
)
"""Points that one unserved code of that urgency costs (engine, section 2.1)."""

URGENCY_DEADLINE_MINUTES: Mapping[Urgency, int] = MappingProxyType(
    {Urgency.EMERGENCY: 24 * 60, Urgency.URGENT: 72 * 60, Urgency.ROUTINE: 14 * 24 * 60}
)
"""W06: minutes until first contact with the receiver, as the inter-agency form prints them [S20a]."""
