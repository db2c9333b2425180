"""Workbooks that are handed to people: what they wrote into one must not be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.atomic import guarded, write_all
from cosyn.errors import ResponseError, SurveyError, raise_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_fresh(contents: Mapping[Path, bytes]) -> None:
    """Write workbooks, but over none that somebody may have filled in.

    Raises
    ------
    ResponseError, Faults
        ``workbook.exists`` for each file that is there already and differs; nothing is written.
    StoreError
        If the machine refuses.
    """
    faults: list[SurveyError] = []
    for path, content in contents.items():
        with guarded(path, "read"):
            untouched = not path.exists() or path.read_bytes() == content
        if not untouched:
            what = "there is another workbook already, which somebody may have filled in"
            fix = "Move it away, or choose another place with --out"
            faults.append(ResponseError("workbook.exists", str(path), what, fix))
    raise_all(faults)
    write_all(contents)
