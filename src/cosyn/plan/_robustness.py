"""Choices that could have been made otherwise, and what the conclusions are then."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cosyn.plan._base import Name, Strict, Texts


class Key(Strict):
    """Another reading of the theory: an attribute of items, and what to call it.

    Attributes
    ----------
    key : str
        Constructs whose items have the same value are put together; ``none`` leaves one out.
    """

    key: Name
    label: Texts


class Robustness(Strict):
    """A grid of specifications (Simonsohn, Simmons & Nelson 2020).

    Attributes
    ----------
    hypotheses : tuple of str
        Ids of hypotheses on paths of structural models.
    clusters, flagged : bool
        Whether to try also without departments as clusters, and without respondents that screening
        would exclude.
    without : tuple of str
        Facets and items of the outcome to be left out, one at a time: those whose wording is near
        that of a predictor.
    minimum_answered : tuple of int
        Other least numbers of answered items for a facet score.
    estimators : tuple of str
        Other estimators: WLSMV takes the items as ordinal answers, and facets as factors.
    missing : tuple of str
        Other treatments of missing scores than leaving respondents out: full information (FIML).
    forms : tuple of str
        Forms with more or fewer items, tried where the responses hold them.
    keys : tuple of Key
        Other readings of the theory, which put constructs together otherwise.
    """

    hypotheses: tuple[Name, ...] = Field(min_length=1)
    clusters: bool = True
    flagged: bool = True
    without: tuple[Name, ...] = ()
    minimum_answered: tuple[int, ...] = ()
    estimators: tuple[Literal["WLSMV"], ...] = ()
    missing: tuple[Literal["fiml"], ...] = ()
    forms: tuple[Name, ...] = ()
    keys: tuple[Key, ...] = ()
