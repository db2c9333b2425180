"""What figures of items and scales show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LikertRow:
    """The answers to one item.

    Attributes
    ----------
    item_id : str
        Its name, printed before the label.
    label : str
        Its wording.
    shares : tuple of float, shape (k,)
        Share of each category among the answers, lowest first; all zero without answers.
    n : int
        Number of answers.
    missing_share : float
        Share of respondents without an answer.
    group : str
        Heading above the first of the neighbouring rows that share it; empty for none.
    """

    item_id: str
    label: str
    shares: tuple[float, ...]
    n: int
    missing_share: float
    group: str = ""


@dataclass(frozen=True, slots=True)
class LikertTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    missing : str
        Heading of the missing shares.
    answers : str
        Number of answers, with a gap ``{n}``.
    """

    missing: str
    answers: str = "n = {n}"


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """One scale.

    Attributes
    ----------
    label : str
    value, low, high : float or None
        Coefficient and the ends of its interval; None where there is none.
    groups : tuple of float
        The coefficient in groups of respondents.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    groups: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ReliabilityTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    coefficient : str
        Name of the axis.
    groups : str
        What the small marks are; unused without groups.
    custom : str
        What the broken line is; unused without it.
    """

    coefficient: str
    groups: str
    custom: str


@dataclass(frozen=True, slots=True)
class ScreeTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    number, eigenvalue : str
        Names of the axes.
    observed, random_mean, random_quantile : str
        Names of the lines.
    suggested : str
        What the analysis suggests, with a gap ``{k}``.
    """

    number: str
    eigenvalue: str
    observed: str
    random_mean: str
    random_quantile: str
    suggested: str


@dataclass(frozen=True, slots=True)
class LoadingRow:
    """The loadings of one item.

    Attributes
    ----------
    item : str
    group : str
        Neighbouring rows that share it stand together.
    loadings : tuple of float, shape (k,)
    own : int or None
        Column of the factor that it is meant for; its cell is framed.
    """

    item: str
    group: str
    loadings: tuple[float, ...]
    own: int | None
