"""One self-contained HTML page: nothing is fetched, and it prints."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from cosyn.report._types import Renderer

if TYPE_CHECKING:
    from cosyn.report._types import Document

#: Characters from which a cell's text is given room on a narrow screen.
LONG_TEXT = 12
#: Characters up to which a cell's text stays in one line: Chinese could be broken anywhere.
SHORT_TEXT = 5


def render(document: Document) -> bytes:
    """Lay a document out as a page."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    template = environment.from_string(_asset("report.html.j2"))
    page = template.render(
        d=document,
        t=document.phrases,
        long_text=LONG_TEXT,
        short_text=SHORT_TEXT,
        style=_asset("report.css"),
        # A JSON string without markup is a CSS string too.
        banner_css=json.dumps(document.banner.replace("<", ""), ensure_ascii=False),
    )
    return page.encode()


def _asset(name: str) -> str:
    return files("cosyn.report.renderers").joinpath("templates", name).read_text(encoding="utf-8")


RENDERER = Renderer("html", "html", render)
