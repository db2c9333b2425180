"""The default study's plan with the whole syntax of its models, as `survey analyze` has it."""

from __future__ import annotations

from cosyn.derivation import with_models
from cosyn.instrument.load import load_instrument
from cosyn.plan import LoadedPlan, load_plan
from cosyn.study import bundled


def planned() -> LoadedPlan:
    return with_models(load_plan(bundled() / "analysis"), load_instrument(bundled() / "instrument"))
