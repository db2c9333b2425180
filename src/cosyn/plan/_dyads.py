"""Lead and cooperating departments of one matter, where both answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._base import Name, Strict


class Pair(Strict):
    """The two departments of a matter, by the codes of the roster."""

    lead: str
    cooperating: str


class Sides(Strict):
    """What the answers' column of sides says of either."""

    lead: tuple[str, ...]
    cooperating: tuple[str, ...]


class Dyads(Strict):
    """What the two sides of a matter say of the same things.

    Pairs come from the plan, or else from what is known of the answers: those of one matter whose
    departments are on either side of it.

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
    matter, side : str
        Metadata of the answers: the matter that they are about, and the department's side of it.
    sides : Sides
        What stands in the column `side`, in any language.
    """

    role: Name
    lead: int
    cooperating: int
    outcome: Name
    constructs: Annotated[tuple[Name, ...], Field(min_length=1)]
    least: Annotated[int, Field(ge=5)] = 10
    exploratory_below: Annotated[int, Field(ge=10)] = 100
    pairs: tuple[Pair, ...] = ()
    matter: str = "matter"
    side: str = "side"
    sides: Sides = Sides(lead=("lead", "牵头"), cooperating=("cooperating", "配合"))
