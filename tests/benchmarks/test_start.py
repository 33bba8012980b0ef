"""What the measurement of the start rests on."""

import asyncio
import subprocess
import sys

import pytest

from benchmarks import start
from benchmarks._first_answer import answered, bare
from benchmarks._servers import loaded_register

BODY = b'{"needs": ["SHL-VOT"], "place": "almaty"}'


def test_a_first_answer_is_told_when_it_is_one(capsys):
    """The clock stops at this line."""
    assert asyncio.run(answered(bare(), "/sum", BODY, {})) == 200
    assert capsys.readouterr().out == "answered\n"
    assert asyncio.run(answered(bare(), "/sum", b"{}", {})) == 422
    assert capsys.readouterr().out == ""


def test_a_process_that_gives_no_answer_is_not_measured(tmp_path):
    register = loaded_register(tmp_path, source="sandbox")
    register.environment["REFERRAL_DATABASE_URL"] = "nonsense"
    with pytest.raises(RuntimeError, match="whole"):
        start.took("whole", register)


def test_the_product_answers_in_a_process_of_its_own(tmp_path):
    answered_after, ended_after = start.took("whole", loaded_register(tmp_path, source="sandbox"))
    assert 0 < answered_after < ended_after


def test_nothing_is_measured_on_import():
    """Programs here are imported by tests."""
    done = subprocess.run(
        [sys.executable, "-c", "import benchmarks.start, benchmarks.request, benchmarks.over_http"],
        cwd=start.ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")
