"""Claims and the rules by which they fail."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cosyn.plan._base import Name, Share, Strict, Texts

Kind = Literal[
    "effect",
    "equivalence",
    "restriction",
    "change_of_sign",
    "congruence",
    "necessity",
    "equifinality",
    "same_signs",
]
NEEDED: dict[str, tuple[str, ...]] = {
    "effect": ("model", "effect"),
    "equivalence": ("model", "effect"),
    "restriction": ("model", "restricted"),
    "change_of_sign": ("model", "effect", "predictor"),
    "congruence": ("pair",),
    "necessity": ("conditions",),
    "equifinality": (),
    "same_signs": ("model",),
}
"""What a test of each kind must say."""


class Hypothesis(Strict):
    """A claim and how it can fail.

    Attributes
    ----------
    test : str
        ``effect``: an effect of a predicted sign. ``equivalence``: an effect within the smallest
        effect of interest. ``restriction``: a restricted model that fits no worse than the full
        one. ``change_of_sign``: a curved effect, the sign of which changes (step `two_lines`).
        ``congruence``: an outcome that is highest where two constructs are in balance (step
        `balance`). ``necessity``: conditions all of which are necessary (step `necessity`).
        ``equifinality``: several paths to the outcome, not mirrored in its absence (step
        `configurations`). ``same_signs``: slopes between clusters of the sign that they have
        within (a model of two levels).
    model : str
        Of the first four and the last: the model that holds the effects.
    effect : str
        A row of the model in its syntax, e.g. ``Y ~ X``, or the name of a defined parameter.
    restricted : str
        The model that is claimed to suffice (`model` is the full one).
    predictor : str
        Construct whose effect changes its sign.
    pair : (str, str)
        Constructs said to be in balance.
    surface : "latent" or "observed"
        By which response surface congruence is judged.
    conditions : tuple of str
        Conditions of the section `necessity`.
    """

    id: Name
    claim: Texts
    family: Name
    test: Kind
    model: Name = Field(default="")
    effect: str = ""
    predicted: Literal["positive", "negative"] = "positive"
    restricted: Name | None = None
    predictor: Name | None = None
    pair: tuple[Name, Name] | None = None
    surface: Literal["latent", "observed"] = "latent"
    conditions: tuple[Name, ...] = ()
    alpha: Share | None = None


class Hypotheses(Strict):
    """The rule for all hypotheses, and the hypotheses.

    Attributes
    ----------
    piled : float
        Share of answers at one end of the scale from which on a square is no evidence against a
        change of sign: ceilings and floors bend effects.
    """

    alpha: Share
    smallest_effect: Share
    piled: Share = 0.25
    tests: tuple[Hypothesis, ...]
