"""Writers at the same time, writers that die, requests that come twice, and readers of the chain, on both databases."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest

from app.domain.draft import DraftKind
from app.domain.errors import Conflict
from app.domain.provider import Capacity
from app.domain.stewardship import Due, Edit, Once
from app.registry import once
from tests.registry.invented import HIDDEN, NOW
from tests.registry.stewards import ANN, BED, BEN, LINE, MOTH, OWL, TODAY, Keeping, a_new_service, keeping

ROOT = Path(__file__).resolve().parents[2]
ONCE = Once(key_prefix="aaaaaaaa", token="t", fingerprint="f")


@pytest.fixture
def kept(database_url):
    """A sound register with its stewards."""
    with keeping(database_url) as opened:
        yield opened


def test_no_writer_loses_an_edit(kept):
    """Each reads, adds its own mark with the version it read, and tries again when it came too late."""
    draft = kept.do(ANN, "create_draft", a_new_service()).id

    def add(mark):
        while True:
            seen = kept.see("draft", ANN, draft)
            said = [*seen.body.get("said", ()), mark]
            try:
                return kept.do(ANN, "edit_draft", draft, frozenset({seen.tag}), Edit(body={"said": said}))
            except Conflict as late:
                assert late.code == "precondition-failed"

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, map(str, range(8))))

    last = kept.see("draft", ANN, draft)
    assert sorted(last.body["said"]) == list(map(str, range(8)))
    assert last.version == 9
    assert kept.store.verify_chain() == ()


def test_of_many_that_publish_over_one_record_one_wins(kept):
    """The others are told that their drafts are stale."""
    drafts = [
        kept.do(ANN, "submit", kept.do(ANN, "edit_record", "service", LINE, None, Edit(body={"name": name})).id, None)
        for name in "abcd"
    ]
    start = Barrier(len(drafts))

    def publish(draft):
        start.wait()
        try:
            return kept.do(BEN, "publish", draft.id, frozenset({draft.tag}), "").state
        except Conflict as late:
            return late.code

    with ThreadPoolExecutor(len(drafts)) as threads:
        told = sorted(threads.map(publish, drafts))
    assert told == ["published", "stale-draft", "stale-draft", "stale-draft"]


DIES = """
import os, signal, sys
from datetime import UTC, datetime
from app.domain.access import Caller, Role
from app.registry.seal import Seal
from app.registry.store import Store
from tests.registry.stewards import ANN, BEN, LIMITS, PLACES
from tests.registry.invented import NOW, SECRET

class Deadly(Seal):
    def sealed(self, text, *, about):
        print("in the middle", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

url, draft = sys.argv[1:]
store = Store.open(url, seal=Deadly(SECRET), clock=lambda: NOW)
keeping = store.stewardship(places=PLACES, limits=LIMITS, one_steward=False)
keeping.write(BEN, lambda acts: acts.publish(draft, None, ""))
"""


def test_a_process_killed_in_the_middle_of_publishing_leaves_the_register_as_it_was(kept, database_url):
    """Rows of the service were written already; nothing of them stays, and the next writer gets through."""
    secret = {"kind": "phone", "value": "+000 9", "visibility": "restricted"}
    edit = Edit(body={"name": "Half", "contacts": [secret]}, keeps_sealed=False)
    draft = kept.do(ANN, "submit", kept.do(ANN, "edit_record", "service", BED, None, edit).id, None)
    before = (kept.store.read_published(), kept.see("draft", ANN, draft.id), kept.record("service", BED))

    died = subprocess.run(
        [sys.executable, "-c", DIES, database_url, draft.id], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60,
    )  # fmt: skip

    assert (died.returncode, died.stdout) == (-signal.SIGKILL, "in the middle\n"), died.stderr
    assert (kept.store.read_published(), kept.see("draft", ANN, draft.id), kept.record("service", BED)) == before
    assert kept.store.verify_chain() == ()
    assert kept.do(BEN, "publish", draft.id, None, "").state == "published"


def test_the_same_request_is_carried_out_once(kept):
    """Replayed for a day; another request with its key is refused; a failed one may be made again."""
    made = []

    def create(acts):
        made.append(acts.create_draft(a_new_service()).id)
        return {"id": made[-1]}

    answer = kept.stewardship.write_once(ANN, ONCE, create)
    assert kept.stewardship.write_once(ANN, ONCE, create) == answer == {"id": made[0]}
    assert len(made) == 1
    with pytest.raises(Conflict) as reused:
        kept.stewardship.write_once(ANN, Once(key_prefix="aaaaaaaa", token="t", fingerprint="g"), create)
    assert reused.value.code == "key-reused"
    kept.stewardship.write_once(BEN, Once(key_prefix="bbbbbbbb", token="t", fingerprint="f"), create)
    assert len(made) == 2

    other = Once(key_prefix="aaaaaaaa", token="u", fingerprint="f")
    with pytest.raises(ZeroDivisionError):
        kept.stewardship.write_once(ANN, other, lambda acts: 1 / 0)
    assert kept.stewardship.write_once(ANN, other, lambda acts: {"ok": 1}) == {"ok": 1}


def test_the_same_request_at_the_same_time_is_carried_out_once(kept):
    """One of the two works; the other gets its answer or is told to wait."""
    start, made = Barrier(2), []

    def ask(_):
        start.wait()
        try:
            return kept.stewardship.write_once(
                ANN, ONCE, lambda acts: made.append(1) or {"id": acts.create_draft(a_new_service()).id}
            )
        except Conflict as late:
            return late.code

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(ask, range(2)))
    assert len(made) == 1
    assert len(kept.see("drafts", ANN, state=None, kind=None, after=0, limit=9)[0]) == 1
    assert any(isinstance(one, dict) for one in answers)
    assert all(one == "in-flight" or isinstance(one, dict) for one in answers)


def test_the_same_request_in_flight_is_refused_and_a_lost_one_is_not():
    """409 while the first is at work; a process that died with it does not block its key for ever."""
    moment = [NOW]
    with keeping("sqlite://", clock=lambda: moment[0]) as kept:
        told = []

        def work(acts):
            raise AssertionError("is never reached")

        with kept.store._database.writing() as session:
            assert once.begin(session, ONCE, moment[0]) is None
        with pytest.raises(Conflict) as flying:
            kept.stewardship.write_once(ANN, ONCE, work)
        assert flying.value.code == "in-flight"
        moment[0] += timedelta(minutes=3)
        assert kept.stewardship.write_once(ANN, ONCE, lambda acts: told.append(1) or {"ok": 1}) == {"ok": 1}
        moment[0] += timedelta(hours=25)
        assert kept.stewardship.write_once(ANN, ONCE, lambda acts: told.append(2) or {"ok": 2}) == {"ok": 2}
        assert told == [1, 2]


def test_the_feed_of_changes_misses_nothing_under_writers(kept):
    """A reader that follows the cursor while others write has seen each change once, in order, at the end."""
    done = Event()

    def write(mark):
        for number in range(6):
            kept.do(ANN, "report", LINE, capacity=Capacity.OPEN, free_places=mark * 10 + number, as_of=NOW)

    def follow(seen):
        cursor = None
        while True:
            last_round = done.is_set()
            found = kept.see("changes", since=cursor, limit=3)
            seen += found.entries
            cursor = found.cursor
            if last_round and not found.more:
                return

    seen = []
    with ThreadPoolExecutor(4) as threads:
        reader = threads.submit(follow, seen)
        try:
            list(threads.map(write, range(3)))
        finally:
            done.set()
        reader.result(60)

    everything = kept.see("changes", since=None, limit=1000).entries
    assert tuple(seen) == everything
    assert [one.action for one in everything].count("capacity") == 18
    assert [one.revision for one in everything] == sorted(one.revision for one in everything)


def test_the_feed_has_tombstones_and_knows_its_own_cursors():
    """Drafts are not in it: they are nothing that is published. A cursor of another register is refused."""
    with keeping("sqlite://") as kept:
        begin = kept.see("changes", since=None, limit=1000)
        kept.published(a_new_service())
        kept.do(ANN, "archive", "service", OWL, None, "closed")
        found = kept.see("changes", since=begin.cursor, limit=1000)

        assert [(one.kind, one.slug, one.action, one.tombstone) for one in found.entries] == [
            ("service", "xa-moth.soup", "created", False),
            ("service", OWL, "removed", True),
            ("return_reception", "xr-1", "removed", True),
        ]
        assert kept.see("changes", since=found.cursor, limit=5).entries == ()
        assert kept.see("changes", since=found.cursor, limit=5).cursor == found.cursor
        with keeping("sqlite://") as other:
            other.do(ANN, "verify", LINE, method="phone", role="steward", on=TODAY)
            for strange in (other.see("changes", since=None, limit=1000).cursor, "AAAA", "x", found.cursor[:-2]):
                with pytest.raises(Conflict) as unknown:
                    kept.see("changes", since=strange, limit=5)
                assert unknown.value.code == "cursor-unknown"


def test_a_history_tells_every_field_and_nothing_restricted():
    """H15: a contact that was open once and is restricted now is not told either."""
    with keeping("sqlite://") as kept:
        body = {"contacts": [{"kind": "phone", "value": "+000 555 0100", "visibility": "restricted"}], "name": "New"}
        kept.published(kept.do(ANN, "edit_record", "service", BED, None, Edit(body=body)))
        kept.do(BEN, "quarantine", BED, is_on=True, reason="complaint: under review")
        entries, more = kept.see("history", "service", BED, after=0, limit=50)

        assert ([one.action for one in entries], more) == (["created", "changed", "quarantined"], False)
        edit = {one.pointer: (one.before, one.after, one.hidden) for one in entries[1].changes}
        assert edit == {
            "/contacts": ([], [], True),
            "/name": ("Кров мотылька", "New", False),
            "/sealed_contacts": (None, None, True),
        }
        assert entries[1].by == "xa-keepers (steward, key bbbbbbbb)" and entries[2].reason == "complaint: under review"
        assert not any(hidden in repr(entries) for hidden in (*HIDDEN, "+000 555 0100"))
        rest, more = kept.see("history", "service", BED, after=entries[0].number, limit=1)
        assert (rest, more) == (entries[1:2], True)


def test_the_worklist_says_what_is_due_first_and_why():
    """H19; standards, section 3c: 90 and 365 days, 30 and 180 for beds."""
    with keeping("sqlite://") as kept:
        tasks = kept.see("worklist", country=None, days=14, limit=50).tasks
        # The bed was verified 267 days ago, the others never.
        assert [(one.slug, one.why, one.limit_days) for one in tasks] == [
            (BED, Due.EXCLUDED, 180), (LINE, Due.NEVER, None), (OWL, Due.NEVER, None),
        ]  # fmt: skip
        assert tasks[0].due_on == tasks[0].verified_on + timedelta(days=180)
        for slug, days in ((BED, 31), (LINE, 90), (OWL, 60)):
            kept.do(ANN, "verify", slug, method="phone", role="steward", on=TODAY - timedelta(days=days))

        found = kept.see("worklist", country=None, days=14, limit=50)
        assert [(one.slug, one.why, one.due_on) for one in found.tasks] == [
            (BED, Due.WARNED, TODAY - timedelta(days=1)), (LINE, Due.COMING, TODAY),
        ]  # fmt: skip
        assert [one.slug for one in kept.see("worklist", country="UZ", days=30, limit=50).tasks] == [OWL]
        assert (len(kept.see("worklist", country=None, days=30, limit=1).tasks), found.total) == (1, 2)


def test_every_view_answers_on_both_databases(kept):
    """For a steward all of it, for a provider its own; no view tells a restricted contact."""
    kept.do(MOTH, "create_draft", a_new_service())
    kept.do(ANN, "create_draft", a_new_service("xa-moth.tea"))
    seen = []
    for who, own in ((ANN, False), (MOTH, True)):
        for kind in DraftKind:
            found, more = kept.see("records", who, kind, after="", limit=2)
            rest, _ = kept.see("records", who, kind, after=found[-1].slug, limit=9) if found else ((), False)
            seen += [*found, *rest]
            assert more is bool(rest)
            assert not own or {one.organization for one in (*found, *rest)} <= {"xa-moth"}
        drafts, _ = kept.see("drafts", who, state=None, kind=DraftKind.SERVICE, after=0, limit=9)
        assert [one.slug for _, one in drafts] == (["xa-moth.soup"] if own else ["xa-moth.soup", "xa-moth.tea"])
        seen += [kept.see("comparison", who, one) for _, one in drafts]
    seen += [kept.see("history", "service", BED, after=0, limit=9), kept.see("changes", since=None, limit=99)]
    seen.append(kept.see("worklist", country=None, days=366, limit=9))
    assert len(kept.see("worklist", country="KZ", days=366, limit=9).tasks) == 2
    assert not any(hidden in repr(seen) for hidden in HIDDEN)


def test_no_restricted_contact_is_in_the_file_in_clear(tmp_path):
    """H15: neither in drafts, nor in what is kept to answer a repeated request, nor on the chain."""
    path = tmp_path / "register.db"
    with keeping(f"sqlite:///{path}") as kept:
        contacts = [{"kind": "phone", "value": "+000 777 0123", "visibility": "restricted", "note": "knock four times"}]
        drafts = []

        def create(acts):
            drafts.append(acts.edit_record("service", BED, None, Edit(body={"contacts": contacts})))
            return {"told": repr(drafts[-1])}

        kept.stewardship.write_once(ANN, ONCE, create)
        kept.published(drafts[0])
    content = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"xa-moth.bed" in content
    assert not any(word.encode() in content for word in (*HIDDEN, "+000 777 0123", "knock four times"))


def test_two_machines_on_one_database_see_each_other(database_url):
    """Another process's stewardship works on the same drafts."""
    with keeping(database_url) as one:
        other = Keeping(database_url)
        draft = one.do(ANN, "submit", one.do(ANN, "create_draft", a_new_service()).id, None)
        assert other.do(BEN, "publish", draft.id, frozenset({draft.tag}), "").state == "published"
        assert one.record("service", "xa-moth.soup").organization == "xa-moth"
        other.store.close()


def test_the_worklist_survives_the_last_day_of_the_calendar():
    """Whatever day is on record: it is read, not reckoned past the end."""
    late = NOW.replace(year=9999, month=12, day=28)
    with keeping("sqlite://", clock=lambda: late) as kept:
        kept.do(ANN, "verify", LINE, method="phone", role="steward", on=late.date())
        kept.do(ANN, "report", LINE, capacity=Capacity.OPEN, free_places=None, as_of=late)
        assert kept.record("service", LINE).recorded.capacity_expires_at.year == 9999
        assert {one.slug for one in kept.see("worklist", country=None, days=0, limit=9).tasks} == {BED, OWL}
