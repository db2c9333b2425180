"""One file a synergy model: scores and syntax in, estimates and the test against the null out."""

from cosyn.registry import Registry
from cosyn.synergy._types import Effect, Scores, Synergy, SynergyResult, Task

SYNERGIES = Registry("cosyn.synergy", Synergy)

__all__ = ["SYNERGIES", "Effect", "Scores", "Synergy", "SynergyResult", "Task"]
