"""A wave in a real PostgreSQL: the same desk, and several processes on one database."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from itertools import count
from multiprocessing.pool import ThreadPool
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from sqlalchemy import select, text
from tests.fielded_wave import admitted, answer, complete, instrument, invite, new_desk
from tests.postgresql import Server, postgresql_server
from tests.referees.tools import needs

from cosyn.errors import StoreError
from cosyn.fielding import schema
from cosyn.fielding.backup import back_up, read_backup
from cosyn.fielding.counts import counts
from cosyn.fielding.database import named_in, reading, writing
from cosyn.fielding.desk import Desk, admit, begin, change, draft_of, hand_in, open_desk
from cosyn.fielding.ending import close, destroy
from cosyn.fielding.opening import make_wave
from cosyn.fielding.released import released
from cosyn.fielding.restore import behind, restore
from cosyn.fielding.settings import Settings
from cosyn.fielding.types import Change
from cosyn.fielding.urn import Drawn, draw

pytestmark = needs("postgresql")
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql_server() as running:
        yield running


@pytest.fixture
def url(server: Server) -> str:
    return server.new_database(f"wave{next(_NUMBERS)}")


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(smallest_batch=3)
    opened = new_desk(tmp_path / "fielding" / "1", settings=settings, database=url)
    yield opened
    opened.close()


def test_a_questionnaire_is_begun_resumed_and_handed_in_once(desk: Desk, url: str) -> None:
    token = invite(desk)
    admission = answer(desk, token, {"IPG1": "3"})
    second = open_desk(desk.folder, database=url)
    found = draft_of(second, admitted(second, token))
    assert found is not None
    assert found.answers == {"IPG1": "3"}
    assert hand_in(second, admission)
    assert hand_in(desk, admission)
    assert admit(desk, token) is None
    assert begin(desk, admission, "en") is None
    assert sum(counts(desk).completed.values()) == 1
    second.close()


def test_the_stores_lie_in_two_schemas_that_share_nothing(desk: Desk) -> None:
    complete(desk, invite(desk), {"IPG1": "3"})
    with reading(desk.answers) as connection:
        rows = connection.execute(
            text(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_schema IN ('roster', 'answers', 'public')"
            )
        ).all()
    found: dict[str, set[str]] = {}
    for where, name in rows:
        found.setdefault(where, set()).add(name)
    assert found == {
        "roster": {"departments", "people", "invitations", "settings"},
        "answers": {"drafts", "spent", "envelopes", "urn", "tallies", "keyed", "settings"},
    }


def test_a_draw_leaves_rows_in_the_order_of_their_random_ids(desk: Desk) -> None:
    for _ in range(12):
        complete(desk, invite(desk), {"IPG1": "3"})
    assert draw(desk) == Drawn(("D1",), marked=12, released=12)
    with reading(desk.answers) as connection:
        physical = connection.execute(
            text("SELECT id FROM answers.envelopes ORDER BY ctid")
        ).scalars()
        assert list(physical) == sorted(connection.execute(select(schema.envelopes.c.id)).scalars())
    with reading(desk.roster) as connection:
        hashes = list(
            connection.execute(text("SELECT hash FROM roster.invitations ORDER BY ctid")).scalars()
        )
    assert hashes == sorted(hashes)


def test_a_database_with_another_wave_is_refused(desk: Desk, url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        make_wave(
            tmp_path / "fielding" / "2", instrument(), Settings(), lock="0" * 64, database=url
        )
    assert caught.value.code == "field.store-exists"
    with pytest.raises(StoreError) as caught:
        open_desk(desk.folder)
    assert caught.value.code == "field.database"


def test_an_empty_database_is_no_store(desk: Desk, server: Server) -> None:
    empty = server.new_database(f"empty{next(_NUMBERS)}")
    with pytest.raises(StoreError) as caught:
        open_desk(desk.folder, database=empty)
    assert caught.value.code == "field.no-store"


_RESPONDENT = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from cosyn.fielding.desk import admit, begin, change, hand_in, open_desk
    from cosyn.fielding.types import Change
    desk = open_desk(Path(sys.argv[1]), database=sys.argv[2])
    who = sys.argv[3]
    done = 0
    for token in sys.argv[4:]:
        admission = admit(desk, token)
        if admission is None:
            continue
        if begin(desk, admission, "en") is None:
            continue
        for number in range(5):
            sent = Change(f"{who}-{number}", page_id="p1", answers={f"{who}{number}": "1"})
            change(desk, admission, sent)
        done += hand_in(desk, admission)
    desk.close()
    print(done)
    """
)


def test_several_processes_answer_the_same_questionnaires_and_nothing_is_lost(
    desk: Desk, url: str
) -> None:
    tokens = [invite(desk) for _ in range(8)]
    running = [
        Popen(
            [sys.executable, "-c", _RESPONDENT, str(desk.folder), url, who, *tokens],
            stdout=PIPE,
            stderr=PIPE,
        )
        for who in ("A", "B", "C")
    ]
    for process in running:
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said.decode()
    told = counts(desk)
    assert sum(told.completed.values()) == 8
    assert sum(told.started.values()) == 8
    assert (told.waiting, told.drafts_by_page) == (8, {})
    assert draw(desk) == Drawn(("D1",), marked=8, released=8)


def test_two_tabs_at_once_lose_no_change(desk: Desk) -> None:
    admission = admitted(desk, invite(desk))
    begin(desk, admission, "en")
    workers = ThreadPool(4)
    with workers:
        workers.map(
            lambda n: change(
                desk, admission, Change(f"n{n}", page_id="p1", answers={f"I{n}": "1"})
            ),
            range(40),
        )
    found = draft_of(desk, admission)
    assert found is not None
    assert set(found.answers) == {f"I{n}" for n in range(40)}


def test_a_server_that_is_killed_loses_nothing_that_was_acknowledged(
    desk: Desk, server: Server
) -> None:
    token = invite(desk)
    admission = answer(desk, token, {"IPG1": "3"})
    server.stop(killed=True)
    with pytest.raises(StoreError):
        change(desk, admission, Change("late", answers={"IPG1": "4"}))
    server.start()
    found = draft_of(desk, admission)
    assert found is not None
    assert found.answers == {"IPG1": "3"}
    assert hand_in(desk, admission)


def test_a_wave_is_backed_up_restored_closed_and_destroyed(
    desk: Desk, url: str, server: Server
) -> None:
    for _ in range(3):
        complete(desk, invite(desk), {"IPG1": "3"})
    begun = invite(desk)
    answer(desk, begun, {"IPG1": "2"})
    made = [
        back_up(store, desk.folder / "backups", desk.clock())
        for store in (desk.roster, desk.answers)
    ]
    draw(desk)
    with pytest.raises(StoreError) as caught:
        restore(desk.folder, made[1].file, desk.clock(), database=url)
    assert caught.value.code == "field.live-store"
    done = restore(desk.folder, made[1].file, desk.clock(), database=url, force=True)
    assert [path.suffix for path in done.kept] == [".zip"]
    (found,) = behind(desk)
    assert (found.marked, found.released) == (3, 0)
    # Into a new database, as after the loss of the machine.
    anew = server.new_database(f"anew{next(_NUMBERS)}")
    for backup in made:
        restore(desk.folder, backup.file, desk.clock(), database=anew)
    moved = open_desk(desk.folder, database=anew)
    draft = draft_of(moved, admitted(moved, begun))
    assert draft is not None
    assert draft.answers == {"IPG1": "2"}
    close(moved)
    certificate = destroy(moved)
    assert certificate.kept["envelopes"] == 3
    with reading(moved.roster) as connection:
        assert connection.execute(select(schema.invitations)).all() == []
    moved.close()
    _, answered, _ = released(desk.folder, database=anew)
    assert len(answered) == 3


def test_a_running_wave_of_version_1_goes_on(desk: Desk, url: str) -> None:
    token = invite(desk)
    answer(desk, token, {"IPG1": "2"})
    with writing(desk.answers) as connection:
        connection.execute(text("DROP INDEX answers.envelopes_by_department"))
        connection.execute(
            schema.answers_settings.update()
            .where(schema.answers_settings.c.name == "version")
            .values(value="1")
        )
    again = open_desk(desk.folder, database=url)
    assert draft_of(again, admitted(again, token)) is not None
    assert named_in(again.answers)["version"] == "2"
    again.close()
    (backup,) = (desk.folder / "backups").iterdir()
    assert read_backup(backup)[0].named["version"] == "1"
