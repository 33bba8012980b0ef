"""Drafts: what somebody proposes that the register should say, before a steward publishes it.

A published record is never edited in place. Whoever wants it changed writes a draft with `update_of`; publishing puts
it in the place of the record, in one step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class DraftState(StrEnum):
    """Where a draft stands. Archived: what it said has been replaced, or its record was taken out of the register."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    REJECTED = "rejected"


class DraftKind(StrEnum):
    """What a draft may be of, in the words of HSDS.

    A location and a service_at_location are parts of one service, under its slug; they can only be updated.
    """

    ORGANIZATION = "organization"
    SERVICE = "service"
    LOCATION = "location"
    SERVICE_AT_LOCATION = "service_at_location"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInput:
    """What is proposed.

    `body` is the record as the YAML files of the directory write it, as plain JSON: of an organization without
    `services`, of a service with `organization` (a slug) besides. `update_of` is the slug of the published record that
    it shall replace, or `None` for a new one. `note` is for the steward who reviews it. `keeps_sealed`: the restricted
    contacts of the published record stay beside those of the body; without, those of the body are all there will be.
    """

    kind: DraftKind | str
    slug: str
    body: Mapping[str, Any]
    update_of: str | None = None
    note: str = ""
    keeps_sealed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as the register keeps it.

    Restricted contacts and addresses are not in `body`; `sealed_contacts` counts them. `version` grows with every
    change of the draft; `by` is whoever wrote it, `decided_by` whoever published or rejected it, "" before.
    `organization` is the slug of the organization whose record it is, "" where none is named. `tag` is another one for
    whatever else the draft says, in a register put back from a copy too.
    """

    id: str
    kind: DraftKind
    slug: str
    state: DraftState
    body: Mapping[str, Any]
    sealed_contacts: int
    keeps_sealed: bool
    update_of: str | None
    note: str
    organization: str
    by: str
    decided_by: str
    decision: str
    version: int
    tag: str
    created_at: datetime
    updated_at: datetime
    is_note_hidden: bool = False
    """A steward wrote the note of a provider's proposal, so the provider does not read it."""
