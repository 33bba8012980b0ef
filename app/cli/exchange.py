"""`referral export`: the register as a file for others, in one of several formats."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import IO

from app.cli.house import counted, err
from app.domain.directory import Directory
from app.domain.errors import Fault, FaultyData, NotFound
from app.registry import load_places
from app.registry.exchange.directory_out import write_directory
from app.registry.exchange.feed import Feed
from app.registry.exchange.files import write_json, write_tables
from app.registry.store import Store
from app.settings import Settings
from app.texts import languages

Export = Callable[[Store, Settings, IO[bytes]], int]
"""Writes the register into an open file and gives back how many services it wrote."""


def _hsds(write: Callable[[Feed, IO[bytes]], int]) -> Export:
    """The export that writes what is public of the register as HSDS, all of one moment."""

    def written(store: Store, settings: Settings, file: IO[bytes]) -> int:
        places = {place.slug: place for place in load_places(settings.data_folder / "places")}
        with store.feed(places) as feed:
            return write(feed, file)

    return written


def _files(store: Store, settings: Settings, file: IO[bytes]) -> int:
    """The whole register, without what is sealed, as an archive of files of the directory."""
    directory = store.read_directory()
    write_directory(file, directory)
    return _services_in(directory)


def _sheet(store: Store, settings: Settings, file: IO[bytes]) -> int:
    """The same as a spreadsheet."""
    from app.registry.exchange.sheet_out import write_sheet

    directory = store.read_directory()
    write_sheet(file, directory, load_places(settings.data_folder / "places"), language=settings.languages[0])
    return _services_in(directory)


def _services_in(directory: Directory) -> int:
    return sum(len(organization.services) for organization in directory.organizations)


def template(settings: Settings, *, to: Path, language: str, force: bool) -> None:
    """The empty spreadsheet for field staff is in that file.

    Raises:
        FaultyData: The file is there (and not `force`), or there is no such language.
        NotFound: As `export` does.
    """
    if language not in languages():
        mend = f"write one of {', '.join(languages())}"
        raise FaultyData((Fault("--language", 0, "", "unknown-language", mend),))
    from app.registry.exchange.sheet_out import write_template

    with whole_file(to, force=force) as file:
        write_template(file, load_places(settings.data_folder / "places"), language=language)
    err.print("template written", highlight=False)


EXPORTS: Mapping[str, Export] = MappingProxyType(
    {"hsds-json": _hsds(write_json), "hsds-csv": _hsds(write_tables), "yaml": _files, "xlsx": _sheet}
)
"""What writes each format of `ExportFormat`, by its name."""


def export(store: Store, settings: Settings, *, form: str, to: Path, force: bool) -> None:
    """The register is in that file in that format, the whole of it or nothing; - is standard output.

    Raises:
        FaultyData: The file is there (and not `force`).
        NotFound: The folder of the file is not there, or nothing may be written into it.
    """
    with whole_file(to, force=force) as file:
        services = EXPORTS[form](store, settings, file)
    err.print(f"{counted(services, 'service')} written as {form}", highlight=False)


@contextmanager
def whole_file(to: Path, *, force: bool = False) -> Iterator[IO[bytes]]:
    """A file that takes the place of the one that was named when all of it is written, and else leaves it alone; - is
    standard output.

    Raises:
        FaultyData: There is such a file already, and no `force`.
        NotFound: No file can be written there.
    """
    if str(to) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if to.is_file() and not force:
        raise FaultyData((Fault(str(to), 0, "", "file-exists", "name another, or say --force"),))
    try:
        # The mode of the file is for its owner alone, as that of every temporary file.
        made = NamedTemporaryFile(dir=to.parent, prefix=f".{to.name}.", delete=False)  # noqa: SIM115 - closed below
    except OSError:
        raise NotFound(f"{to.parent}: no file can be written there") from None
    try:
        with made:
            yield made
            made.flush()
            os.fsync(made.fileno())
        _put(made.name, to)
    except BaseException:
        with suppress(OSError):
            os.unlink(made.name)
        raise


def _put(made: str, to: Path) -> None:
    try:
        os.replace(made, to)
    except OSError:
        raise NotFound(f"{to}: no file can be written there") from None
