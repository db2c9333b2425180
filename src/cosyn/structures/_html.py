"""Texts that were escaped as HTML, read back."""

from __future__ import annotations

from html import unescape


def from_html(text: str) -> str:
    """Undo what exporters do to a text for a target that shows HTML."""
    return unescape(text.replace("<br>", "\n"))
