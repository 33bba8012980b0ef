"""The lists of what a log line can hold, and that nothing gets around them."""

import json
import logging

import pytest

from app.logs import allow_listed, configure_logs, write

CANARY = "Zzcanary Qwertova"


@pytest.fixture
def said(capsys):
    """What has been logged, line by line."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs()

    def lines():
        written = capsys.readouterr()
        assert written.out == ""
        return [json.loads(line) for line in written.err.splitlines()]

    yield lines
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_holds_what_is_listed(said):
    """In JSON, with the hour."""
    write("request", request_id="abcdef-123456", method="POST", route="/v1/routes", status=200, duration_ms=7, role="-")

    (line,) = said()

    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "info", "event": "request", "request_id": "abcdef-123456", "method": "POST",
                    "route": "/v1/routes", "status": 200, "duration_ms": 7, "role": "-"}  # fmt: skip


def test_a_snapshot_that_could_not_be_built_is_an_error_without_its_message(said):
    """The thread that builds it has nobody else to tell."""
    try:
        raise OSError(CANARY)
    except OSError as error:
        write("snapshot-failed", error=error)
    write("snapshot-built", revision="7", points=9, duration_ms=3)

    failed, built = said()

    assert (failed["level"], failed["event"], failed["exception"]) == ("error", "snapshot-failed", "OSError")
    assert failed["frames"]
    assert (built["event"], built["revision"], built["points"]) == ("snapshot-built", "7", 9)
    assert CANARY not in json.dumps([failed, built])


@pytest.mark.parametrize(
    "fields",
    [
        {"profile": CANARY},
        {"path": CANARY},
        {"request_id": CANARY},
        {"route": f"/v1/{CANARY}"},
        {"role": CANARY},
        {"status": CANARY},
        {"mend": CANARY},
        {"error": CANARY},
        {"exc_info": ValueError(CANARY)},
        {"exception": CANARY},
        {"nested": {"deep": [CANARY]}},
    ],
)
def test_what_is_not_listed_or_not_in_its_form_is_left_out(said, fields):
    """A mistake of ours writes too little, never too much."""
    write("request", **fields)

    (line,) = said()

    assert CANARY not in json.dumps(line)
    assert set(line) == {"at", "level", "event"}


def test_an_event_that_is_not_listed_loses_its_words(said):
    """f-strings end here."""
    write(f"planned for {CANARY}")

    assert [line["event"] for line in said()] == ["unlisted"]


def test_an_exception_is_its_class_and_places_in_the_code(said):
    """Neither message nor cause nor values."""

    def deep(person):
        raise KeyError(person) from ValueError(person)

    try:
        deep(CANARY)
    except KeyError as error:
        write("crash", error=error)

    (line,) = said()
    assert line["exception"] == "KeyError"
    assert [frame.split(":")[0] for frame in line["frames"]] == [__name__, __name__]
    assert CANARY not in json.dumps(line)


def test_only_a_refused_start_tells_in_sentences(said):
    """Before any request there is no profile; whoever starts must know what to mend."""
    write("refused-to-start", code="uncited-rule", where="data/pathways/xx.yaml", line=7, mend="cite a source")
    write("request", mend="cite a source")

    refused, other = said()

    assert (refused["where"], refused["line"], refused["mend"]) == ("data/pathways/xx.yaml", 7, "cite a source")
    assert "mend" not in other


def test_lines_of_libraries_lose_their_words(said):
    """A database driver would print parameters, a server tracebacks."""
    log = logging.getLogger("sqlalchemy.engine")
    log.error("insert into x values (%s)", CANARY)
    log.warning(CANARY)
    logging.getLogger("uvicorn.error").error(OSError(98, CANARY))
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application: %s", CANARY)
    logging.getLogger("uvicorn.access").critical("GET /v1/places?search=%s", CANARY)
    logging.getLogger("uvicorn.error").info("GET %s", CANARY)

    lines = said()

    assert [line["event"] for line in lines] == ["library"] * 4
    assert [line.get("exception") for line in lines] == [None, None, "OSError", "RuntimeError"]
    assert CANARY not in json.dumps(lines)


def test_configuring_twice_writes_once(said):
    """`create_app` may be called again."""
    configure_logs()

    logging.getLogger("alembic").warning("anything")

    assert len(said()) == 1


def test_true_is_no_number():
    """A status is a number."""
    assert allow_listed({"event": "request", "status": True}) == {"event": "request"}
