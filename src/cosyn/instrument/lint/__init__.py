"""What is lawful but unwise: one file a theme, each remark described where it is made."""

from cosyn.instrument.lint._types import Advice, Note, Rule, Subject
from cosyn.registry import Registry

RULES = Registry("cosyn.instrument.lint", Rule)

__all__ = ["RULES", "Advice", "Note", "Rule", "Subject"]
