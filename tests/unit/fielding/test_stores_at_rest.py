"""Stores at rest share no value, and say so when they cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.fielded_wave import admitted, answer, complete, instrument, invite, new_desk

from cosyn.errors import StoreError
from cosyn.fielding import desk as desks
from cosyn.fielding import schema
from cosyn.fielding.counts import counts
from cosyn.fielding.database import NAMES, metadata, reading
from cosyn.fielding.desk import Desk, change, draft_of, hand_in, is_spent
from cosyn.fielding.opening import make_wave
from cosyn.fielding.settings import Settings
from cosyn.fielding.types import Change
from cosyn.fielding.urn import draw


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(tmp_path / "fielding" / "1", settings=Settings(smallest_batch=3))
    yield opened
    opened.close()


def values(desk: Desk, name: str) -> set[str | bytes]:
    """Every text and blob of a store but what it says of itself and codes of departments."""
    store = desk.roster if name == "roster" else desk.answers
    found: set[str | bytes] = set()
    with reading(store) as connection:
        for table in metadata(store.name).sorted_tables:
            if table.name != "settings":
                for row in connection.execute(select(table)):
                    found |= {value for value in row if isinstance(value, str | bytes)}
    return found - {"D1", "D2"}


def test_no_value_stands_in_both_stores_and_no_token_in_either(desk: Desk) -> None:
    tokens = [invite(desk, person=f"P{number}") for number in range(6)]
    for token in tokens[:4]:
        complete(desk, token, {"IPG1": "3"})
    answer(desk, tokens[4], {"IPG1": "3"})
    before = values(desk, "roster") & values(desk, "answers")
    draw(desk)
    assert not before
    assert not values(desk, "roster") & values(desk, "answers")
    content = b"".join(path.read_bytes() for path in desk.folder.glob("*.sqlite*"))
    assert not any(token.encode() in content for token in tokens)


def test_rows_tell_no_order_of_arrival(desk: Desk) -> None:
    for _ in range(8):
        complete(desk, invite(desk), {"IPG1": "3"})
    for name in NAMES:
        for table in metadata(name).sorted_tables:
            assert table.dialect_options["sqlite"]["with_rowid"] is False
    with reading(desk.answers) as connection:
        found = list(connection.execute(select(schema.envelopes.c.id)).scalars())
    assert found == sorted(found)


def full(desk: Desk) -> None:
    """Let the answers store grow no further, as on a full disk: SQLite then says SQLITE_FULL."""
    with desk.answers.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_said_and_what_was_acknowledged_stays(desk: Desk) -> None:
    admission = answer(desk, invite(desk), {"IPG1": "3"})
    full(desk)
    large = {f"I{number}": "x" * 500 for number in range(200)}
    with pytest.raises(StoreError, match="the disk is full") as caught:
        change(desk, admission, Change("n", answers=large))
    assert caught.value.code == "store.no-space"
    found = draft_of(desk, admission)
    assert found is not None
    assert found.answers == {"IPG1": "3"}


def test_a_store_that_cannot_be_written_is_said(desk: Desk) -> None:
    admission = answer(desk, invite(desk), {"IPG1": "3"})
    with desk.answers.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="cannot be written to") as caught:
        hand_in(desk, admission)
    assert caught.value.code == "store.read-only"


def test_a_file_that_is_no_store_is_named(desk: Desk) -> None:
    desk.close()
    for end in ("-wal", "-shm"):
        (desk.folder / f"answers.sqlite{end}").unlink(missing_ok=True)
    (desk.folder / "answers.sqlite").write_bytes(b"no database at all" * 300)
    with pytest.raises(StoreError) as caught:
        desks.open_desk(desk.folder)
    assert caught.value.code == "store.damaged"


@pytest.mark.parametrize("step", ["deposit", "insert_new", "note", "counted_up"])
def test_a_crash_at_any_step_of_handing_in_leaves_the_draft(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    token = invite(desk)
    admission = answer(desk, token, {"IPG1": "3"})

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError(step)

    with monkeypatch.context() as patched:
        patched.setattr(desks, step, crash)
        with pytest.raises(RuntimeError):
            hand_in(desk, admission)
    assert not is_spent(desk, token)
    assert counts(desk).departments[0].envelopes == 0
    assert counts(desk).waiting == 0
    assert draft_of(desk, admission) is not None
    assert hand_in(desk, admitted(desk, token))
    assert counts(desk).departments[0].envelopes == 1


def test_a_wave_that_could_not_be_made_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "fielding" / "1"
    folder.mkdir(parents=True)
    (folder / "answers.sqlite").write_bytes(b"of somebody else")
    with pytest.raises(StoreError) as caught:
        make_wave(folder, instrument(), Settings(), lock="0" * 64)
    assert caught.value.code == "field.store-exists"
    assert [path.name for path in folder.iterdir()] == ["answers.sqlite"]
    (folder / "answers.sqlite").unlink()
    make_wave(folder, instrument(), Settings(), lock="0" * 64)
    with pytest.raises(StoreError) as caught:
        make_wave(folder, instrument(), Settings(), lock="0" * 64)
    assert caught.value.code == "field.wave-exists"
    (folder / "wave.json").unlink()
    with pytest.raises(StoreError) as caught:
        make_wave(folder, instrument(), Settings(), lock="0" * 64)
    assert caught.value.code == "field.keys-exist"
    assert (folder / "keys" / "answers.key").exists()
