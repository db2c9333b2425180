"""Measurement models made of what the instrument says of its items."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosyn.plan._base import Name, Strict


class Derive(Strict):
    """How a measurement model follows from the items of the plan's form.

    Attributes
    ----------
    select : dict
        Attribute -> the value, or values, that an item must have to be in the model.
    by : str
        What makes a factor: ``construct``, ``facet``, or an attribute of the items.
    names : dict
        What `by` says -> the factor's name, the same for several that are one factor. Where it is
        given, items of which it says nothing are left out; otherwise factors bear the value.
    of : "items" or "facets"
        Indicators: the items, or facet scores.
    over_facets : bool
        Facets are factors of the items, and the factors of `by` stand over them.
    general : str or None
        A factor over the factors of `by`.
    crossed : dict
        Factor -> further indicators, or facets, that reflect it too.
    agreeing : str or None
        A factor with the same loading on every item and unrelated to the others: agreeing whatever
        is asked (Maydeu-Olivares & Coffman 2006, *Psychological Methods* 11, 344-362).
    """

    select: dict[str, str | Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default={})
    by: str = "construct"
    names: dict[str, Name] = Field(default={})
    of: Literal["items", "facets"] = "items"
    over_facets: bool = False
    general: Name | None = None
    crossed: dict[Name, tuple[Name, ...]] = Field(default={})
    agreeing: Name | None = None
