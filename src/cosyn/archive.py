"""Office files without the time of writing, so that the same form is the same file."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import TYPE_STRING

if TYPE_CHECKING:
    from openpyxl import Workbook

EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
AUTHOR = "cosyn"


def packed(book: Workbook) -> bytes:
    """Save a workbook."""
    book.properties.created = book.properties.modified = EPOCH
    book.properties.creator = AUTHOR
    content = io.BytesIO()
    book.save(content)
    return repacked(content.getvalue())


def text_cell(sheet: Any, value: str) -> Any:
    """Make a cell that is text whatever it holds, never a formula."""
    cell = WriteOnlyCell(sheet)
    cell.value = value
    cell.data_type = TYPE_STRING
    return cell


def repacked(content: bytes) -> bytes:
    """Pack an archive again with fixed times."""
    again = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(again, "w") as target,
    ):
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _fixed_dates(data)
            entry = zipfile.ZipInfo(name, date_time=EPOCH.timetuple()[:6])
            target.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return again.getvalue()


def _fixed_dates(core: bytes) -> bytes:
    """Write the fixed date where openpyxl stamps the time of saving."""
    text = core.decode()
    head, found, tail = text.partition("<dcterms:modified")
    if not found:
        return core
    stamp, rest = tail.split(">", 1)[0], tail.split("</dcterms:modified>", 1)[1]
    return f"{head}{found}{stamp}>{EPOCH.isoformat()}Z</dcterms:modified>{rest}".encode()
