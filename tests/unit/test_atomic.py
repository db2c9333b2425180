"""A half-written output never replaces a good one."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cosyn.atomic import make_folder, write_all, write_bytes
from cosyn.errors import StoreError


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "数据 文件" / "a.txt"
    write_bytes(path, b"one")
    write_bytes(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_a_full_disk_leaves_the_former_files_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    write_all({first: b"old a", second: b"old b"})
    real = os.fsync
    calls: list[int] = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device") as caught:
        write_all({first: b"new a", second: b"new b"})
    assert caught.value.exit_code == 6
    assert (first.read_bytes(), second.read_bytes()) == (b"old a", b"old b")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot create the folder"):
        make_folder(tmp_path / "file" / "inside")


def test_pieces_that_break_off_leave_the_former_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_all({path: iter([b"one ", b"piece"])})
    assert path.read_bytes() == b"one piece"

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("broken off")

    with pytest.raises(RuntimeError, match="broken off"):
        write_all({path: broken()})
    assert path.read_bytes() == b"one piece"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
