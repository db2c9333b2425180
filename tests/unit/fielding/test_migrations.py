"""A running wave survives an upgrade; a store of a newer version is left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.fielded_wave import admitted, answer, complete, invite, new_desk

from cosyn.errors import StoreError
from cosyn.fielding import migrations, schema
from cosyn.fielding.backup import read_backup
from cosyn.fielding.counts import counts
from cosyn.fielding.desk import admit, draft_of, hand_in, open_desk


@pytest.fixture
def running(tmp_path: Path) -> tuple[Path, str, str]:
    """A wave as version 1 laid it out, with a draft and a questionnaire that was handed in."""
    desk = new_desk(tmp_path / "fielding" / "1")
    begun, done = invite(desk), invite(desk)
    answer(desk, begun, {"IPG1": "2"})
    complete(desk, done, {"IPG1": "3"})
    desk.close()
    with closing(sqlite3.connect(desk.folder / "answers.sqlite", isolation_level=None)) as store:
        store.execute("DROP INDEX envelopes_by_department")
        store.execute("UPDATE settings SET value = '1' WHERE name = 'version'")
    return desk.folder, begun, done


def settings(folder: Path) -> dict[str, str]:
    with closing(sqlite3.connect(folder / "answers.sqlite")) as store:
        return dict(store.execute("SELECT name, value FROM settings"))


def test_a_running_wave_of_version_1_goes_on(running: tuple[Path, str, str]) -> None:
    folder, begun, done = running
    desk = open_desk(folder)
    draft = draft_of(desk, admitted(desk, begun))
    assert draft is not None
    assert draft.answers == {"IPG1": "2"}
    assert admit(desk, done) is None
    assert hand_in(desk, admitted(desk, begun))
    assert counts(desk).departments[0].envelopes == 2
    desk.close()
    assert settings(folder)["version"] == "2"
    (backup,) = (folder / "backups").iterdir()
    manifest, _ = read_backup(backup)
    assert (manifest.store, manifest.named["version"]) == ("answers", "1")
    open_desk(folder).close()
    assert len(list((folder / "backups").iterdir())) == 1


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    running: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _, _ = running

    def half(connection: Connection) -> None:
        schema.keyed.drop(connection)
        raise StoreError("store.no-space", "answers", "the disk is full", "Free some space")

    with monkeypatch.context() as patched:
        patched.setitem(migrations.STEPS, "answers", (half,))
        with pytest.raises(StoreError):
            open_desk(folder)
    assert settings(folder)["version"] == "1"
    open_desk(folder).close()
    assert settings(folder)["version"] == "2"


def test_a_store_of_a_newer_version_is_named_and_left_alone(
    running: tuple[Path, str, str],
) -> None:
    folder, _, _ = running
    with closing(sqlite3.connect(folder / "answers.sqlite", isolation_level=None)) as store:
        store.execute("UPDATE settings SET value = '99' WHERE name = 'version'")
    with pytest.raises(StoreError, match="newer version of this program") as caught:
        open_desk(folder)
    assert caught.value.code == "store.newer"
    assert settings(folder)["version"] == "99"
