"""One file a synergy model: scores and syntax in, estimates and the test against the null out.

Beside the models lie functions of scores that fit no structural model.
"""

from cosyn.registry import Registry
from cosyn.synergy._fit import fit as fit_to
from cosyn.synergy._interactions import (
    Comparison,
    InteractionResult,
    Probe,
    ProductEffect,
)
from cosyn.synergy._matchings import Matched, matchings, spread
from cosyn.synergy._types import (
    Effect,
    LevelEstimate,
    Levels,
    Matching,
    Scores,
    Synergy,
    SynergyResult,
    Task,
)

BESIDE = frozenset(
    {
        "asymmetry",
        "balance",
        "bottleneck",
        "calibration",
        "calibration_robustness",
        "configurations",
        "congruence",
        "coupling",
        "dyads",
        "latent_balance",
        "necessity",
        "set_relations",
        "truth_table",
    }
)
SYNERGIES = Registry("cosyn.synergy", Synergy, beside=BESIDE)

__all__ = [
    "SYNERGIES",
    "Comparison",
    "Effect",
    "InteractionResult",
    "LevelEstimate",
    "Levels",
    "Matched",
    "Matching",
    "Probe",
    "ProductEffect",
    "Scores",
    "Synergy",
    "SynergyResult",
    "Task",
    "fit_to",
    "matchings",
    "spread",
]
