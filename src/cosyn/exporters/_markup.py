"""Texts for targets that show them as HTML: nothing in a text becomes markup."""

from __future__ import annotations

from html import escape

# What a parser of lines or of blanks would eat.
_KEPT = {ord(c): f"&#{ord(c)};" for c in "\t\u2028\u2029"} | {ord("\n"): "<br>"}


def as_html(text: str) -> str:
    """Escape a text; its line breaks are kept as ``<br>``, in one line."""
    return escape(text, quote=False).translate(_KEPT)
