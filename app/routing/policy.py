"""The weights and limits of a deployment: every number that decides between two safe routes, in one value."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingPolicy:
    """Points are minutes: one point of burden weighs as much as one minute (engine, section 4). All 0 or more.

    The numbers are ours unless a source is named; docs/decisions/0005-ranking-policy.md gives the reasons.
    Gates are not here: no number can open one.
    """

    handover: int = 240
    """One more organization that hears the story (P04): as heavy as four hours on the road."""
    no_link: int = 210
    link_sop: int = 0
    link_mou: int = 30
    link_practice: int = 60
    link_none: int = 120
    """Links that are on record without an agreement, or with an unknown one (P06)."""
    mode_accompanied: int = 0
    mode_warm: int = 30
    mode_booked: int = 60
    mode_information: int = 90
    """How the person is handed over (P02)."""
    crossing: int = 60
    """One border crossing on a leg (P11)."""
    mild_caution: int = 30
    grave_caution: int = 1000
    """Counted in c2, apart from burden: any grave caution ranks below every route without one."""
    same_place: int = 20
    longest_visit: int = 480
    """Eight hours one way: a visit that cannot be done and slept off within a day is no visit."""
    longest_transfer: int = 2880
    """Two days on the road to a bed, which reaches across the region."""
    interpreter: int = 45
    """P09: speaking through an interpreter."""
    not_specialised: int = 20
    """P03: no trafficking specialisation known where one would help."""
    staff_gender: int = 30
    """P10: the wished staff gender is not known to be there."""
    state_body: int = 30
    """P05: a state body, for somebody without regular status."""
    avoided_type: int = 120
    """P01: a kind of provider that the person would rather not meet."""
    not_remote: int = 30
    """P01: in person, for somebody who would rather talk from afar."""
    fee: int = 30
    """P14: something must be paid."""
    stale: int = 30
    """P08: verified longer ago than the warning limit."""
    institution: int = 60
    """P13: an institution, for a child."""
    no_go_visit: int = 60
    """P12, H14: a day service inside an area that the person should keep away from."""
    warn_days: int = 90
    exclude_days: int = 365
    stay_warn_days: int = 30
    stay_exclude_days: int = 180
    """Ages of a verification after which it warns, and after which it no longer counts (standards, section 3c)."""
    bed_capacity_hours: int = 24
    other_capacity_hours: int = 168
    """How long a capacity report is believed (standards, section 3c)."""
    longest_code_list: int = 12
    """Needs that one profile may name; more is refused, never cut."""

    def as_points(self) -> dict[str, int]:
        """Every weight by name, as the answer echoes them."""
        return dict(asdict(self))
