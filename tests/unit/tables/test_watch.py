"""Whoever watches the reading of a file is told how far it has come."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosyn.tables import read_table, watched

ROWS = 20_000


@pytest.mark.parametrize("mark", ['"a;b"', "1"], ids=["quoted", "plain"])
def test_shares_grow_to_the_whole(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("A,B\n" + f"{mark},2\n" * ROWS, encoding="utf-8")
    shares: list[float] = []
    with watched(shares.append):
        read_table(path)
    assert len(shares) >= 2
    assert shares == sorted(shares)
    assert shares[0] < 0.6
    assert shares[-1] == pytest.approx(1, abs=0.001)


def test_nobody_need_watch(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("A,B\n1,2\n", encoding="utf-8")
    shares: list[float] = []
    with watched(shares.append):
        pass
    assert read_table(path).n == 1
    assert shares == []
