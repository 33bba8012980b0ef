"""`referral validate`, `openapi`, `rules`, `schemas`: files that are read strictly, files written from the code."""

from collections.abc import Mapping
from pathlib import Path

from app.api import openapi_yaml
from app.cli.house import EXIT_DIFFERENCE, err, out
from app.domain.errors import Fault, FaultyData
from app.main import create_app, read_reference
from app.registry import check_slugs, load_directory
from app.registry.schemas import schema_texts
from app.routing import country_rules, markdown, rulebook
from app.settings import Settings


def validate(folder: Path) -> None:
    """Says what the data tree holds, or every fault of every file.

    Raises:
        FaultyData: With all faults of all files together.
    """
    faults: list[Fault] = []
    reference = None
    try:
        reference = read_reference(folder)
    except FaultyData as faulty:
        faults += faulty.faults
    places = frozenset(place.slug for place in reference.places) if reference else None
    for name in ("directory", "sandbox"):
        try:
            directory = load_directory(folder / name, places=places)
        except FaultyData as faulty:
            faults += faulty.faults
            continue
        services = sum(len(organization.services) for organization in directory.organizations)
        out.print(f"{name}: {len(directory.organizations)} organizations, {services} services", highlight=False)
        if name == "directory" and reference:
            faults += check_slugs(dict(reference.pathways), directory)
    if faults:
        raise FaultyData(tuple(faults))
    if reference:
        out.print(
            f"{len(reference.places)} places, {len(reference.crossings)} crossings, {len(reference.pathways)} pathways",
            highlight=False,
        )


def papers() -> Mapping[str, str]:
    """The text of every file that is written from the code, by its path from the top of the checkout."""
    settings = Settings()
    rules = rulebook() + country_rules(read_reference(settings.data_folder).pathways)
    written = {
        "openapi.yaml": openapi_yaml(create_app(settings.model_copy(update={"policy": {}}))),
        "docs/rules.md": markdown(rules),
    }
    return written | {f"data/schemas/{name}": text for name, text in schema_texts().items()}


def write_or_check(name: str, top: Path, *, check: bool) -> None:
    """Writes the files whose path begins with that name, or says which of them say something else than the code."""
    stale = []
    for path, text in papers().items():
        if not path.startswith(name):
            continue
        target = top / path
        if check:
            stale += [path] if not target.exists() or target.read_text(encoding="utf-8") != text else []
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
            err.print(f"written: {path}", highlight=False)
    for path in stale:
        err.print(f"{path} says something else than the code; run the same command without --check", style="red")
    if stale:
        raise SystemExit(EXIT_DIFFERENCE)
