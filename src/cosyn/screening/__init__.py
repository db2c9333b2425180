"""Careless respondents: one file a rule, answers and thresholds in, flags out; nothing is deleted."""

from cosyn.registry import Registry
from cosyn.screening._screen import Agreement, Screened, screen, screening_items
from cosyn.screening._types import Rule, Sheet, Verdict

RULES = Registry("cosyn.screening", Rule)

__all__ = [
    "RULES",
    "Agreement",
    "Rule",
    "Screened",
    "Sheet",
    "Verdict",
    "screen",
    "screening_items",
]
