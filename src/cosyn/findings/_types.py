"""What an analysis found: rows of statistics without layout, and series for figures."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cosyn.findings._statistics import ROBUST, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Finding:
    """One statistic of one subject.

    Attributes
    ----------
    analysis : str
        Name of the analysis that found it.
    statistic : Statistic
    subject : tuple of str
        Ids it is about, e.g. ``("IP", "IPG1")`` for a loading: factor first, then indicator;
        for a path: outcome first, then predictor.
    value : float or None
        None if it could not be computed; `reason` then says why.
    label : str
        A categorical outcome, e.g. a `Decision` or a status, "" if none.
    reason : str
        Stable words such as ``not converged``; "" if there is a value.
    se, low, high, level : float or None
        Standard error and confidence interval with its level.
    p, df, n : float or None
        p-value, degrees of freedom, respondents used.
    method : str
        Estimator or formula in a few words.
    model : str
        Id of the model it belongs to, "" if none.
    """

    analysis: str
    statistic: Statistic
    subject: tuple[str, ...] = ()
    value: float | None = None
    label: str = ""
    reason: str = ""
    se: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    p: float | None = None
    df: float | None = None
    n: int | None = None
    method: str = ""
    model: str = ""

    def __post_init__(self) -> None:
        """Refuse a number that is none: whoever makes a finding must give the reason instead."""
        for name in ("value", "se", "low", "high", "p", "df"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(
                    f"{self.analysis} {self.statistic} {self.subject}: {name} is {number}"
                )
        if self.value is None and not (self.reason or self.label):
            raise ValueError(
                f"{self.analysis} {self.statistic} {self.subject}: neither value nor reason"
            )


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers side by side, for a figure: what stands in one row belongs together.

    Attributes
    ----------
    kind : str
        What a figure knows it by, e.g. ``slope_band``.
    subject : tuple of str
        Ids it is about.
    columns : Mapping[str, tuple of float]
        Columns of one length; None where there is no value.
    """

    analysis: str
    kind: str
    subject: tuple[str, ...]
    columns: Mapping[str, tuple[float | None, ...]]
    model: str = ""

    def __post_init__(self) -> None:
        """Refuse columns of different lengths, and numbers that are none."""
        about = f"{self.analysis} {self.kind} {self.subject}"
        if len({len(column) for column in self.columns.values()}) > 1:
            raise ValueError(f"{about}: columns of different lengths")
        for name, column in self.columns.items():
            if any(number is not None and not math.isfinite(number) for number in column):
                raise ValueError(f"{about}: {name} holds a number that is none")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a result rests on, so that it can be reproduced.

    Attributes
    ----------
    digests : Mapping[str, str]
        SHA-256 of ``data``, ``instrument`` and ``plan``.
    registered : str
        ``yes`` or ``no``: whether the plan is the one that was registered; "" if nobody asked.
    quick : bool
        Whether it was run with few draws and without repetitions, for a first look.
    versions : Mapping[str, str]
        Of cosyn, Python and each library that computed something.
    """

    instrument: str
    instrument_version: str
    form: str
    simulated: bool
    seed: int
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    registered: str = ""
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Warned:
    """Something an analyst must judge.

    Attributes
    ----------
    code : str
        Key of the sentence in the report's catalogues (``warning.<code>``).
    values : Mapping[str, str]
        What fills its gaps.
    """

    analysis: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of one run, with what they rest on."""

    provenance: Provenance
    rows: tuple[Finding, ...]
    warnings: tuple[Warned, ...] = ()
    series: tuple[Series, ...] = ()
    _by_statistic: dict[Statistic, list[Finding]] = field(
        init=False, repr=False, compare=False, default_factory=lambda: defaultdict(list)
    )

    def __post_init__(self) -> None:
        """Group the rows by statistic: a report looks thousands of them up."""
        for row in self.rows:
            self._by_statistic[row.statistic].append(row)

    def select(
        self, *, analysis: str = "", statistic: Statistic | None = None, model: str | None = None
    ) -> Iterator[Finding]:
        """Rows that match every criterion given."""
        rows = self.rows if statistic is None else self._by_statistic.get(statistic, ())
        for row in rows:
            if (not analysis or row.analysis == analysis) and (model is None or row.model == model):
                yield row

    def find(
        self,
        statistic: Statistic,
        subject: tuple[str, ...] = (),
        *,
        analysis: str = "",
        model: str | None = None,
    ) -> Finding | None:
        """The first row of a statistic about a subject, None if there is none."""
        rows = self.select(analysis=analysis, statistic=statistic, model=model)
        return next((row for row in rows if row.subject == subject), None)

    def measure(self, statistic: Statistic, model: str) -> Finding | None:
        """A measure of a model's fit: the robust one where its estimator has it."""
        robust = self.find(ROBUST[statistic], model=model) if statistic in ROBUST else None
        if robust and robust.value is not None:
            return robust
        return self.find(statistic, model=model)

    def drawn(self, kind: str, *, analysis: str = "", model: str | None = None) -> Iterator[Series]:
        """Series of a kind, for a figure."""
        for found in self.series:
            if (
                found.kind == kind
                and (not analysis or found.analysis == analysis)
                and (model is None or found.model == model)
            ):
                yield found
