"""A file that is refused at the last moment leaves nothing behind."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cosyn.errors import ResponseError
from cosyn.study import bundled
from cosyn.workflow.importing import import_

if TYPE_CHECKING:
    from pathlib import Path


def test_answers_that_cannot_be_stored_leave_no_report_and_nothing_apart(tmp_path: Path) -> None:
    shutil.copytree(bundled() / "instrument", tmp_path / "instrument")
    real, drawn = tmp_path / "real.csv", tmp_path / "drawn.csv"
    real.write_text("IPG1,IPG2,remark\n1,2,x\n", encoding="utf-8")
    drawn.write_text("IPG1,IPG2,simulated,remark\n1,2,simulated,y\n", encoding="utf-8")
    import_(tmp_path, real)
    data = tmp_path / "data"
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert len(before) == 3
    with pytest.raises(ResponseError) as caught:
        import_(tmp_path, drawn)
    assert caught.value.code == "response.mixed-simulated"
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before
    # A report that was there before the refusal stays.
    import_(tmp_path, real)
    assert len([path for path in data.rglob("*") if path.is_file()]) == 3
