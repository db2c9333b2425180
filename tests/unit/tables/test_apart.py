"""What a function says in a process of its own is heard here, and how it ended."""

from __future__ import annotations

import os
import sys

import pytest

from cosyn.tables._apart import Damaged, apart, insist


def said(*texts: str) -> list[str]:
    sys.stderr.write("noise")
    return [*texts, str(os.getpid())]


def refused(text: str) -> None:
    raise Damaged(text)


def greedy() -> None:
    raise MemoryError


def wrong() -> None:
    raise KeyError("ours")


def test_what_it_returns_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    first, second, process = apart(said, "部门 \udc80", "")
    assert (first, second) == ("部门 \udc80", "")
    assert int(process) != os.getpid()
    assert capfd.readouterr() == ("", "")


def test_what_the_library_says_comes_back() -> None:
    with pytest.raises(Damaged, match=r"^a cut\nfile$"):
        apart(refused, "a cut\nfile")
    with pytest.raises(Damaged, match="no memory"):
        apart(greedy)


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
