"""Lead and cooperating departments of one matter, where both answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._base import Name, Strict


class Pair(Strict):
    """The two departments of a matter, by the codes of the roster."""

    lead: str
    cooperating: str


class Dyads(Strict):
    """What the two sides of a matter say of the same things.

    Attributes
    ----------
    role : str
        Item that asks for the department's role.
    lead, cooperating : int
        Its codes; answers to another role than that of the pair are left out.
    outcome : str
    constructs : tuple of str
        Compared between the sides; predictors of the actor-partner model.
    least : int
        Pairs below which nothing is told: one pair would be known by its number.
    exploratory_below : int
        Pairs below which what is told is exploratory.
    pairs : tuple of Pair
        Fixed with the sampling frame, which names the departments of each matter.
    """

    role: Name
    lead: int
    cooperating: int
    outcome: Name
    constructs: Annotated[tuple[Name, ...], Field(min_length=1)]
    least: Annotated[int, Field(ge=5)] = 10
    exploratory_below: Annotated[int, Field(ge=10)] = 100
    pairs: tuple[Pair, ...] = ()
