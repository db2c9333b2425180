"""A plan in a hurry: fewer draws and no repetitions, for a first look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from cosyn.plan._plan import Plan

M = TypeVar("M", bound=BaseModel)
FEWEST: dict[str, Any] = {
    "bootstrap": 0,
    "draws": 20,
    "replicates": 100,
    "starts": 1,
    "variants": (),
    "ordinal": False,
    "categories": None,
}
"""What takes the place of settings of these names wherever they stand; never more than before."""
LEFT_OUT = frozenset({"robustness"})


def quick(plan: Plan) -> Plan:
    """The plan with few draws, no variants, no models on which nothing rests, and no grid."""
    steps = tuple(step for step in plan.steps if step not in LEFT_OUT)
    changed: dict[str, Any] = {"steps": steps}
    if plan.structure is not None:
        models = tuple(model for model in plan.structure.models if not model.exploratory)
        changed["structure"] = _fewer(plan.structure.model_copy(update={"models": models}))
    return _fewer(plan).model_copy(update=changed)


def _fewer(section: M) -> M:
    changed: dict[str, Any] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if name in FEWEST:
            least = FEWEST[name]
            changed[name] = min(value, least) if isinstance(value, int) else least
        elif isinstance(value, BaseModel):
            changed[name] = _fewer(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            changed[name] = tuple(_fewer(each) for each in value)
    return section.model_copy(update=changed)
