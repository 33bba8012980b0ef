"""The terms that a foreign file gives its services: as they are written, and as the codes somebody said they are."""

from app.domain.codes import Code
from app.registry.exchange.account import Account, Row
from app.registry.exchange.gathered import pointers, text
from app.registry.exchange.linked import Linked
from app.registry.exchange.term_codes import Mapped, codes_of

Said = list[tuple[str, tuple[Code, ...]]]
"""Terms of a service as they are written, each with its codes."""


class FoundTerms:
    """Terms by service. One that nobody has mapped is told to the account, once."""

    def __init__(self, found: Linked, account: Account, mapping: Mapped) -> None:
        self._found = found
        self._account = account
        self._mapping = mapping
        self._known: dict[str, Said] = {}

    def of_service(self, key: str) -> Said:
        """The terms of the service with that id, in the file's order, each once."""
        if key not in self._known:
            self._known[key] = self._read(key)
        return self._known[key]

    def _read(self, key: str) -> Said:
        found: Said = []
        for part in self._found.parts_of("service_taxonomy", "service", key):
            names, word = self._term(part)
            codes = codes_of(names, self._mapping)
            if word and not codes:
                reason = "nobody has said which code it is; quoted for the steward. See --mapping"
                self._account.remark(part, "taxonomy_term_id", "foreign-term", reason)
            if word:
                found.append((word, codes))
        return list(dict.fromkeys(found))

    def _term(self, part: Row) -> tuple[tuple[str, ...], str]:
        key = pointers(part, "taxonomy_term_id") or pointers(part, "taxonomy_id")
        term = self._found.terms.get(key)
        label = text(part, "label", "value", "taxonomy_detail")
        if term is None:
            return tuple(filter(None, (key, label))), label or key
        names = (text(term, "code"), term.id, text(term, "name"), label)
        return tuple(filter(None, names)), text(term, "name") or label or text(term, "code") or key


def codes_in(said: Said) -> list[Code]:
    """Every code of these terms, in their order, each once."""
    return list(dict.fromkeys(code for _, found in said for code in found))
