"""Set documents as PDF with Typst and the font that travels with the program; draw QR codes."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category

from cosyn.errors import extra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typst import Fonts

_FONTS = Path(__file__).parent / "report" / "fonts"
_FONT = "CosynSansSC-Regular.otf"
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_EPOCH = 946_684_800  # 2000-01-01, so that the same content is the same file
_LONG_WORD = re.compile(r"[!-~]{20}(?=[!-~]{10})")


def pdf(template: bytes, content: str, images: Mapping[str, str]) -> bytes:
    """Set a document; fonts of this computer are looked at only where ours lacks a character.

    Parameters
    ----------
    template : bytes
        Typst source that reads ``sys.inputs.sheet``, a JSON text, and ``sys.inputs`` of images.
    content : str
        JSON: every text of the document, none of which is ever read as markup. Long words may be
        broken anywhere.
    images : Mapping[str, str]
        Name -> SVG, or JSON of several.

    Raises
    ------
    ExtraError
        If the optional part `paper` is not installed.
    """
    with extra("paper"):
        import typst  # noqa: PLC0415 - an optional part
    compiler = typst.Compiler(
        template,
        font_paths=_fonts(system=bool(unknown(content))),
        sys_inputs={"sheet": _LONG_WORD.sub("\\g<0>\u200b", content), **images},
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
def _fonts(*, system: bool) -> Fonts:
    import typst  # noqa: PLC0415 - an optional part

    return typst.Fonts(include_system_fonts=system, font_paths=[_FONTS])


@cache
def _known() -> frozenset[int]:
    """Code points of the font."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - slow to import

    return frozenset(FT2Font(_FONTS / _FONT).get_charmap())


def qr_svg(text: str, part: str = "paper") -> str:
    """Draw a QR code; it may be read with a seventh of it soiled.

    Raises
    ------
    ExtraError
        If the optional part that needs it is not installed.
    """
    with extra(part):
        import segno  # noqa: PLC0415 - an optional part
    drawn = BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="svg", xmldecl=False, border=2, omitsize=True)
    return drawn.getvalue().decode()
