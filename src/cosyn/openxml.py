"""Read XLSX workbooks exactly: the texts that were written, and what openpyxl lets through."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

if TYPE_CHECKING:
    from openpyxl import Workbook

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # of XML, whichever library reads it
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
"""What openpyxl lets through when a part of a workbook is missing, cut or nonsense."""
_LITERAL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def literal(text: str) -> str:
    """Spell a text so that spreadsheets read no letter of it as an escape, e.g. ``_x0041_``."""
    return _LITERAL.sub("_x005F_", text)


def meant(text: str, *, control: bool = False) -> str:
    """Turn escapes such as ``_x000D_`` into what they stand for; the inverse of `literal`.

    Halves of characters and NUL stay as they are written, for no text can hold them.

    Parameters
    ----------
    control : bool
        Whether other control characters and such as have no shape are meant too. A text that is
        shown to somebody does without them; one that must come back as it left does not.
    """

    def letter(found: re.Match[str]) -> str:
        meaning = chr(int(found[1], 16))
        kept = meaning.isprintable() or meaning in "\t\n\r"
        held = meaning != "\0" and not "\ud800" <= meaning <= "\udfff"
        return meaning if kept or (control and held) else found[0]

    return _ESCAPE.sub(letter, text) if "_x" in text else text


def open_book(stream: IO[bytes], *, read_only: bool = False, data_only: bool = False) -> Workbook:
    """Open a workbook whose cells hold texts as the file spells them, escapes and all.

    Parameters
    ----------
    read_only : bool
        Read rows when they are asked for; the stream has to stay open until then.
    data_only : bool
        Give what formulas came to when they were last calculated.

    Raises
    ------
    DAMAGE
        If it is no workbook, or broken.
    """
    with warnings.catch_warnings():
        # openpyxl warns of features that it would lose when writing; nothing is written here.
        warnings.simplefilter("ignore")
        reader = _Exact(stream, read_only=read_only, data_only=data_only, keep_links=False)
        reader.read()
    book: Workbook = reader.wb
    return book


def sheet_parts(stream: IO[bytes]) -> dict[str, str]:
    """Name of each sheet -> the part of the archive that holds its cells.

    Raises
    ------
    DAMAGE
        If it is no workbook, or broken.
    """
    reader = ExcelReader(stream, read_only=True)
    reader.read_manifest()
    reader.read_workbook()
    return {sheet.name: str(relation.target) for sheet, relation in reader.parser.find_sheets()}


class _Exact(ExcelReader):
    """Reads shared strings as written: openpyxl drops ``x005F_`` from them wherever it stands."""

    def read_strings(self) -> None:
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as stream:
            for _, node in iterparse(stream):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    text: Any = Text.from_tree(node)
                    self.shared_strings.append(text.content)
                    node.clear()
