"""Claims and the rules by which they fail."""

from __future__ import annotations

from typing import Literal

from cosyn.plan._base import Name, Share, Strict, Texts


class Hypothesis(Strict):
    """A claim and how it can fail.

    Attributes
    ----------
    test : "effect", "equivalence" or "restriction"
        An effect of a predicted sign; an effect within the smallest effect of interest; or a
        restricted model that fits no worse than the full one.
    effect : str
        For the first two: a row of the model in its syntax, e.g. ``Y ~ X``, or the name of a
        defined parameter.
    restricted : str
        For the last: the model that is claimed to suffice (`model` is the full one).
    """

    id: Name
    claim: Texts
    family: Name
    model: Name
    test: Literal["effect", "equivalence", "restriction"]
    effect: str = ""
    predicted: Literal["positive", "negative"] = "positive"
    restricted: Name | None = None
    alpha: Share | None = None


class Hypotheses(Strict):
    """The rule for all hypotheses, and the hypotheses."""

    alpha: Share
    smallest_effect: Share
    tests: tuple[Hypothesis, ...]
