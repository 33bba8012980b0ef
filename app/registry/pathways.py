"""The rules of the countries, read from `data/pathways/*.yaml` and checked over all files together."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from app.domain.directory import Directory
from app.domain.errors import Fault
from app.domain.pathway import Citation, Dated, Pathway, PathwayStep
from app.registry.marked import Spot, mark, pointer, quoted
from app.registry.shapes import is_country, of_countries, of_source
from app.registry.strict import Flaw, Reading, line_at, nearest, read_folder, report, text_of

UNIVERSAL = "*"
REQUIRED_FILES = ("kg", "kz", "tj", "tm", "universal", "uz")
"""The files without which the service does not start, by name."""

RULE_LISTS = (
    "laws", "bodies", "gates", "requirements", "mandates", "precedence", "border_rules", "windows", "stays",
    "emergency_contacts", "hazards",
)  # fmt: skip
"""The fields of a pathway that hold dated, cited rules."""

_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*")
_Found = tuple[Reading[Pathway], Pathway]


def load_pathways(
    folder: Path, *, required: Iterable[str] = REQUIRED_FILES, known_rules: frozenset[str] = frozenset()
) -> dict[str, Pathway]:
    """The rules of every file, keyed by country, "*" (universal.yaml) first.

    Args:
        folder: Where the files are; each is named after its country in small letters.
        required: Names, without ending, of files that must be there.
        known_rules: Ids of rules that live in code and that hazards may name; empty: what hazards name is not checked.

    Raises:
        FaultyData: With every fault of every file.
    """
    readings = read_folder(folder, Pathway)
    faults = [fault for reading in readings for fault in reading.faults]
    faults += _missing_files(folder, required, readings)
    found = [(reading, reading.value) for reading in readings if reading.value is not None]
    for reading, pathway in found:
        faults += [reading.fault(*flaw) for flaw in _of_pathway(reading, pathway)]
    faults += _double_ids(found)
    faults += _cycles(found)
    if known_rules and len(found) == len(readings):
        faults += _hazards_without_gate(found, known_rules)
    report(faults)
    return {pathway.country: pathway for _, pathway in sorted(found, key=lambda pair: pair[1].country)}


def check_slugs(
    pathways: Mapping[str, Pathway],
    directory: Directory,
    *,
    places: frozenset[str] | None = None,
    folder: Path | None = None,
) -> tuple[Fault, ...]:
    """Faults for organizations (and places, when given) that rules name and nobody knows, sorted.

    Lines are told when `folder`, from which the pathways were loaded, is given; otherwise they are 0.
    """
    organizations = frozenset(organization.slug for organization in directory.organizations)
    faults: list[Fault] = []
    for country, pathway in pathways.items():
        flaws = list(_unknown_names(pathway, organizations, places))
        stem = "universal" if country == UNIVERSAL else country.lower()
        lines = _lines_of(folder / f"{stem}.yaml") if flaws and folder else {}
        where = f"data/{folder.name if folder else 'pathways'}/{stem}.yaml"
        faults += [Fault(where, line_at(lines, spot), pointer(spot), code, mend) for spot, code, mend in flaws]
    return tuple(sorted(faults))


def rules_of(pathway: Pathway) -> Iterator[tuple[Spot, Dated]]:
    """Every dated rule of a file with its spot, in the order of the file's fields."""
    for name in RULE_LISTS:
        for index, rule in enumerate(getattr(pathway, name)):
            yield (name, index), rule


def _missing_files(folder: Path, required: Iterable[str], readings: Iterable[Reading[Pathway]]) -> Iterator[Fault]:
    there = {reading.where for reading in readings}
    for stem in required:
        where = f"data/{folder.name}/{stem}.yaml"
        if where not in there:
            yield Fault(where, 0, "", "missing-file", "write the file; every country and universal.yaml are needed")


def _of_pathway(reading: Reading[Pathway], pathway: Pathway) -> Iterator[Flaw]:
    stem = Path(reading.where).stem
    expected = UNIVERSAL if stem == "universal" else stem.upper()
    if pathway.country != expected or not (expected == UNIVERSAL or is_country(expected)):
        yield ("country",), "wrong-country", f"the file's name says {quoted(expected)}; name both after one country"
    for field in ("version", "title"):
        if not getattr(pathway, field).strip():
            yield (field,), "empty-text", f"write the {field}"
    for key, source in pathway.sources.items():
        yield from of_source(("sources", key), source)
    for spot, rule in rules_of(pathway):
        yield from _of_rule(spot, rule)
        yield from _of_citations((*spot, "cites"), rule.cites, pathway)
    for index, step in enumerate(pathway.steps):
        yield from _of_citations(("steps", index, "cites"), step.cites, pathway)
    cited = {citation.source for rule in _citing(pathway) for citation in rule.cites}
    for key in pathway.sources.keys() - cited:
        yield ("sources", key), "unused-source", "cite it in a rule or a step, or remove it"


def _citing(pathway: Pathway) -> Iterator[Dated | PathwayStep]:
    yield from pathway.steps
    for _, rule in rules_of(pathway):
        yield rule


def _of_rule(spot: Spot, rule: Dated) -> Iterator[Flaw]:
    if not _ID.fullmatch(rule.id):
        yield (*spot, "id"), "wrong-id", "write letters and digits, parted by hyphens or dots, such as KZ-G01"
    if not rule.text.strip():
        yield (*spot, "text"), "empty-text", "say in a sentence what the rule does"
    if not rule.cites:
        yield spot, "uncited-rule", "cite at least one source under `cites`, or move it to `not_modelled`"
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        yield (*spot, "valid_to"), "wrong-dates", f"the last day is before the first, {rule.valid_from}"
    for name in ("hours", "days"):
        amount = getattr(rule, name, None)
        if amount is not None and amount < 1:
            yield (*spot, name), "out-of-range", "write 1 or more"
    person = getattr(rule, "person", None)
    if person is not None:
        for name in ("nationality_in", "nationality_not_in"):
            yield from of_countries((*spot, "person", name), getattr(person, name), besides=frozenset({"stateless"}))


def _of_citations(spot: Spot, citations: Iterable[Citation], pathway: Pathway) -> Iterator[Flaw]:
    for index, citation in enumerate(citations):
        if citation.source not in pathway.sources:
            mend = f"{nearest(citation.source, pathway.sources)}name a source of this file's `sources`"
            yield (*spot, index, "source"), "unknown-source", mend
        if not citation.at.strip():
            yield (*spot, index, "at"), "empty-locator", "say where in the source: article, section or page"


def _double_ids(found: Iterable[_Found]) -> Iterator[Fault]:
    first: dict[str, Fault] = {}
    for reading, pathway in found:
        for spot, rule in rules_of(pathway):
            here = reading.fault((*spot, "id"), "duplicate-id", "")
            earlier = first.setdefault(rule.id, here)
            if earlier is not here:
                taken = f"{quoted(rule.id)} is taken at {earlier.where}:{earlier.line}; give it another id"
                yield reading.fault((*spot, "id"), "duplicate-id", taken)


def _cycles(found: Iterable[_Found]) -> Iterator[Fault]:
    """Orders of steps that can never be kept: universal edges and those of a country, whatever their days."""
    by_country = {pathway.country: (reading, pathway) for reading, pathway in found}
    universal = by_country.get(UNIVERSAL)
    for reading, pathway in by_country.values():
        rules = (*(universal[1].precedence if universal else ()), *pathway.precedence)
        edges = [(rule.before.value, rule.after.value) for rule in rules]
        if not _has_cycle(edges):
            continue
        # Only to name the cycles: importing it takes as long as reading all the files.
        import networkx as nx

        graph = nx.DiGraph(edges)
        told: set[frozenset[str]] = set()
        for index, rule in enumerate(pathway.precedence):
            if not nx.has_path(graph, rule.after.value, rule.before.value):
                continue
            cycle = [rule.before.value, *nx.shortest_path(graph, rule.after.value, rule.before.value)]
            if frozenset(cycle) not in told:
                told.add(frozenset(cycle))
                mend = f"{' -> '.join(cycle)} can never be kept in order; remove one of these rules"
                yield reading.fault(("precedence", index), "cycle", mend)


def _has_cycle(edges: Iterable[tuple[str, str]]) -> bool:
    order: TopologicalSorter[str] = TopologicalSorter()
    for before, after in edges:
        order.add(after, before)
    try:
        order.prepare()
    except CycleError:
        return True
    return False


def _hazards_without_gate(found: Iterable[_Found], known_rules: frozenset[str]) -> Iterator[Fault]:
    known = known_rules | {rule.id for _, pathway in found for _, rule in rules_of(pathway)}
    for reading, pathway in found:
        for index, hazard in enumerate(pathway.hazards):
            if hazard.gate and hazard.gate not in known:
                mend = f"{nearest(hazard.gate, known)}name the id of a rule, or leave `gate` out"
                yield reading.fault(("hazards", index, "gate"), "unknown-rule", mend)


def _unknown_names(pathway: Pathway, organizations: frozenset[str], places: frozenset[str] | None) -> Iterator[Flaw]:
    for spot, rule in rules_of(pathway):
        organization = getattr(rule, "organization", None)
        if organization is not None:
            yield from _unknown((*spot, "organization"), organization, organizations, _no_organization)
        point = getattr(rule, "point", None)
        if point is None:
            continue
        for index, slug in enumerate(point.slug_in):
            yield from _unknown((*spot, "point", "slug_in", index), slug, organizations, _no_organization)
        for index, slug in enumerate(point.place_in if places is not None else ()):
            yield from _unknown((*spot, "point", "place_in", index), slug, places or frozenset(), _no_place)


def _no_organization(guess: str) -> tuple[str, str]:
    return "unknown-organization", f"{guess}name an organization of data/directory"


def _no_place(guess: str) -> tuple[str, str]:
    return "unknown-place", f"{guess}name a place of data/places/places.csv"


def _unknown(spot: Spot, slug: str, known: frozenset[str], told: Callable[[str], tuple[str, str]]) -> Iterator[Flaw]:
    if slug not in known:
        yield (spot, *told(nearest(slug, known)))


def _lines_of(path: Path) -> Mapping[Spot, int]:
    text, _ = text_of(path)
    return mark("", text).lines if text is not None else {}
