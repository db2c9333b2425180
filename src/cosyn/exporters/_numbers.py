"""How a number is written in a questionnaire's file."""

from __future__ import annotations


def plain(number: float) -> str:
    """Write a number out as people do: ``2.5``, ``1000000``, never ``600.0`` or ``6e+02``."""
    return str(int(number)) if float(number).is_integer() else repr(number)
