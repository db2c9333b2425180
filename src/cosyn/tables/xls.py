"""Old Excel workbooks (XLS), which Wenjuanxing and many offices still write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.tables._calamine import read_workbook
from cosyn.tables._foreign import OLE, foreign
from cosyn.tables._types import Kind

if TYPE_CHECKING:
    from pathlib import Path


def recognises(path: Path, head: bytes) -> bool:
    """Tell whether the content is a compound file that holds a workbook without a lock."""
    return head.startswith(OLE) and foreign(path, head) is None


KIND = Kind("xls", "an old Excel workbook (XLS)", (".xls",), recognises, read_workbook)
