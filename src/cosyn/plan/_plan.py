"""``analysis/plan.yaml`` as a whole."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._balance import Balance
from cosyn.plan._base import Name, Share, Strict, Texts
from cosyn.plan._comparison import Comparison
from cosyn.plan._configurations import Configurations
from cosyn.plan._coupling import Coupling
from cosyn.plan._criterion import Criterion, Retest
from cosyn.plan._departments import Departments
from cosyn.plan._dimensionality import Dimensionality
from cosyn.plan._dyads import Dyads
from cosyn.plan._estimation import Estimation
from cosyn.plan._hypotheses import Hypotheses
from cosyn.plan._items import Items
from cosyn.plan._models import Measurement, Structure
from cosyn.plan._necessity import Necessity
from cosyn.plan._panel import PanelRule
from cosyn.plan._reliability import ReliabilityRule
from cosyn.plan._robustness import Robustness
from cosyn.plan._two_lines import TwoLines
from cosyn.plan._validity import InvarianceRule, MethodBias, Validity


class ScoreRule(Strict):
    """How a facet score is made of its items: their mean, if enough were answered."""

    minimum_answered: Annotated[int, Field(ge=1)]


class Convention(Strict):
    """A customary cutoff with its source; printed beside a result, never a verdict."""

    statistic: Name
    at_least: float | None = None
    at_most: float | None = None
    source: str


class Plan(Strict):
    """``analysis/plan.yaml``.

    Attributes
    ----------
    labels : dict
        What model files define and the instrument does not know (factors of factors, defined
        parameters) -> what reports call it, by language.
    """

    version: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    confidence: Share
    form: Name | None = None
    minimum_cell: Annotated[int, Field(ge=1)]
    steps: Annotated[tuple[Name, ...], Field(min_length=1)]
    facet_scores: ScoreRule
    estimation: Estimation = Estimation()
    items: Items | None = None
    departments: Departments | None = None
    reliability: ReliabilityRule | None = None
    dimensionality: Dimensionality | None = None
    measurement: Measurement | None = None
    structure: Structure | None = None
    validity: Validity | None = None
    invariance: InvarianceRule | None = None
    method_bias: MethodBias | None = None
    criterion: Criterion | None = None
    retest: Retest | None = None
    necessity: Necessity | None = None
    configurations: Configurations | None = None
    balance: Balance | None = None
    two_lines: TwoLines | None = None
    coupling: Coupling | None = None
    dyads: Dyads | None = None
    hypotheses: Hypotheses | None = None
    comparison: Comparison | None = None
    robustness: Robustness | None = None
    panel: PanelRule | None = None
    labels: dict[Name, Texts] = Field(default={})
    conventions: tuple[Convention, ...] = ()
