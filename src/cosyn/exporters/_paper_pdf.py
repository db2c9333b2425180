"""The sheet as a PDF, set by Typst with the font that travels with the program."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cosyn import typesetting

if TYPE_CHECKING:
    from cosyn.exporters._paper_sheet import Sheet


def pdf(sheet: Sheet) -> bytes:
    """Set the sheet.

    Raises
    ------
    ExtraError
        If the optional part is not installed.
    """
    content = json.dumps(asdict(sheet), ensure_ascii=False)
    return typesetting.pdf(_template(), content, {"qr": typesetting.qr_svg(sheet.code)})


@cache
def _template() -> bytes:
    return files("cosyn.exporters").joinpath("templates", "paper.typ").read_bytes()
