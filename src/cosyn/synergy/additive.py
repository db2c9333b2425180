"""The additive model: the dynamics add up, and nothing more. The null of every synergy claim."""

from cosyn.synergy._fit import estimate
from cosyn.synergy._types import Scores, Synergy, SynergyResult, Task


def run(scores: Scores, task: Task) -> SynergyResult:
    """Fit the model as it is written."""
    return estimate(scores, task.syntax, task.where, robust=task.robust)


SYNERGY = Synergy("additive", run, null_is_restricted=True)
