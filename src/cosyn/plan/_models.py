"""Measurement and structural models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cosyn.plan._base import Name, Strict, Texts
from cosyn.plan._derive import Derive


class ModelEntry(Strict):
    """A model in ``models/<file>.lav``.

    Attributes
    ----------
    data : "items" or "facets"
        Whether its observed variables are items or facet scores.
    derive : Derive or None
        How the model follows from the instrument where there is no such file.
    """

    id: Name
    file: str
    label: Texts
    data: Literal["items", "facets"] = "items"
    derive: Derive | None = None


class Measurement(Strict):
    """Competing measurement models of items, or of facet scores.

    Attributes
    ----------
    ordinal : bool
        Fit the models of items a second time, to ordered categories, by WLSMV.
    expected : str or None
        Id of the model that the theory names.
    nested : tuple of (restricted, full)
        Pairs to compare by a chi-square difference.
    """

    models: tuple[ModelEntry, ...]
    ordinal: bool = False
    expected: Name | None = None
    nested: tuple[tuple[Name, Name], ...] = ()


Variant = Literal["quadratic", "reversed", "rotated", "sam", "lms"]


class StructureEntry(Strict):
    """A structural model of the facet scores (or items).

    The file says how constructs depend on one another; those of which it says no indicators are
    measured by their facet scores (or items).

    Attributes
    ----------
    kind : str
        Which file of ``cosyn/synergy`` runs it.
    null : str or None
        Id of the model it must beat.
    products : dict
        Name of a product factor -> the two latents it is made of.
    variants : tuple of str
        By which other means the products' effects are estimated too: with the squares of their
        factors, with indicators matched otherwise, by SAM, by LMS.
    exploratory : bool
        Nothing rests on the model: that it was not estimated, or not soundly, is a finding but does
        not make a run fail.
    """

    id: Name
    file: str
    label: Texts
    kind: Name
    null: Name | None = None
    products: dict[Name, tuple[Name, Name]] = Field(default={})
    variants: tuple[Variant, ...] = ()
    exploratory: bool = False


class Structure(Strict):
    """Structural models of the outcome."""

    data: Literal["facets", "items"]
    outcome: Name
    models: tuple[StructureEntry, ...]
