"""What a function says in a process of its own is heard here, and how it ended."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from cosyn.errors import ResponseError
from cosyn.tables import RawTable, _apart, tabulate
from cosyn.tables._apart import Damaged, apart, insist


def said(*texts: str) -> RawTable:
    sys.stderr.write("noise")
    return tabulate(["a", "b", "process"], [[*texts, str(os.getpid())]], 2, warnings=["w"])


def damaged(_: str, text: str) -> RawTable:
    raise Damaged(text)


def refused(_: str, text: str) -> RawTable:
    raise ResponseError("response.empty-file", text, "it is empty", "Fill it")


def aborted(_: str) -> RawTable:
    os.abort()


def greedy(_: str) -> RawTable:
    raise MemoryError


def claiming(_: str) -> RawTable:
    bytearray(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 5 // 8)
    return tabulate(["a"], [], 2)


def endless(_: str) -> RawTable:
    while True:
        time.sleep(1)


def wrong(_: str) -> RawTable:
    raise KeyError("ours")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "部门.sav"
    file.write_bytes(b"x")
    return file


def test_what_it_returns_comes_back(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table = apart(said, path, "")
    ((number, (first, second, process)),) = table.records()
    assert (number, first, second, table.warnings) == (2, str(path), "", ("w",))
    assert int(process) != os.getpid()
    assert capfd.readouterr() == ("", "")


def test_what_the_library_says_comes_back(path: Path) -> None:
    with pytest.raises(Damaged, match=r"^a cut\nfile$"):
        apart(damaged, path, "a cut\nfile")
    with pytest.raises(Damaged, match="no memory"):
        apart(greedy, path)
    with pytest.raises(ResponseError, match=r"^t.sav: it is empty. Fill it. \[") as caught:
        apart(refused, path, "t.sav")
    assert caught.value.code == "response.empty-file"


def test_a_sudden_end_is_damage(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Damaged, match="broke down"):
        apart(aborted, path)
    assert capfd.readouterr() == ("", "")


def test_what_does_not_end_is_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_apart, "_SECONDS", 0.1)
    with pytest.raises(Damaged, match="come to an end"):
        apart(endless, path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems limit no memory")
def test_what_claims_most_of_the_memory_is_damage(path: Path) -> None:
    with pytest.raises(Damaged, match="no memory"):
        apart(claiming, path)


def test_a_bug_of_ours_keeps_its_traceback(path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"in wrong\n[^\n]*\n[^\n]*KeyError: 'ours'"):
        apart(wrong, path)


def test_a_library_that_is_not_there() -> None:
    insist("json")
    with pytest.raises(ImportError, match="'no_such_library'"):
        insist("no_such_library")
