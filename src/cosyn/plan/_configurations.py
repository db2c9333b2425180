"""Qualitative comparative analysis of departments."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from cosyn.plan._base import Name, Share, Strict


def _ordered(anchors: tuple[float, float, float]) -> tuple[float, float, float]:
    if not anchors[0] < anchors[1] < anchors[2]:
        raise ValueError("full non-membership, crossover and full membership must rise")
    return anchors


class RowCuts(Strict):
    """When a row of the truth table counts, and when as sufficient.

    Attributes
    ----------
    frequency : int or None
        Departments that a row needs; None for 1.5 % of them, but fewer if so many would keep less
        than `kept` of them.
    consistency, pri : float
        Least of a sufficient row.
    """

    consistency: Share = 0.8
    pri: Share = 0.7
    kept: Share = 0.8
    frequency: Annotated[int, Field(ge=1)] | None = None


class Configurations(Strict):
    """Which combinations of conditions go with the outcome, department by department.

    Attributes
    ----------
    outcome : str
        A facet or construct, as every condition.
    anchors : dict
        Response format -> scores that are fully out of, at the crossover of, and fully in a set; a
        condition's or the outcome's own name instead of a format is asked first.
    expectations : dict
        Condition -> whether its presence or its absence is expected to help the outcome;
        conditions left out have no expectation.
    negated : bool
        Whether the absence of the outcome is analysed as well.
    shifts : tuple of float
        Scores by which anchors are moved, one at a time, to see whether the solution stays.
    """

    outcome: Name
    conditions: Annotated[tuple[Name, ...], Field(min_length=2, max_length=8)]
    anchors: dict[Name, Annotated[tuple[float, float, float], AfterValidator(_ordered)]]
    expectations: dict[Name, Literal["present", "absent"]] = Field(default={})
    cuts: RowCuts = RowCuts()
    negated: bool = True
    shifts: tuple[float, ...] = (-0.5, 0.5)

    @model_validator(mode="after")
    def _expectations_of_conditions(self) -> Self:
        strangers = sorted(set(self.expectations) - set(self.conditions))
        if strangers:
            raise ValueError(f"expectations of what is no condition: {', '.join(strangers)}")
        return self
