"""What every command stands on: settings, the register opened, the desk, and how faults are told and end.

Exit codes: 0 done; 1 a check found a difference; 2 what was given is faulty; 3 what was named is not there;
4 the database or the settings do not fit this program; 5 the search did not end within its budget of time.
"""

import codecs
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.desk import Desk
from app.domain.errors import (
    CannotOpen,
    DatabaseAway,
    FaultyData,
    FaultyProblem,
    FaultyProfile,
    NotFound,
    NotRestored,
    OverBudget,
    ReferralError,
    WrongSchema,
)
from app.main import open_desk, open_store
from app.registry import load_directory
from app.registry.store import Store
from app.settings import MissingSecrets, Settings

EXIT_DIFFERENCE, EXIT_FAULTY, EXIT_NOT_FOUND, EXIT_UNFIT, EXIT_OVER_BUDGET = 1, 2, 3, 4, 5

out = Console()
err = Console(stderr=True)

_ANY_WIDTH = 100_000
"""Letters of a line that no terminal shows."""


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
    """Every letter of the rows: one line a row, or, on a terminal, broken where it is too narrow; the first column,
    by which a row is named again, is never broken."""
    table = Table(title=title or None, title_justify="left")
    for heading, cells in zip(headings, zip(*rows, strict=True) if rows else [()] * len(headings), strict=True):
        is_first = not table.columns
        widest = max(map(len, (heading, *cells)))
        table.add_column(heading, overflow="fold", no_wrap=is_first, min_width=widest if is_first else None)
    for row in rows:
        table.add_row(*(Text(" ".join(cell.split())) for cell in row))
    (out if out.is_terminal else Console(width=_ANY_WIDTH)).print(table)


def settings_for_one_machine() -> Settings:
    """The settings of the environment; with an embedded database and no secret set, those of a demonstration."""
    settings = Settings()
    nothing_set = settings.pepper is None and settings.seal_key is None and settings.key_file is None
    return Settings(demo=True) if nothing_set and settings.database_url.startswith("sqlite") else settings


@contextmanager
def opened_desk(settings: Settings, *, sandbox: bool = False) -> Iterator[Desk]:
    """The desk over the register, which gets the public directory when it is empty; or over the invented sandbox.

    The sandbox lives in memory and touches no register.
    """
    if sandbox:
        settings = settings.model_copy(update={"database_url": "sqlite://"})
    with opened_store(settings) as store:
        fill_when_empty(store, settings, "sandbox" if sandbox else "directory")
        yield open_desk(store, settings)


def fill_when_empty(store: Store, settings: Settings, folder: str) -> None:
    """An empty register holds what that folder of the data tree says; any other is left as it is."""
    if store.revision() == 0:
        store.load_directory(
            load_directory(settings.data_folder / folder), by="referral load", reason=f"first loading of {folder}"
        )


@contextmanager
def faults_told() -> Iterator[None]:
    """Prints what is wrong and ends with the exit code for it. Nothing that a profile holds is printed."""
    try:
        yield
    except (FaultyData, FaultyProblem, FaultyProfile) as faulty:
        for fault in faulty.faults:
            err.print(str(fault), style="red", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(EXIT_FAULTY) from None
    except NotFound as missing:
        err.print(str(missing), style="red", markup=False)
        raise SystemExit(EXIT_NOT_FOUND) from None
    except (WrongSchema, CannotOpen, DatabaseAway, MissingSecrets) as unfit:
        err.print(str(unfit), style="red", markup=False, soft_wrap=True)
        raise SystemExit(EXIT_UNFIT) from None
    except OverBudget:
        err.print("over-budget: ask for fewer needs at once, or raise REFERRAL_SEARCH_BUDGET_SECONDS", style="red")
        raise SystemExit(EXIT_OVER_BUDGET) from None
    except NotRestored as refused:
        err.print(str(refused), style="red", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(EXIT_FAULTY) from None
    except ValidationError as wrong:
        for one in wrong.errors(include_url=False, include_context=False, include_input=False):
            name = "REFERRAL_" + "_".join(str(part) for part in one["loc"]).upper()
            err.print(f"{name}: {one['msg']}", style="red", markup=False, soft_wrap=True)
        raise SystemExit(EXIT_UNFIT) from None
    except ReferralError as fault:
        err.print(fault.code, style="red", markup=False)
        raise SystemExit(EXIT_FAULTY) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(EXIT_DIFFERENCE) from None


def counted(number: int, one: str, more: str = "") -> str:
    """The number with the word for it: "1 draft", "2 drafts", or `more` where the plural has no plain s."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def read_bytes(path: Path) -> bytes:
    """The content of a file that was named on the command line.

    Raises:
        NotFound: It cannot be read.
    """
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError:
        raise NotFound(f"{path}: cannot be read") from None
    return raw.removeprefix(codecs.BOM_UTF8)


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """The register of these settings, closed at the end."""
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()
