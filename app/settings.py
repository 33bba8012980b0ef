"""What a deployment may choose, read from the environment (`REFERRAL_...`), and the two secrets that it must keep."""

import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.errors import ReferralError
from app.registry.driver import sqlite_file
from app.registry.seal import SHORTEST_SECRET, Seal
from app.routing import RankingPolicy
from app.texts import languages

PACKAGE = Path(__file__).parent
KEYS_BESIDE_DATABASE = "referral.keys"


class MissingSecrets(ReferralError):
    """The pepper or the seal key is not set; the message names the two ways to set them."""

    code = "missing-secrets"


def default_data_folder() -> Path:
    """The data tree inside an installed package, else that of the checkout."""
    installed = PACKAGE / "_data"
    return installed if installed.is_dir() else PACKAGE.parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The two secrets of a deployment and seal keys of before, of 32 characters at least. `repr` shows none of them."""

    seal_key: SecretStr
    pepper: SecretStr
    older: tuple[SecretStr, ...] = ()

    def seal(self) -> Seal:
        """All at work."""
        older = tuple(key.get_secret_value() for key in self.older)
        return Seal(self.seal_key.get_secret_value(), older=older, pepper=self.pepper.get_secret_value())


class Settings(BaseSettings):
    """Everything that may differ between two deployments; each field is `REFERRAL_` and its name in capitals.

    Nothing here can open a gate. `repr` shows no secret and not the database address, which may hold a password.
    """

    model_config = SettingsConfigDict(
        env_prefix="REFERRAL_", frozen=True, extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=True
    )

    database_url: str = Field(default="sqlite:///var/referral.db", repr=False)
    """SQLAlchemy address; a relative SQLite path counts from the working folder."""
    data_folder: Path = Field(default_factory=default_data_folder)
    """Where `pathways/`, `places/`, `directory/` and `sandbox/` are."""
    pepper: SecretStr | None = None
    """Secret behind the digests of API keys."""
    seal_key: SecretStr | None = None
    """Secret under which restricted contacts are sealed. Without it they cannot be read again."""
    older_seal_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Seal keys of before, parted by commas: they still open what they sealed. `referral load` seals it anew."""
    key_file: Path | None = None
    """JSON object with "pepper" and "seal_key", read when they are not in the environment."""
    demo: bool = False
    """Lets a demonstration make its own secrets, in a file that only its owner reads, beside the database."""
    body_limit_bytes: int = Field(default=65_536, ge=1_024, le=1_048_576)
    """The largest request body; a profile with every field is below 4 kB."""
    plans_at_once: int = Field(default=16, ge=1, le=1_000)
    """Plans that one worker computes at the same time; more are told to come back in a second (503)."""
    search_budget_seconds: float = Field(default=2.0, ge=0.01, le=600)
    """How long one search may compute. One that does not end is given up (503, `over-budget`), never cut short. What
    others compute meanwhile does not count, until three times as much has passed on the clock."""
    snapshot_patience_seconds: float = Field(default=1.0, ge=0, le=60)
    """How long a request waits for the snapshot of a newer revision; then it goes on with the one before it, without
    what is in quarantine now. Nobody waits when the last snapshot took longer than this to build."""
    away_seconds: float = Field(default=600.0, ge=0, le=86_400)
    """How long, after the database went away, answers rest on the last that was known of the register (and say so), and
    keys that were good a moment before still are. 0: not at all (503, `database-away`)."""
    languages: Annotated[tuple[str, ...], NoDecode] = Field(default_factory=languages)
    """Languages offered, best first; parted by commas in the environment. The first serves whoever names no other."""
    one_steward: bool = False
    """Whether whoever wrote a draft may publish it: for an organization with one steward. Else two are needed."""
    pull_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Hosts that `referral pull` may ask, parted by commas in the environment; none unless set."""
    pull_private: bool = False
    """Lets `referral pull` ask hosts with a private or local address."""
    policy: dict[str, int] = Field(default_factory=dict)
    """Other values for weights and limits of `RankingPolicy`, by name; in the environment a JSON object."""

    @field_validator("languages", "older_seal_keys", "pull_hosts", mode="before")
    @classmethod
    def _parted(cls, value: object) -> object:
        parts = (part.strip() for part in value.split(",")) if isinstance(value, str) else None
        return tuple(part for part in parts if part) if parts is not None else value

    @field_validator("languages")
    @classmethod
    def _have_texts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or set(value) - set(languages()):
            raise ValueError(f"offer one or more of: {', '.join(languages())}")
        return value

    @field_validator("policy")
    @classmethod
    def _are_weights(cls, value: dict[str, int]) -> dict[str, int]:
        known = asdict(RankingPolicy())
        if set(value) - set(known):
            raise ValueError(f"the policy knows: {', '.join(known)}")
        if any(number < 0 for number in value.values()):
            raise ValueError("no weight or limit is below 0")
        return value

    def ranking_policy(self) -> RankingPolicy:
        """The weights and limits of this deployment."""
        return RankingPolicy(**self.policy)

    def sqlite_folder(self) -> Path | None:
        """The folder of the SQLite file; `None` for a database in memory or on a server."""
        file = sqlite_file(self.database_url.partition("?")[0])
        return file.parent if file else None

    def secrets(self) -> Secrets:
        """The secrets: from the environment, else from `key_file`, else, for a demonstration, from a file of its own.

        Raises:
            MissingSecrets: None of these has both, or a file cannot be read as told.
        """
        if self.pepper is not None and self.seal_key is not None:
            return _checked(self.seal_key.get_secret_value(), self.pepper.get_secret_value(), self.older_seal_keys)
        if self.key_file is not None:
            return _read_key_file(self.key_file, self.older_seal_keys)
        if self.demo:
            return _demo_secrets((self.sqlite_folder() or Path("var")) / KEYS_BESIDE_DATABASE)
        raise MissingSecrets(
            "set REFERRAL_PEPPER and REFERRAL_SEAL_KEY, or REFERRAL_KEY_FILE to a JSON file with both; "
            f"each at least {SHORTEST_SECRET} characters of chance"
        )


def _checked(seal_key: str, pepper: str, older: tuple[SecretStr, ...]) -> Secrets:
    lengths = [len(seal_key), len(pepper), *(len(key.get_secret_value()) for key in older)]
    if min(lengths) < SHORTEST_SECRET:
        raise MissingSecrets(f"the pepper and every seal key need at least {SHORTEST_SECRET} characters each")
    return Secrets(seal_key=SecretStr(seal_key), pepper=SecretStr(pepper), older=older)


def _read_key_file(path: Path, older: tuple[SecretStr, ...] = ()) -> Secrets:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return _checked(str(kept["seal_key"]), str(kept["pepper"]), older)
    except (OSError, ValueError, KeyError, TypeError):
        raise MissingSecrets(
            f'{path}: not readable as {{"pepper": "...", "seal_key": "..."}}; mend the file or REFERRAL_KEY_FILE'
        ) from None


def _demo_secrets(path: Path) -> Secrets:
    """Those in the file, which is made with mode 0600 when it is not there; two starting at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = json.dumps({"pepper": Seal.new_secret(), "seal_key": Seal.new_secret()}) + "\n"
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(made)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read_key_file(path)
