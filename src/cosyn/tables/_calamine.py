"""Workbooks that calamine reads: the values that were last calculated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded
from cosyn.errors import ResponseError, extra
from cosyn.tables._sheets import damaged, sheet_table

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.tables._types import RawTable

_APART = "cosyn.tables._calamine_apart"


def read_workbook(path: Path) -> RawTable:
    """Read the first sheet with data, visible ones first; its first filled row is the header.

    Raises
    ------
    ExtraError
        If the optional part `spreadsheets` is not installed.
    ResponseError
        ``response.damaged-workbook``, ``response.locked``, ``response.empty-file`` or
        ``response.empty-header``.
    """
    with extra("spreadsheets"):
        import python_calamine  # noqa: F401, PLC0415 - an optional part
    with guarded(path, "read"):
        content = path.read_bytes()
    answer = _apart(content)
    if "sheets" not in answer:
        raise _fault(path, **answer)
    if not answer["sheets"]:
        what = "no sheet holds a row"
        raise ResponseError("response.empty-file", path.name, what, "Export the answers again")
    (_, rows), *_ = answer["sheets"]
    return sheet_table(list(map(tuple, rows)), path.name, [name for name, _ in answer["sheets"]])


def _apart(content: bytes) -> dict[str, Any]:
    """Read the sheets in a process of its own.

    The library is written in Rust: of a damaged file it may print a report of its own to
    standard error, or end the process, and neither can be kept from it within this one without
    taking standard error from every other thread.
    """
    found = subprocess.run(  # noqa: S603 - this Python, and a module of ours
        [sys.executable, "-P", "-m", _APART],
        input=content,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if found.returncode:
        return {"fault": "crash", "reason": "the library that reads it gave up"}
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


def _fault(path: Path, fault: str, reason: str) -> ResponseError:
    if fault == "PasswordError":
        fix = "Open it, remove the password and save it again"
        return ResponseError("response.locked", path.name, "the workbook has a password", fix)
    return damaged(path.name, reason or fault)
