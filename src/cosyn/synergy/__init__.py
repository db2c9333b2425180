"""One file a synergy model: scores and syntax in, estimates and the test against the null out.

Beside the models lie functions of scores that fit no structural model.
"""

from cosyn.registry import Registry
from cosyn.synergy._types import Effect, Scores, Synergy, SynergyResult, Task

BESIDE = frozenset({"balance", "bottleneck", "congruence", "coupling", "necessity"})
SYNERGIES = Registry("cosyn.synergy", Synergy, beside=BESIDE)

__all__ = ["SYNERGIES", "Effect", "Scores", "Synergy", "SynergyResult", "Task"]
