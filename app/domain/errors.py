"""The faults this program can report. Every one has a stable code; no message repeats what a person told us."""

from dataclasses import dataclass


class ReferralError(Exception):
    """The root of all faults of ours."""

    code = "referral-error"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in a file or a body, and how to mend it.

    `where` is a file name or empty for a request body, `line` is 1-based (0: the whole file), `pointer` is a JSON
    Pointer, `code` is stable, `mend` tells what to do. None of them repeats the faulty value of a profile.
    """

    where: str
    line: int
    pointer: str
    code: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}: " if self.line else f"{self.where}: " if self.where else ""
        return f"{place}{self.pointer or '/'}: {self.code}: {self.mend}"


class FaultyData(ReferralError):
    """Files of the project's data are wrong; carries every fault of every file, sorted."""

    code = "faulty-data"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


class FaultyProfile(ReferralError):
    """What was asked for cannot be a profile; carries every fault, values left out."""

    code = "faulty-profile"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__(f"{len(self.faults)} faults in the profile")


class FaultyProblem(ReferralError):
    """A problem file does not follow `referral-problem/1`; carries every fault."""

    code = "faulty-problem"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


class NotFound(ReferralError):
    """What was named is absent, or hidden from the one who asks: both look the same."""

    code = "not-found"


class Conflict(ReferralError):
    """What was asked does not fit the state of the register; `code` tells how."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class NotAllowed(ReferralError):
    """The key is good but its role may not do this."""

    code = "not-allowed"


class NotKnown(ReferralError):
    """No key, an unknown key, an expired or a revoked one: all look the same."""

    code = "not-known"


class OverBudget(ReferralError):
    """The search did not end within its budget of time. There is no answer then, rather than one that might not be the
    best; the message says nothing of the person."""

    code = "over-budget"


class Busy(ReferralError):
    """The register moved again and again while an answer was being made; the next try will most likely succeed."""

    code = "busy"


class DatabaseAway(ReferralError):
    """The database cannot be reached now, or cannot be written; nothing was changed. The message names no address."""

    code = "database-away"


class NotRestored(ReferralError):
    """A backup was not written or not restored; the message tells why. Nothing was changed."""

    code = "not-restored"


class CannotOpen(ReferralError):
    """The database cannot be reached or is none; the message names the setting and never the address."""

    code = "cannot-open"


class WrongSchema(ReferralError):
    """The database holds another schema version than this program; the message names the command that migrates it."""

    code = "wrong-schema"


class TooManyFlags(ReferralError):
    """The authority has so many open flags on this provider that a steward must look at them first."""

    code = "too-many-flags"


class Settled(ReferralError):
    """A steward has closed it already, with another outcome."""

    code = "settled"
