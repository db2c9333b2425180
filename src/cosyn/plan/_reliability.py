"""Reliability in groups of respondents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._base import Name, Strict


class ReliabilityRule(Strict):
    """Groups in which reliability is estimated as well.

    Attributes
    ----------
    groups : tuple of str
        As those of `InvarianceRule`.
    least : int
        Smaller groups are left out, and named.
    """

    groups: tuple[Name, ...]
    least: Annotated[int, Field(ge=20)] = 100
