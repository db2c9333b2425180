"""Open workbooks that came from elsewhere."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from cosyn.structures._types import Unreadable

if TYPE_CHECKING:
    from openpyxl import Workbook

_DAMAGE = (
    # What openpyxl lets through when a part of a workbook is missing, cut or nonsense.
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


def opened(content: bytes) -> Workbook:
    """Open a workbook, or say why that cannot be done."""
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it would lose when writing; nothing is written here.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(content))
    except _DAMAGE as problem:
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise Unreadable(f"this is no workbook ({reason})") from problem
