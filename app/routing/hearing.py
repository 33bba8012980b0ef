"""What the gates say about an organization as a whole, whichever of its services a case looks at (H30)."""

from collections.abc import Sequence

from app.domain.profile import Profile
from app.routing.columns import Columns
from app.routing.gates import Circumstances, Gate
from app.routing.judgement import Judgement, judge, judge_again
from app.routing.witness import Field, changes


class Hearing:
    """The judgements of whole organizations, each once somebody has asked. Lives as long as one request."""

    def __init__(
        self,
        person: Profile,
        network: Columns,
        gates: Sequence[Gate],
        circumstances: Circumstances,
        known: "Hearing | None" = None,
    ) -> None:
        """
        Args:
            person: Who asks.
            network: The columns of the whole network.
            gates: Those in force.
            circumstances: Of the request.
            known: Of another person, all else alike.
        """
        self._person, self._network, self._gates, self._circumstances = person, network, gates, circumstances
        self._known = known
        self._heard: dict[str, Judgement] = {}

    def __call__(self, organization: str) -> Judgement:
        """The judgement of all its services."""
        if organization not in self._heard:
            self._heard[organization] = self._judgement(organization)
        return self._heard[organization]

    def of_another(self, person: Profile) -> "Hearing":
        """The same for another person: what was heard is judged again only by the gates that her answers concern."""
        return Hearing(person, self._network, self._gates, self._circumstances, self)

    def _judgement(self, organization: str) -> Judgement:
        if self._known is not None and (said := self._known.find(organization)) is not None:
            return judge_again(said, self._person, self._changed, self._circumstances)
        theirs = self._network.take(self._network.rows_of_organization(organization))
        return judge(self._person, theirs, self._gates, self._circumstances)

    def find(self, organization: str) -> Judgement | None:
        """What was said about it, if somebody has asked."""
        return self._heard.get(organization)

    @property
    def _changed(self) -> frozenset[Field]:
        assert self._known is not None
        return changes(self._known._person, self._person)
