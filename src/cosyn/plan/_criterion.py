"""Criteria outside the respondents' own answers, and a second occasion."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosyn.plan._base import Name, Strict
from cosyn.plan._panel import Cutoff


class CriterionPair(Strict):
    """A score and what it should go with.

    Attributes
    ----------
    score : str
        Facet or construct that respondents answered.
    criterion : str
        Item, facet or construct of the other form; of the latter the mean of the items.
    """

    score: Name
    criterion: Name
    expected: Literal["positive", "negative"]


class Criterion(Strict):
    """Means of departments against what somebody else says of them.

    Attributes
    ----------
    form : str
        The form of those who tell the criteria; they are no respondents.
    strong : Cutoff
        Correlation, in the expected direction, below which a pair is named.
    """

    form: Name
    strong: Cutoff
    pairs: Annotated[tuple[CriterionPair, ...], Field(min_length=1)]


class Retest(Strict):
    """Whether scores are the same on a second occasion.

    Attributes
    ----------
    form : str or None
        The second occasion's form, if it has one of its own; else the second wave is it.
    linked : int
        Fewest respondents, or departments, on both occasions, below which the result is unsure.
    stable : Cutoff
        Intraclass correlation below which a scale is named.
    """

    form: Name | None = None
    linked: Annotated[int, Field(ge=4)] = 50
    stable: Cutoff
