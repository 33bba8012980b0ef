"""What is published, at one moment."""

from dataclasses import dataclass

from app.domain.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The register at one moment. `quarantined` are slugs of services; no restricted contact is in the directory."""

    revision: int
    directory: Directory
    quarantined: frozenset[str]
