"""A figure as one inline ``<svg>`` element: text as outlines, the same bytes on every run."""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from typing import TYPE_CHECKING

import matplotlib as mpl

from cosyn.report.figures._style import defaults

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS_PER_INCH = 96
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_NOISE = re.compile(r"<!--.*?-->|<style.*?</style>", re.DOTALL)
_BLANKS = re.compile(r"\n\s*|\s+(?=<)")
_REFERENCE = re.compile(r'(href="#|url\(#)([^")]+)')
_ID = re.compile(r' id="([^"]+)"')
_ROOT = re.compile(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>')


def to_svg(figure: Figure, *, title: str, prefix: str) -> str:
    """Render a figure for the inside of an HTML page.

    Parameters
    ----------
    figure : Figure
        From any function of this package.
    title : str
        What a screen reader says instead of the picture.
    prefix : str
        Put before every element id; must differ between the figures of one page.

    Returns
    -------
    str
        An ``<svg>`` element without prolog that fills the width it is given, up to its own.
    """
    drawing = _NOISE.sub("", _drawn(figure))
    drawing = _renumber(_BLANKS.sub("", drawing[drawing.index("<svg") :]), prefix)
    width = round(figure.get_figwidth() * PIXELS_PER_INCH)
    return _ROOT.sub(lambda root: _opening(root[1], width, title, prefix), drawing, count=1)


def _renumber(drawing: str, prefix: str) -> str:
    """Give short ids of this figure's own to what is referred to; take away the others."""
    names = dict.fromkeys(reference[2] for reference in _REFERENCE.finditer(drawing))
    short = {name: f"{prefix}-{number}" for number, name in enumerate(names, start=1)}
    drawing = _REFERENCE.sub(lambda found: f"{found[1]}{short[found[2]]}", drawing)
    return _ID.sub(lambda found: f' id="{short[found[1]]}"' if found[1] in short else "", drawing)


def _drawn(figure: Figure) -> str:
    """The whole file, as matplotlib writes it."""
    file = StringIO()
    with defaults():
        mpl.rcParams.update({"svg.fonttype": "path", "svg.hashsalt": "cosyn"})
        figure.savefig(file, format="svg", metadata=_NO_METADATA)
    return file.getvalue()


def _opening(view_box: str, width: int, title: str, prefix: str) -> str:
    """The root's tag and title; the line style is inherited, where a style sheet would leak."""
    look = f"width:100%;max-width:{width}px;height:auto;stroke-linejoin:round;stroke-linecap:butt"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' viewBox="{view_box}" role="img" aria-labelledby="{prefix}-caption" style="{look}">'
        f'<title id="{prefix}-caption">{escape(title)}</title>'
    )
