"""What one request looks at: everything of a small register, the surroundings of the person in a large one."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace

import numpy as np

from app.domain.answer import Answer
from app.domain.codes import Code, Sector
from app.domain.plan import Grade
from app.domain.profile import Profile
from app.routing.case import Case, Request
from app.routing.columns import HEADS, bits_of
from app.routing.field import Field
from app.routing.formulate import field_of_case
from app.routing.horizon import with_mirages
from app.routing.lookout import RETURN, Lookout, Mirages
from app.routing.opening import look, look_again, of_another

EVERYTHING = 1_000
"""A register with no more points than these is looked at as a whole."""


class Surroundings:
    """The points that a request has looked at so far, as a case, and a lookout for the others."""

    def __init__(self, request: Request, *, everything: bool = False) -> None:
        self._request = request
        self._beds_only: frozenset[str] = frozenset()
        self._drawn: set[str] = set()
        self._heads: set[int] = set()
        """Organizations that were found to come to hold the case, by their number; their circles are drawn."""
        self._away: dict[str, int] = {}
        self._mirages: Mirages | None = None
        columns = request.network.columns
        self._lookout = None if everything or columns.rows <= EVERYTHING else self._look_out()
        self.case = look(request, slice(None)) if self._lookout is None else self._looked(self._lookout)

    def _look_out(self) -> Lookout:
        request = self._request
        person, network = request.person, request.network
        minutes = request.travel.least(person.location.place)
        names = list(request.travel.number)
        self._away = {name: m for name, m in zip(names, minutes.tolist(), strict=True) if m < 1 << 40}
        lookout = Lookout(
            network.columns,
            network.blocks,
            network.linkage,
            away=self._away,
            countries=self._countries(),
            moment=request.moment,
            zone=network.place(person.location.place).timezone,
            elsewhere=RETURN if self._returns_abroad() else 0,
        )
        lookout.look_at(self._at_once())
        lookout.look_around(bits_of(request.sequence.codes))
        return lookout

    def _countries(self) -> Iterable[str]:
        """Where the person may come at all: home after a return, and everywhere with consent to cross a border."""
        person, network = self._request.person, self._request.network
        if person.consent(Sector.CROSS_BORDER) is Answer.YES:
            return network.columns.country.vocabulary
        home = {network.place(person.return_to).country} if person.return_to is not None else set()
        return {person.location.country, *home}

    def _returns_abroad(self) -> bool:
        person = self._request.person
        if person.return_to is None or Code.RET_AVR not in self._request.sequence.codes:
            return False
        return self._request.network.place(person.return_to).country != person.location.country

    def _at_once(self) -> Iterable[int]:
        """The circle of whoever holds the case, and where a return leads abroad, those who bring home and receive."""
        request, columns = self._request, self._request.network.columns
        if request.holder is not None:
            yield from self._circle(request.holder)
        if self._returns_abroad():
            assert request.person.return_to is not None
            home = request.network.place(request.person.return_to).country
            for reception in request.network.receptions:
                if reception.country == home:
                    row = columns.find(reception.point)
                    yield from () if row is None else (row,)
                    yield from self._circle(reception.receiver)

    def _circle(self, organization: str) -> Iterable[int]:
        """The rows that the organization has the use of while it holds the case; each organization once."""
        if organization in self._drawn:
            return
        self._drawn.add(organization)
        network = self._request.network
        yield from network.columns.rows_of_organization(organization).tolist()
        for link in network.links_from(organization):
            row = network.columns.find(link.to)
            yield from () if row is None else (row,)

    def _looked(self, lookout: Lookout, known: Case | None = None) -> Case:
        """The case of what was looked at, with the circles of all who may come to hold the case there."""
        linkage = self._request.network.linkage
        while True:
            case = known or look(self._request, lookout.rows.nonzero()[0], beds_only=self._beds_only)
            known = None
            codes = bits_of(case.orders[Grade.VERIFIED].codes | case.orders[Grade.LISTED].codes)
            heads = ((case.judgement.routes | case.judgement.leads) & codes & HEADS) != 0
            organization = case.columns.organization
            fresh = set(np.unique(organization.at[heads]).tolist()) - self._heads
            self._heads |= fresh
            before = int(np.count_nonzero(lookout.rows))
            for one in fresh:
                lookout.look_at(linkage.circle_of(one))
            if int(np.count_nonzero(lookout.rows)) == before:
                return case

    def field(self, grade: Grade) -> Field:
        """What may be stepped on for that grade, with mirages of what was not looked at."""
        field = field_of_case(self.case, grade)
        if self._lookout is None:
            return field
        self._mirages = self._lookout.mirages(bits_of(self.case.orders[grade].codes))
        crosses = self._request.person.consent(Sector.CROSS_BORDER) is Answer.YES
        return with_mirages(field, self._mirages, away=self._away, open_borders=crosses)

    def look_beyond(self, beyond: Mapping[int, int]) -> None:
        """Looks where these mirages of the last field are, each with how much dearer what is there may be."""
        assert self._lookout is not None and self._mirages is not None
        slack: dict[int, int] = {}
        for number, more in beyond.items():
            kind = self._mirages.kind.item(number)
            slack[kind] = max(more, slack.get(kind, more))
        if not self._lookout.look_beyond(slack):
            self._lookout.look_everywhere()
        self.case = self._looked(self._lookout)

    def open_all_houses(self) -> bool:
        """No house is shut but for its bed any more; whether any was."""
        any_shut = bool(self._beds_only)
        self._beds_only = frozenset()
        self.case = replace(self.case, beds_only=self._beds_only, left={})
        return any_shut

    def of_another(self, person: Profile) -> "Surroundings":
        """The same for a person of whom one more answer is known: what was looked at is judged again.

        What one looks at for her is looked at for all, where both may come to the same places.
        """
        before, request = self._request, of_another(self._request, person)
        moved = _whereabouts(before.person) != _whereabouts(person)
        if moved and self._lookout is not None:
            return Surroundings(request)
        other = copy(self)
        other._request = request
        other._drawn, other._heads = set(self._drawn), set(self._heads)
        if self._lookout is None:
            other.case = look_again(self.case, request)
        else:
            same = np.count_nonzero(self._lookout.rows) == self.case.columns.rows
            other.case = other._looked(self._lookout, look_again(self.case, request) if same else None)
        return other

    @property
    def is_everything(self) -> bool:
        """Whether every service point of the register is looked at."""
        return self._lookout is None

    def as_now(self, points: Iterable[str], needs: Iterable[Code]) -> Case:
        """A case of these service points, maybe of more, that tells how usable each is now for what is needed then.

        What somebody needs does not depend on what else is looked at; what opens doors does. So the case at hand will
        do while nothing is needed then that is not needed now.
        """
        case, network = self.case, self._request.network
        enough = not case.beds_only and case.sequence.needs.keys() >= set(needs)
        if enough and all(case.columns.find(point) is not None for point in points):
            return case
        return look(self._request, np.array(sorted(network.row_of(point) for point in points), dtype=np.int64))

    def shut_but_for_beds(self, points: Iterable[str]) -> None:
        """Of these confidential houses only the bed is offered from now on (H15)."""
        self._beds_only |= set(points)
        self.case = replace(self.case, beds_only=self._beds_only, left={})


def _whereabouts(person: Profile) -> tuple[object, ...]:
    """What decides where a person may come."""
    crosses = person.consent(Sector.CROSS_BORDER)
    return person.nationality, person.travel, person.return_to, crosses, person.location
