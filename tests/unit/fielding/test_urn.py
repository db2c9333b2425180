"""The urn: whole batches are marked and released, and nothing of them is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.fielded_wave import complete, invite, new_desk

from cosyn.errors import StoreError
from cosyn.fielding import schema, urn
from cosyn.fielding.counts import counts
from cosyn.fielding.database import reading, writing
from cosyn.fielding.desk import Desk
from cosyn.fielding.envelopes import deposit
from cosyn.fielding.restore import behind
from cosyn.fielding.settings import Settings
from cosyn.fielding.tokens import keyed_hash
from cosyn.fielding.urn import Drawn, draw, half_drawn


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(tmp_path / "fielding" / "1", settings=Settings(smallest_batch=3))
    yield opened
    opened.close()


def states(desk: Desk) -> dict[str, str]:
    with reading(desk.roster) as connection:
        rows = connection.execute(select(schema.invitations.c.hash, schema.invitations.c.state))
        return {row.hash: row.state for row in rows}


def complete_some(desk: Desk, count: int, department: str = "D1") -> list[str]:
    tokens = [invite(desk, department) for _ in range(count)]
    for token in tokens:
        complete(desk, token, {"IPG1": "3"})
    return tokens


def on_paper(desk: Desk, count: int, department: str = "D1") -> None:
    told = {"language": "en", "order": 0, "ended": "", "answers": {}, "seen": []}
    with writing(desk.answers) as connection:
        for _ in range(count):
            deposit(connection, desk.wave, desk.keys, department, told, origin="paper")


def test_nothing_happens_before_a_department_has_a_batch(desk: Desk) -> None:
    complete_some(desk, 2)
    complete_some(desk, 2, "D2")
    assert draw(desk) == Drawn()
    assert set(states(desk).values()) == {"issued"}
    assert counts(desk).waiting == 4


def test_a_batch_is_marked_and_released_together_and_its_notes_destroyed(desk: Desk) -> None:
    tokens = complete_some(desk, 4)
    complete_some(desk, 2, "D2")
    silent = invite(desk)
    assert draw(desk) == Drawn(("D1",), marked=4, released=4)
    answered = {keyed_hash(desk.keys.roster, token) for token in tokens}
    found = states(desk)
    assert {name for name, state in found.items() if state == "answered"} == answered
    assert found[keyed_hash(desk.keys.roster, silent)] == "issued"
    first, second = counts(desk).departments
    assert (first.answered, first.released, first.envelopes) == (4, 4, 4)
    assert (second.answered, second.released, second.envelopes) == (0, 0, 2)
    assert counts(desk).waiting == 2
    assert draw(desk) == Drawn()


def test_a_later_batch_waits_for_k_again(desk: Desk) -> None:
    complete_some(desk, 3)
    draw(desk)
    complete_some(desk, 2)
    assert draw(desk) == Drawn()
    complete_some(desk, 1)
    assert draw(desk).released == 3
    with reading(desk.answers) as connection:
        batches = sorted(connection.execute(select(schema.envelopes.c.batch)).scalars())
    assert batches == [1, 1, 1, 2, 2, 2]


def test_what_came_on_paper_does_not_fill_a_batch_of_notes(desk: Desk) -> None:
    complete_some(desk, 1)
    on_paper(desk, 5)
    assert draw(desk) == Drawn(), "one mark among five sheets would name one envelope's owner"
    complete_some(desk, 2)
    assert draw(desk) == Drawn(("D1",), marked=3, released=8)


def test_paper_alone_is_released_in_batches_too(desk: Desk) -> None:
    on_paper(desk, 2)
    assert draw(desk) == Drawn()
    on_paper(desk, 1)
    assert draw(desk) == Drawn(("D1",), released=3)


def test_closing_releases_everything_and_destroys_the_rest_unread(desk: Desk) -> None:
    complete_some(desk, 3)
    complete_some(desk, 2, "D2")
    assert draw(desk, closing=True) == Drawn(("D1", "D2"), marked=3, released=5, destroyed=2)
    assert sorted(states(desk).values()) == ["answered"] * 3 + ["issued"] * 2
    assert counts(desk).waiting == 0


def test_those_who_agreed_to_be_known_are_marked_at_once(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "fielding" / "1", settings=Settings(mode="identified"))
    complete_some(desk, 1)
    assert draw(desk) == Drawn(("D1",), marked=1, released=1)
    desk.close()


def test_an_invitation_issued_anew_is_marked_for_the_same_person(desk: Desk) -> None:
    tokens = [invite(desk, person=f"P{n}") for n in range(3)]
    for token in tokens:
        complete(desk, token, {})
    lost = keyed_hash(desk.keys.roster, tokens[0])
    with writing(desk.roster) as connection:
        invitations = schema.invitations
        connection.execute(
            update(invitations).where(invitations.c.hash == lost).values(state="withdrawn")
        )
    anew = invite(desk, person="P0")
    assert draw(desk).marked == 3
    found = states(desk)
    assert found[lost] == "withdrawn"
    assert found[keyed_hash(desk.keys.roster, anew)] == "answered"


def test_a_crash_between_the_stores_is_made_good_by_the_next_draw(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete_some(desk, 3)

    def crash(*_: object) -> None:
        raise StoreError("store.no-space", "answers", "the disk is full", "Free some space")

    with monkeypatch.context() as patched:
        patched.setattr(urn, "_destroy", crash)
        with pytest.raises(StoreError):
            draw(desk)
    assert set(states(desk).values()) == {"answered"}
    assert counts(desk).departments[0].released == 0
    assert half_drawn(desk) == {"D1": 3}
    assert behind(desk) == (), "nothing is lost, and the next draw releases it"
    assert draw(desk) == Drawn(("D1",), marked=0, released=3)
    assert counts(desk).waiting == 0
    assert not half_drawn(desk)


def test_nothing_destroyed_is_left_in_the_files(desk: Desk) -> None:
    complete_some(desk, 3)
    with reading(desk.answers) as connection:
        notes = connection.execute(select(schema.urn.c.id, schema.urn.c.sealed)).all()
    files = [desk.folder / f"answers.sqlite{end}" for end in ("", "-wal")]
    before = b"".join(file.read_bytes() for file in files)
    assert all(note.id.encode() in before for note in notes)
    assert draw(desk).tidied
    after = b"".join(file.read_bytes() for file in files if file.exists())
    for note in notes:
        assert note.id.encode() not in after
        assert note.sealed[:16] not in after
