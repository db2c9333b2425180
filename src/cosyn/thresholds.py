"""The rules of screening as data (``analysis/screening.yaml``), each with its source."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, lt=1)]
Correlation = Annotated[float, Field(gt=-1, lt=1)]
Number = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Entry(_Strict):
    """What every rule says of itself.

    Attributes
    ----------
    counts : bool
        Whether its flag counts towards exclusion; else it is only reported.
    source : str
        Who proposes the rule and its threshold.
    """

    counts: bool
    source: Annotated[str, Field(min_length=4)]


class Instructed(Entry):
    """Instructed items answered otherwise, from which number on."""

    at_least: Number


class Seconds(Entry):
    """Seconds an item, below which."""

    less_than: Positive


class Longstring(Entry):
    """Longest run of the same answer, above which quantile of the sample.

    Attributes
    ----------
    share : float
        A run of this share of the items is flagged wherever the quantile lies: where more
        respondents than it leaves above are straight-liners, it is one of theirs.
    """

    quantile: Share
    share: Annotated[float, Field(gt=0, le=1)]


class Variability(Entry):
    """Standard deviation of a respondent's answers, at or below which quantile of the sample."""

    quantile: Share


class Mahalanobis(Entry):
    """Distance from the others; flagged if its p-value is below `alpha`.

    Attributes
    ----------
    robust : bool
        Whether the moments leave out those who are far from them.
    """

    alpha: Share
    robust: bool


class EvenOdd(Entry):
    """Even-odd consistency, below which."""

    less_than: Correlation


class Synonyms(Entry):
    """Consistency over pairs of items that correlate at least `correlation`.

    Attributes
    ----------
    pairs : int
        Fewer such pairs say nothing.
    """

    correlation: Share
    pairs: Annotated[int, Field(ge=3)]
    less_than: Correlation


class Antonyms(Entry):
    """Consistency over pairs of items that correlate at most `correlation`, a negative number."""

    correlation: Annotated[float, Field(gt=-1, lt=0)]
    pairs: Annotated[int, Field(ge=3)]
    more_than: Correlation


class Guttman(Entry):
    """Normed Guttman errors, above the median by how many (robust) standard deviations."""

    deviations: Positive


class PersonFit(Entry):
    """Standardised log-likelihood of the answers, below which."""

    less_than: Annotated[float, Field(lt=0)]


class Duplicates(Entry):
    """Others with the very same answers, from which number on."""

    at_least: Number


class NearDuplicates(Entry):
    """Others with the same answers to at least this `share` of the items, from which number on.

    Attributes
    ----------
    neighbours : int
        Among many who share a part of their answers, so many are compared with each.
    """

    share: Annotated[float, Field(gt=0.5, lt=1)]
    at_least: Number
    neighbours: Annotated[int, Field(ge=1, le=1000)]


class Reversed(Entry):
    """Share of opposite pairs of items with the same answer, from which on.

    Attributes
    ----------
    pairs : int
        Who answered fewer pairs is not judged.
    """

    at_least: Annotated[float, Field(gt=0, le=1)]
    pairs: Number


class Missing(Entry):
    """Share of the shown items without an answer, above which."""

    more_than: Share


class Frame(Entry):
    """A department that is not in the roster.

    Attributes
    ----------
    roster : str
        A table of departments, from the study's folder on; empty for the rosters of its own waves.
    """

    roster: Annotated[str, Field(max_length=300)] = ""


class Sequence(Entry):
    """Submissions of one department one after another, alike or all quick, from which number on.

    Attributes
    ----------
    share : float
        Alike are two with the same answers to at least this share of the items.
    less_than : float
        Quick are two that took less than so many seconds an item each.
    """

    run: Annotated[int, Field(ge=2)]
    share: Annotated[float, Field(gt=0.5, le=1)]
    less_than: Positive


class Rules(_Strict):
    """The rules that are applied; one that is left out is not."""

    instructed: Instructed | None = None
    seconds: Seconds | None = None
    longstring: Longstring | None = None
    variability: Variability | None = None
    mahalanobis: Mahalanobis | None = None
    even_odd: EvenOdd | None = None
    synonyms: Synonyms | None = None
    antonyms: Antonyms | None = None
    guttman: Guttman | None = None
    person_fit: PersonFit | None = None
    duplicates: Duplicates | None = None
    near_duplicates: NearDuplicates | None = None
    reversed_items: Reversed | None = None
    missing: Missing | None = None
    frame: Frame | None = None
    sequence: Sequence | None = None


class Screening(_Strict):
    """``analysis/screening.yaml``.

    Attributes
    ----------
    flags : int
        Counting flags from which on a respondent is left out of the second analysis.
    minimum_answered : int
        Who answered fewer items of the scales is not judged by their pattern.
    """

    version: Number
    flags: Number
    minimum_answered: Annotated[int, Field(ge=2)]
    rules: Rules

    def applied(self) -> dict[str, Entry]:
        """Name of each rule that is applied -> its thresholds, in the order above."""
        named = {name: getattr(self.rules, name) for name in Rules.model_fields}
        return {name: entry for name, entry in named.items() if entry is not None}
