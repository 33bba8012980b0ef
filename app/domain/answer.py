"""The three-valued answer that every fact about a person or a provider has."""

from enum import StrEnum


class Answer(StrEnum):
    """Yes, no, or nobody has said. Unknown is never treated as good news."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
