"""The store adds imports whole or not at all, forgets nothing, and says what is wrong with it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cosyn import store
from cosyn.errors import ResponseError, StoreError, SurveyError
from cosyn.instrument.types import Missing
from cosyn.responses import Cell, Submission, submissions_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE, OTHER = "a" * 64, "b" * 64


def submission(row: int, department: str = "财政局", raw: str = "5") -> Submission:
    answers = {
        "B1": Cell(raw, 5.0, Missing.ANSWERED),
        "A1": Cell(" ' \"; --\u2028\U0001f600", None, Missing.INVALID),
        "N1": Cell("0.1", 0.1, Missing.ANSWERED),
    }
    return Submission(
        f"{1000 - row:016x}", "r", department, "2026", "zh-Hans", "long", "d" * 64, row, answers
    )


THREE = tuple(submission(row) for row in (2, 3, 5))


def append(
    path: Path,
    submissions: Sequence[Submission] = THREE,
    *,
    sha256: str = FILE,
    simulated: bool = False,
    mapping: str = "",
    replace: bool = False,
) -> store.StoredImport | None:
    return store.append(
        path,
        submissions_of(submissions),
        file="answers.csv",
        sha256=sha256,
        importer="delimited",
        simulated=simulated,
        mapping=mapping,
        replace=replace,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "数据 #1?%20" / "responses.sqlite"


def test_what_was_added_is_read_back(path: Path) -> None:
    added = append(path)
    assert added is not None
    assert (added.id, added.file, added.rows, added.superseded) == (1, "answers.csv", 3, False)
    assert len(added.imported_at) == len("2026-01-31")
    stored = store.read(path)
    assert tuple(stored.submissions) == THREE
    assert (stored.imports, stored.simulated) == ((added,), False)


def test_there_is_nothing_before_the_first_import(path: Path) -> None:
    stored = store.read(path)
    assert (tuple(stored.submissions), stored.imports, stored.simulated) == ((), (), False)
    assert store.history(path) == ()
    assert not path.exists()


def test_the_same_file_is_added_once(path: Path) -> None:
    append(path)
    before = path.read_bytes()
    assert append(path) is None
    assert path.read_bytes() == before


def test_files_are_read_in_the_order_of_their_import_and_rows(path: Path) -> None:
    append(path, THREE[::-1], sha256=OTHER)
    append(path, THREE[:1])
    assert [s.row for s in store.read(path).submissions] == [2, 3, 5, 2]


def test_replacing_supersedes_and_deletes_nothing(path: Path) -> None:
    append(path)
    append(path, THREE[:1], replace=True)
    stored = store.read(path)
    assert tuple(stored.submissions) == THREE[:1]
    assert [i.superseded for i in stored.imports] == [False]
    assert [(i.id, i.rows, i.superseded) for i in store.history(path)] == [
        (1, 3, True),
        (2, 1, False),
    ]
    assert append(path, THREE[:1]) is None


def test_a_superseded_file_may_come_back(path: Path) -> None:
    append(path)
    append(path, sha256=OTHER, replace=True)
    assert append(path) is not None
    assert len(store.read(path).submissions) == 6


def test_real_and_simulated_answers_do_not_mix(path: Path) -> None:
    append(path)
    for simulated in (True, False):
        with pytest.raises(ResponseError, match="--replace") as caught:
            append(
                path,
                sha256=OTHER if simulated else "c" * 64,
                simulated=not store.read(path).simulated,
            )
        assert caught.value.code == "response.mixed-simulated"
        append(path, sha256=OTHER, simulated=simulated, replace=True)
        assert store.read(path).simulated is simulated
    assert len(store.read(path).submissions) == 3


def test_one_file_under_two_mappings_must_not_count_double(path: Path) -> None:
    append(path)
    with pytest.raises(ResponseError, match="row 2 of this file") as caught:
        append(path, mapping=OTHER)
    assert caught.value.code == "response.rows-twice"
    second_wave = [replace(s, wave="2027", id=s.id[::-1]) for s in THREE]
    assert append(path, second_wave, mapping=OTHER) is not None
    assert len(store.read(path).submissions) == 6


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("1", "2", "3"))
    append(one)
    append(two, sha256=OTHER)
    append(two, THREE[::-1], replace=True)
    append(three, (*THREE[:2], submission(5, raw="5.0")))
    assert store.digest(one) == store.digest(two)
    assert store.digest(one) != store.digest(three)
    simulated = tmp_path / "4"
    append(simulated, simulated=True)
    assert store.digest(one) != store.digest(simulated)
    assert store.digest(tmp_path / "none") == store.digest(tmp_path / "nothing")


def test_an_error_inside_leaves_the_former_state(path: Path) -> None:
    append(path)
    twice = (submission(7), submission(7))
    with pytest.raises(AssertionError, match="one submission"):
        append(path, twice, sha256=OTHER)
    assert tuple(store.read(path).submissions) == THREE
    assert [i.id for i in store.history(path)] == [1]


CHILD = """
import os, signal, sys
from pathlib import Path
from cosyn import store
from cosyn.store import _store
from cosyn.responses import Submission, submissions_of

real = _store.insert
def insert(connection, row, lines):
    done = real(connection, row, lines)
    connection.execute("PRAGMA cache_spill = 1")
    print("written", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

_store.insert = insert
many = [Submission(f"{i:016x}", "", "D" * 200, "", "", "", "", i, {}) for i in range(30_000)]
store.append(Path(sys.argv[1]), submissions_of(many), file="f", sha256="b" * 64, importer="x", simulated=False)
"""


@pytest.mark.parametrize("first", [False, True], ids=["former", "first"])
def test_a_killed_import_leaves_the_former_state(path: Path, first: bool) -> None:
    if not first:
        append(path)
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=False
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert child.stdout == "written\n"
    assert path.with_name(path.name + "-journal").exists()
    assert tuple(store.read(path).submissions) == (() if first else THREE)
    assert append(path, THREE[:1], sha256=OTHER) is not None


FULL = """
import resource, sys
from pathlib import Path
from cosyn import store
from cosyn.errors import StoreError
from cosyn.responses import Submission, submissions_of

size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50_000, size + 50_000))
many = [Submission(f"{i:016x}", "", "D" * 200, "", "", "", "", i, {}) for i in range(30_000)]
try:
    store.append(Path(sys.argv[1]), submissions_of(many), file="f", sha256="b" * 64, importer="x", simulated=False)
except StoreError as error:
    print(error.code)
"""


def test_no_room_for_an_import_leaves_the_former_state(path: Path) -> None:
    append(path)
    child = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True
    )
    assert child.stdout.startswith("store.")
    assert tuple(store.read(path).submissions) == THREE


def fault(path: Path) -> SurveyError:
    with pytest.raises(StoreError) as caught:
        append(path, sha256=OTHER)
    assert str(path) in str(caught.value)
    return caught.value


def test_a_locked_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(path)
    monkeypatch.setattr("cosyn.store._file._PATIENCE_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert fault(path).code == "store.locked"
        with pytest.raises(StoreError, match="another program"):
            store.read(path)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be read as one" * 30, b"A1,A2\n1,2\n"]
)
def test_a_file_of_another_kind(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert fault(path).code == "store.damaged"
    assert path.read_bytes() == content


def test_a_database_of_another_program(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE imports (id)")
    assert fault(path).code == "store.foreign"


def test_a_file_of_a_newer_version(path: Path) -> None:
    append(path)
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    assert fault(path).code == "store.newer"
    with pytest.raises(StoreError, match="layout 99"):
        store.read(path)


def test_a_file_of_an_older_layout_is_refused(path: Path) -> None:
    append(path)
    with closing(sqlite3.connect(path)) as older:
        older.execute("PRAGMA user_version = 2")
    assert fault(path).code == "store.older"
    with pytest.raises(StoreError, match="layout 2"):
        store.read(path)


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    assert fault(path).code == "store.refused"


def test_a_file_that_may_not_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(path)
    real = sqlite3.connect

    def read_only(address: str, *arguments: Any, **named: Any) -> sqlite3.Connection:
        opened: sqlite3.Connection = real(
            address.replace("mode=rwc", "mode=ro"), *arguments, **named
        )
        return opened

    monkeypatch.setattr("cosyn.store._file.sqlite3.connect", read_only)
    found = fault(path)
    assert found.code == "store.refused"
    assert "readonly" in found.what


def test_a_cut_file(path: Path) -> None:
    append(path, [submission(i, "D" * 500) for i in range(200)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreError) as caught:
        store.read(path)
    assert caught.value.code == "store.damaged"


def test_a_changed_answer_is_noticed(path: Path) -> None:
    append(path)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE columns SET texts = replace(texts, '0.1', '0.9') WHERE name = 'N1'")
    with pytest.raises(StoreError, match="import 1 is not what was written") as caught:
        store.read(path)
    assert caught.value.code == "store.damaged"
    with pytest.raises(StoreError):
        store.digest(path)


def test_answers_given_to_another_respondent_are_noticed(path: Path) -> None:
    append(path)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(
            "UPDATE columns SET codes = (SELECT codes FROM columns WHERE kind = 'id')"
            " WHERE name = 'B1'"
        )
    with pytest.raises(StoreError, match="import 1 is not what was written"):
        store.read(path)
