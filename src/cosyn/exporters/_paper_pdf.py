"""The sheet as a PDF, set by Typst with the font that travels with the program."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category

from cosyn.errors import extra

if TYPE_CHECKING:
    from typst import Fonts

    from cosyn.exporters._paper_sheet import Sheet

_FONTS = Path(__file__).parents[1] / "report" / "fonts"
_FONT = "CosynSansSC-Regular.otf"
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_EPOCH = 946_684_800  # 2000-01-01, so that the same form is the same file
_LONG_WORD = re.compile(r"[!-~]{20}(?=[!-~]{10})")


def pdf(sheet: Sheet) -> bytes:
    """Set the sheet; fonts of this computer are looked at only where ours lacks a character.

    Raises
    ------
    ExtraError
        If the optional part is not installed.
    """
    with extra("paper"):
        import typst  # noqa: PLC0415 - an optional part
    content = json.dumps(asdict(sheet), ensure_ascii=False)
    compiler = typst.Compiler(
        _template(),
        font_paths=_fonts(system=bool(unknown(content))),
        sys_inputs={"sheet": _LONG_WORD.sub("\\g<0>\u200b", content), "qr": _qr(sheet.code)},
    )
    set_in_type = compiler.compile(format="pdf", timestamp=_EPOCH)
    assert isinstance(set_in_type, bytes), "a PDF is one file"
    return set_in_type


def unknown(text: str) -> list[str]:
    """Visible characters that the font lacks, each once, as they come."""
    known = _known()
    lacking = (c for c in dict.fromkeys(text) if ord(c) not in known)
    return [c for c in lacking if category(c) not in _INVISIBLE]


@cache
def _template() -> bytes:
    return files("cosyn.exporters").joinpath("templates", "paper.typ").read_bytes()


@cache
def _fonts(*, system: bool) -> Fonts:
    import typst  # noqa: PLC0415 - an optional part

    return typst.Fonts(include_system_fonts=system, font_paths=[_FONTS])


@cache
def _known() -> frozenset[int]:
    """Code points of the font."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - slow to import

    return frozenset(FT2Font(_FONTS / _FONT).get_charmap())


def _qr(code: str) -> str:
    """Draw the code; it may be read with a seventh of it soiled."""
    with extra("paper"):
        import segno  # noqa: PLC0415 - an optional part
    drawn = BytesIO()
    segno.make_qr(code, error="m").save(drawn, kind="svg", xmldecl=False, border=2)
    return drawn.getvalue().decode()
