"""The analysis plan as data: what is asked of the responses, in what order, by what rule."""

from cosyn.plan._balance import Balance
from cosyn.plan._comparison import ComparedEntry, Comparison
from cosyn.plan._configurations import Configurations, RowCuts
from cosyn.plan._coupling import Coupling
from cosyn.plan._criterion import Criterion, CriterionPair, Retest
from cosyn.plan._departments import Departments
from cosyn.plan._derive import Derive
from cosyn.plan._dimensionality import Dimensionality, ParallelRule
from cosyn.plan._dyads import Dyads, Pair
from cosyn.plan._estimation import Estimation
from cosyn.plan._hypotheses import Hypotheses, Hypothesis
from cosyn.plan._items import Items, ProbeRule
from cosyn.plan._load import (
    SCREENING,
    LoadedPlan,
    load_plan,
    load_population,
    population_names,
)
from cosyn.plan._models import Measurement, ModelEntry, Structure, StructureEntry, Variant
from cosyn.plan._necessity import Necessity
from cosyn.plan._panel import Cutoff, PanelRule
from cosyn.plan._plan import Convention, Plan, ScoreRule
from cosyn.plan._population import Careless, FieldWave, OutcomeRule, Population, Told
from cosyn.plan._quick import quick
from cosyn.plan._reliability import ReliabilityRule
from cosyn.plan._robustness import Robustness
from cosyn.plan._two_lines import TwoLines
from cosyn.plan._validity import InvarianceRule, MethodBias, OrdinalLadder, Validity

__all__ = [
    "SCREENING",
    "Balance",
    "Careless",
    "ComparedEntry",
    "Comparison",
    "Configurations",
    "Convention",
    "Coupling",
    "Criterion",
    "CriterionPair",
    "Cutoff",
    "Departments",
    "Derive",
    "Dimensionality",
    "Dyads",
    "Estimation",
    "FieldWave",
    "Hypotheses",
    "Hypothesis",
    "InvarianceRule",
    "Items",
    "LoadedPlan",
    "Measurement",
    "MethodBias",
    "ModelEntry",
    "Necessity",
    "OrdinalLadder",
    "OutcomeRule",
    "Pair",
    "PanelRule",
    "ParallelRule",
    "Plan",
    "Population",
    "ProbeRule",
    "ReliabilityRule",
    "Retest",
    "Robustness",
    "RowCuts",
    "ScoreRule",
    "Structure",
    "StructureEntry",
    "Told",
    "TwoLines",
    "Validity",
    "Variant",
    "load_plan",
    "load_population",
    "population_names",
    "quick",
]
