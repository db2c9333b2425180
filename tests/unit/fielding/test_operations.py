"""Backups, restoring, verifying, closing and destroying a wave."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from tests.fielded_wave import admitted, answer, complete, invite, new_desk

from cosyn.errors import StoreError
from cosyn.fielding import schema, verify
from cosyn.fielding.backup import Backup, back_up, read_backup
from cosyn.fielding.counts import counts
from cosyn.fielding.database import named_in, reading, writing
from cosyn.fielding.desk import Desk, admit, draft_of, open_desk
from cosyn.fielding.ending import close, destroy
from cosyn.fielding.events import events
from cosyn.fielding.keys import read_private
from cosyn.fielding.released import released
from cosyn.fielding.restore import behind, restore
from cosyn.fielding.settings import Settings
from cosyn.fielding.urn import draw

NAMES = {
    "files",
    "access",
    "lock",
    "log",
    "departments",
    "tombstones",
    "tallies",
    "urn",
    "batches",
    "times",
    "lengths",
    "envelopes",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(tmp_path / "fielding" / "1", settings=Settings(smallest_batch=3))
    yield opened
    opened.close()


def fill(desk: Desk, count: int, department: str = "D1") -> list[str]:
    tokens = [invite(desk, department) for _ in range(count)]
    for token in tokens:
        complete(desk, token, {"IPG1": "3"})
    return tokens


def backed_up(desk: Desk) -> tuple[Backup, Backup]:
    folder = desk.folder / "backups"
    return back_up(desk.roster, folder, desk.clock()), back_up(desk.answers, folder, desk.clock())


def test_a_backup_holds_one_store_and_neither_keys_nor_urn(desk: Desk) -> None:
    fill(desk, 2)
    roster, answers = backed_up(desk)
    assert answers.manifest.rows["envelopes"] == 2
    assert answers.manifest.rows["urn"] == 0
    assert roster.manifest.rows["invitations"] == 2
    assert "envelopes" not in roster.manifest.rows
    with zipfile.ZipFile(answers.file) as opened:
        assert sorted(opened.namelist()) == ["answers.sqlite", "manifest.json"]
        assert json.loads(opened.read("manifest.json"))["without"] == ["keys", "urn"]
        content = opened.read("answers.sqlite")
    with reading(desk.answers) as connection:
        notes = connection.execute(select(schema.urn.c.id)).scalars().all()
    assert notes
    assert not any(note.encode() in content for note in notes)
    assert answers.file.stat().st_mode & 0o077 == 0


def test_a_restored_wave_goes_on_where_the_backup_was_made(desk: Desk) -> None:
    handed_in = fill(desk, 1)[0]
    begun = invite(desk)
    answer(desk, begun, {"IPG1": "2"})
    with writing(desk.roster) as connection:
        noted = {"name": "address", "value": "https://survey.example.org"}
        connection.execute(schema.roster_settings.insert().values(**noted))
    roster, answers = backed_up(desk)
    desk.close()
    for name in ("roster", "answers"):
        for end in ("", "-wal", "-shm"):
            (desk.folder / f"{name}.sqlite{end}").unlink(missing_ok=True)
    for backup in (roster, answers):
        assert restore(desk.folder, backup.file, desk.clock()).kept == ()
    again = open_desk(desk.folder)
    draft = draft_of(again, admitted(again, begun))
    assert draft is not None
    assert draft.answers == {"IPG1": "2"}
    assert admit(again, handed_in) is None, "its tombstone refuses a second questionnaire"
    assert counts(again).departments[0].envelopes == 1
    assert named_in(again.roster)["address"] == "https://survey.example.org"
    assert named_in(again.roster)["version"] == "1"
    again.close()


def test_nothing_is_overwritten_without_a_copy(desk: Desk) -> None:
    _, answers = backed_up(desk)
    fill(desk, 1)
    desk.close()
    with pytest.raises(StoreError) as caught:
        restore(desk.folder, answers.file, desk.clock())
    assert caught.value.code == "field.live-store"
    done = restore(desk.folder, answers.file, desk.clock(), force=True)
    moved = next(path for path in done.kept if path.name == "answers.sqlite")
    with closing(sqlite3.connect(moved)) as kept:
        assert kept.execute("SELECT count(*) FROM envelopes").fetchone() == (1,)
    again = open_desk(desk.folder)
    assert counts(again).departments[0].envelopes == 0
    again.close()


def test_answers_older_than_the_roster_are_recognised(desk: Desk) -> None:
    _, answers = backed_up(desk)
    fill(desk, 3)
    draw(desk)
    assert behind(desk) == ()
    desk.close()
    restore(desk.folder, answers.file, desk.clock(), force=True)
    again = open_desk(desk.folder)
    (found,) = behind(again)
    assert (found.department, found.marked, found.released) == ("D1", 3, 0)
    assert counts(again).departments[0].answered == 3, "the marks stay"
    times = next(check for check in verify.verify(again) if check.name == "times")
    assert not times.ok
    again.close()


def test_a_backup_of_another_wave_or_a_changed_one_is_refused(desk: Desk, tmp_path: Path) -> None:
    _, answers = backed_up(desk)
    other = new_desk(tmp_path / "other" / "1")
    other.close()
    with pytest.raises(StoreError, match="another wave that has the same code"):
        restore(other.folder, answers.file, desk.clock(), force=True)
    with zipfile.ZipFile(answers.file) as opened:
        manifest = opened.read("manifest.json")
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(changed, "w") as written:
        written.writestr("manifest.json", manifest)
        written.writestr("answers.sqlite", b"else")
    with pytest.raises(StoreError, match="not what was written"):
        read_backup(changed)
    changed.write_bytes(b"no archive")
    with pytest.raises(StoreError) as caught:
        restore(desk.folder, changed, desk.clock())
    assert caught.value.code == "field.backup-damaged"


@pytest.fixture
def checked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A wave with everything in it; the lock of its study is checked elsewhere."""
    from tests.fielded_wave import instrument

    monkeypatch.setattr(verify, "instrument_of", lambda *_: instrument())
    fill(desk, 4)
    draw(desk)
    fill(desk, 2, "D2")
    answer(desk, invite(desk), {"IPG1": "3"})
    return desk


def faults(desk: Desk) -> dict[str, str]:
    private = read_private(desk.folder / "keys" / "answers.key", desk.keys.public)
    found = verify.verify(desk, private)
    assert {check.name for check in found} == NAMES
    return {check.name: check.told for check in found if not check.ok}


def test_a_whole_wave_is_found_whole(checked: Desk) -> None:
    assert faults(checked) == {}


def test_what_was_spoilt_is_named(checked: Desk) -> None:
    with writing(checked.answers) as connection:
        envelopes = schema.envelopes
        one = connection.execute(select(envelopes.c.id)).scalars().first()
        change = update(envelopes).where(envelopes.c.id == one)
        connection.execute(change.values(sealed=b"short", batch=9, department="D9"))
        row = connection.execute(select(schema.drafts.c.hash)).scalars().first()
        connection.execute(schema.spent.insert().values(hash=row))
    with writing(checked.roster) as connection:
        connection.execute(
            delete(schema.invitations).where(schema.invitations.c.department == "D2")
        )
    (checked.folder / "events.jsonl").write_text("{}\n", encoding="utf-8")
    (checked.folder / "keys" / "server.key").chmod(0o644)
    found = faults(checked)
    assert set(found) == {
        "access",
        "log",
        "departments",
        "tombstones",
        "tallies",
        "urn",
        "batches",
        "times",
        "lengths",
        "envelopes",
    }
    assert found["access"] == "others may read server.key"
    assert found["departments"] == "not in the roster: D9"
    assert found["urn"] == "2 of 2 notes name no invitation"
    assert "1 do not open" in found["envelopes"]


def test_a_closed_wave_has_released_everything_for_good(desk: Desk) -> None:
    fill(desk, 3)
    fill(desk, 1, "D2")
    drawn = close(desk)
    assert (drawn.marked, drawn.released, drawn.destroyed) == (3, 4, 1)
    assert close(desk).released == 0
    assert [event.verb for event in events(desk.folder)] == ["close", "close"]
    _, answered, waiting = released(desk.folder)
    assert (len(answered), waiting) == (4, 0)


def test_nothing_is_destroyed_before_the_wave_is_closed(desk: Desk) -> None:
    with pytest.raises(StoreError) as caught:
        destroy(desk)
    assert caught.value.code == "field.not-closed"
    close(desk)
    fill(desk, 1)
    with pytest.raises(StoreError) as caught:
        destroy(desk)
    assert caught.value.code == "field.unreleased"


def test_whatever_links_is_destroyed_and_certified(desk: Desk) -> None:
    fill(desk, 3)
    with writing(desk.roster) as connection:
        row = {"person": "P1", "department": "D1", "row": '{"name": "Li Hua"}'}
        connection.execute(schema.people.insert().values(**row))
    (desk.folder / "links").mkdir()
    (desk.folder / "links" / "people.csv").write_text("P1,https://...\n", encoding="utf-8")
    backed_up(desk)
    close(desk)
    certificate = destroy(desk)
    desk.close()
    assert certificate.rows["people"] == 1
    assert certificate.rows["invitations"] == 3
    assert certificate.kept["envelopes"] == 3
    assert "links/people.csv" in certificate.files
    assert "keys/server.key" in certificate.files
    left = sorted(
        path.relative_to(desk.folder).as_posix()
        for path in desk.folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    )
    assert left == [
        "answers.sqlite",
        "certificate.json",
        "certificate.txt",
        "events.jsonl",
        "keys/answers.key",
        "keys/answers.pub",
        "roster.sqlite",
        "schedule.json",
        "wave.json",
    ]
    assert b"Li Hua" not in b"".join(
        path.read_bytes() for path in desk.folder.glob("roster.sqlite*")
    )
    assert events(desk.folder)[-1].verb == "destroy"
    with pytest.raises(StoreError) as caught:
        open_desk(desk.folder)
    assert caught.value.code == "field.destroyed"
    _, answered, _ = released(desk.folder)
    assert len(answered) == 3, "the answers can still be imported"
    text = (desk.folder / "certificate.txt").read_text(encoding="utf-8")
    assert certificate.events in text
    assert "销毁证明" in text
