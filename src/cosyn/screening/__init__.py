"""Careless respondents: one file a rule, answers and thresholds in, flags out; none deleted."""

from cosyn.screening._screen import (
    RULES,
    Agreement,
    Screened,
    screen,
    screening_items,
    sheet_of,
)
from cosyn.screening._types import Rule, Sheet, Verdict

__all__ = [
    "RULES",
    "Agreement",
    "Rule",
    "Screened",
    "Sheet",
    "Verdict",
    "screen",
    "screening_items",
    "sheet_of",
]
