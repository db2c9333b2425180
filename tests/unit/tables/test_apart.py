"""What a function says in a process of its own is heard here, and how it ended."""

from __future__ import annotations

import os
import sys

import pytest

from cosyn.errors import ResponseError
from cosyn.tables import RawTable, tabulate
from cosyn.tables._apart import Damaged, apart, insist


def said(*texts: str) -> RawTable:
    sys.stderr.write("noise")
    return tabulate(["a", "b", "process"], [[*texts, str(os.getpid())]], 2, warnings=["w"])


def damaged(text: str) -> RawTable:
    raise Damaged(text)


def refused(text: str) -> RawTable:
    raise ResponseError("response.empty-file", text, "it is empty", "Fill it")


def greedy() -> RawTable:
    raise MemoryError


def wrong() -> RawTable:
    raise KeyError("ours")


def test_what_it_returns_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    table = apart(said, "部门 \udc80", "")
    ((number, (first, second, process)),) = table.records()
    assert (number, first, second, table.warnings) == (2, "部门 \udc80", "", ("w",))
    assert int(process) != os.getpid()
    assert capfd.readouterr() == ("", "")


def test_what_the_library_says_comes_back() -> None:
    with pytest.raises(Damaged, match=r"^a cut\nfile$"):
        apart(damaged, "a cut\nfile")
    with pytest.raises(Damaged, match="no memory"):
        apart(greedy)
    with pytest.raises(ResponseError, match=r"^t.sav: it is empty. Fill it. \[") as caught:
        apart(refused, "t.sav")
    assert caught.value.code == "response.empty-file"


def test_a_sudden_end_is_damage(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Damaged, match="broke down"):
        apart(os.abort)
    assert capfd.readouterr() == ("", "")


def test_a_bug_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(RuntimeError, match=r"in wrong\n[^\n]*\n[^\n]*KeyError: 'ours'"):
        apart(wrong)


def test_a_library_that_is_not_there() -> None:
    insist("json")
    with pytest.raises(ImportError, match="'no_such_library'"):
        insist("no_such_library")
