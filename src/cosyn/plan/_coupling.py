"""Coupling coordination degree of several constructs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from cosyn.plan._base import Name, Strict

if TYPE_CHECKING:
    from typing import Self


class Coupling(Strict):
    """Which constructs are coupled, a description.

    Attributes
    ----------
    favourable, adverse : tuple of str
        Constructs that count for coordination, and those that enter as 1 less their score.
    outcome : str or None
        Of which the degree may explain more than the scores and their products.
    """

    favourable: Annotated[tuple[Name, ...], Field(min_length=1)]
    adverse: tuple[Name, ...] = ()
    outcome: Name | None = None

    @model_validator(mode="after")
    def _two_or_more(self) -> Self:
        systems = (*self.favourable, *self.adverse)
        if len(set(systems)) < max(2, len(systems)):
            raise ValueError("name two constructs or more, each once")
        return self
