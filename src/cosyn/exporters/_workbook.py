"""XLSX workbooks whose texts are texts, and that are the same file whenever they are written."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import TYPE_STRING

if TYPE_CHECKING:
    from openpyxl import Workbook

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def text_cell(sheet: Any, value: str) -> Any:
    """Make a cell that is text whatever it holds, never a formula."""
    cell = WriteOnlyCell(sheet, value="")
    cell.value = value
    cell.data_type = TYPE_STRING
    return cell


def packed(book: Workbook) -> bytes:
    """Pack a workbook with fixed times, so that the same content is the same file."""
    book.properties.created = book.properties.modified = _EPOCH
    book.properties.creator = "cosyn"
    content, again = io.BytesIO(), io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(again, "w") as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _fixed_dates(data)
            entry = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
            target.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return again.getvalue()


def _fixed_dates(core: bytes) -> bytes:
    """Write the fixed date where openpyxl stamps the time of saving."""
    text = core.decode()
    head, found, tail = text.partition("<dcterms:modified")
    if not found:
        return core
    stamp, rest = tail.split(">", 1)[0], tail.split("</dcterms:modified>", 1)[1]
    return f"{head}{found}{stamp}>2000-01-01T00:00:00Z</dcterms:modified>{rest}".encode()
