"""The population that simulation draws from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosyn.plan._base import Name, Strict

Correlation = Annotated[float, Field(ge=-1, le=1)]
Loading = Annotated[float, Field(ge=0, le=1)]


class OutcomeRule(Strict):
    """How the population's outcome comes about; all latents standardised."""

    construct_id: Annotated[str, Field(alias="construct")]
    effects: dict[Name, float]
    interactions: dict[str, float] = Field(default={})
    residual_sd: Annotated[float, Field(gt=0)]


class Careless(Strict):
    """Respondents who do not read: the same answer throughout, or any answer."""

    straight: Annotated[float, Field(ge=0, lt=0.5)]
    random: Annotated[float, Field(ge=0, lt=0.5)]


class Role(Strict):
    """The item that asks for the department's role in a matter, and its codes."""

    item: Name
    lead: int
    cooperating: int


class Again(Strict):
    """The same people once more.

    Attributes
    ----------
    share : float
        Of the respondents.
    noise : float
        Standard deviation of what an answer moves by, in options, before it is rounded.
    """

    form: Name
    wave: str
    share: Annotated[float, Field(ge=0, le=1)]
    noise: Annotated[float, Field(ge=0, le=10)]


class GoesWith(Strict):
    """Correlation of an answer with the mean of a construct in the department.

    Attributes
    ----------
    to : int or None
        Of an answer that is a number: the largest that occurs.
    """

    of: Name
    r: Correlation
    to: int | None = None


class Told(Strict):
    """What coordinators tell; answers to items not named go with nothing."""

    form: Name
    items: dict[Name, GoesWith]


class FieldWave(Strict):
    """What a whole field wave holds beside its first answers.

    Attributes
    ----------
    modes : dict
        Mode of answering -> its share.
    """

    modes: dict[str, Annotated[float, Field(ge=0, le=1)]]
    role: Role
    retest: Again
    told: Told


class Population(Strict):
    """``analysis/population.yaml``, or one in ``analysis/populations/``: what to draw from.

    Attributes
    ----------
    correlations : dict
        Of the predictors; 1 makes them the same, so that a single factor can be drawn.
    facet_loading, item_loading : float
        0 leaves the answers without anything in common.
    thresholds : dict
        Construct -> increasing cut points of a standard normal response, one fewer than
        options; the key ``default`` serves the rest.
    field : FieldWave or None
        Drawn besides where a whole field wave is asked for.
    """

    version: Annotated[int, Field(ge=1)]
    departments: Annotated[int, Field(ge=1, le=100_000)]
    respondents_per_department: Annotated[int, Field(ge=1, le=10_000)]
    wave: str
    languages: dict[str, Annotated[float, Field(ge=0, le=1)]]
    icc: Annotated[float, Field(ge=0, lt=1)]
    correlations: dict[Name, dict[Name, Correlation]]
    outcome: OutcomeRule
    facet_loading: Loading
    item_loading: Loading
    thresholds: dict[str, tuple[float, ...]]
    missing: dict[
        Literal["dont_know", "not_applicable", "not_answered"],
        Annotated[float, Field(ge=0, lt=0.5)],
    ]
    careless: Careless
    field: FieldWave | None = None
