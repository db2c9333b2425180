"""All models of synergy side by side."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosyn.plan._base import Name, Strict, Texts

Source = Literal[
    "structure", "surface", "latent_surface", "coupling", "necessity", "configurations"
]


class ComparedEntry(Strict):
    """A model and what it claims.

    Attributes
    ----------
    source : str
        Where it was estimated: a structural model, a response surface of scores or of latents, the
        coupling coordination degree, necessary conditions, configurations.
    model : str
        Of a structural model: its id.
    pair : (str, str)
        Of a response surface: its constructs.
    label : dict
        Its name; that of a structural model by default.
    says, fails : dict
        What it says about synergy, and what would speak against it.
    hypotheses : tuple of str
        Those that are decided by it.
    """

    id: Name
    source: Source
    model: Name = Field(default="")
    pair: tuple[Name, Name] | None = None
    label: Texts = Field(default={})
    says: Texts
    fails: Texts
    hypotheses: tuple[Name, ...] = ()


class Comparison(Strict):
    """The last table: what each model says, and what it adds beyond the dynamics' sum.

    Attributes
    ----------
    null : str
        Id of the structural model in which the dynamics add up.
    synergy : tuple of str
        Hypotheses of which one must be supported, beyond the null, for synergy to be supported.
    """

    null: Name
    synergy: tuple[Name, ...]
    models: Annotated[tuple[ComparedEntry, ...], Field(min_length=1)]
