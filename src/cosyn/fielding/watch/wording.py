"""Progress as texts and bars in one language; nothing is computed here that is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.fielding.suppression import step
from cosyn.i18n import catalogue, catalogue_languages

if TYPE_CHECKING:
    from cosyn.fielding.progress import DepartmentProgress, Progress
    from cosyn.fielding.projection import Projection
    from cosyn.fielding.suppression import Stretch
    from cosyn.i18n import Catalogue

PACKAGE = "cosyn.fielding.watch"


@dataclass(frozen=True, slots=True)
class Line:
    """A number with its name and its bar.

    Attributes
    ----------
    share : float or None
        Length of the bar, from 0 to 1; None for none.
    note : str
        Said beside it.
    """

    name: str
    text: str
    share: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A department's cells, as texts."""

    name: str
    invited: str
    started: str
    completed: str
    rate: str
    share: float | None
    quota: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that is said of a wave's progress.

    Attributes
    ----------
    hints : tuple of str
        What is said on how numbers are protected; empty in identified mode.
    has_started, has_quota : bool
        Whether the departments' table has such a column.
    """

    language: str
    title: str
    state: str
    at: str
    totals: tuple[Line, ...]
    rows: tuple[Row, ...]
    days: tuple[Line, ...]
    begun: tuple[Line, ...]
    pages: tuple[Line, ...]
    projection: str
    method: str
    hints: tuple[str, ...]
    has_started: bool
    has_quota: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the cells that a row of the departments' table shows."""
        started = ("started",) if self.has_started else ()
        quota = ("quota",) if self.has_quota else ()
        return ("invited", *started, "completed", "rate", *quota)


def phrases(language: str) -> Catalogue:
    """The phrases in a language; English lends them where the program has none."""
    return catalogue(PACKAGE, language if language in catalogue_languages(PACKAGE) else "en")


def told(progress: Progress, language: str) -> Told:
    """Put progress into words; English lends them where the program has none."""
    t = phrases(language)
    p, protected = progress, progress.k > 1
    invited = {d.department: d.invited for d in p.departments}
    waiting = t("not_yet", step=step(p.k, invited))
    modes = [t(f"state.{p.state}"), t(f"mode.{p.mode}"), *([t("rehearsal")] if p.simulated else [])]
    left = max(p.pages.values(), default=1)
    return Told(
        language=language,
        title=t("title", wave=p.wave),
        state=" · ".join(modes),
        at=t("at", at=p.at.replace("T", " ").replace("Z", " UTC")) if p.at else waiting,
        totals=_totals(p, t),
        rows=tuple(_row(d, language, t) for d in p.departments),
        days=_days(p.days, t),
        begun=_days(p.begun, t),
        pages=tuple(
            Line(t("page", number=page), f"{count:,}", count / left)
            for page, count in sorted(p.pages.items())
        ),
        projection=_projection(p.projection, t),
        method=t("method") if p.projection.expected is not None else "",
        hints=(t("protected", k=p.k),) if protected else (),
        has_started=not protected,
        has_quota=any(d.quota for d in p.departments),
    )


def _totals(p: Progress, t: Catalogue) -> tuple[Line, ...]:
    few = t("few", k=p.k)
    started = few if p.started is None else f"{p.started:,}"
    lines = [
        Line(t("invited"), f"{p.invited:,}"),
        Line(t("started"), started, _share(p.started, p.invited)),
        Line(t("completed"), f"{p.completed:,}" if p.completed or p.k == 1 else few, p.rate or 0.0),
        Line(t("rate"), f"{p.rate:.0%}" if p.rate is not None and p.at else t("hidden")),
        Line(t("minutes"), _minutes(p.minutes, t)),
    ]
    return tuple(lines)


def _share(count: int | None, of: int) -> float | None:
    return None if count is None or not of else min(count / of, 1.0)


def _minutes(band: str, t: Catalogue) -> str:
    if not band:
        return t("hidden")
    low, _, high = band.partition("-")
    return t("minutes_band", low=low, high=high) if high else t("minutes_least", low=low)


def _row(d: DepartmentProgress, language: str, t: Catalogue) -> Row:
    name = d.name.get(language, "")
    completed, rate = t("hidden"), t("hidden")
    if d.completed is not None:
        completed = t("or_more", count=d.completed) if d.or_more else f"{d.completed:,}"
    if d.rate is not None:
        rate = t("rate_or_more", rate=f"{d.rate:.0%}") if d.or_more else f"{d.rate:.0%}"
    return Row(
        name=f"{name} ({d.department})" if name else d.department,
        invited=f"{d.invited:,}",
        started="" if d.started is None else f"{d.started:,}",
        completed=completed,
        rate=rate,
        share=d.rate,
        quota=_quota(d, t),
    )


def _days(found: tuple[Stretch, ...], t: Catalogue) -> tuple[Line, ...]:
    most = max((day.count for day in found), default=1)
    return tuple(
        Line(_day(day.first, day.last, t), f"{day.count:,}", day.count / most) for day in found
    )


def _day(first: str, last: str, t: Catalogue) -> str:
    return first if first == last else t("day_span", first=first, last=last)


def _projection(p: Projection, t: Catalogue) -> str:
    if p.expected is None or p.low is None or p.high is None:
        return t(f"reason.{p.reason.replace(' ', '_')}")
    numbers = {"expected": p.expected, "low": p.low, "high": p.high}
    return t("projected", until=p.until, **{n: f"{x:,.0f}" for n, x in numbers.items()})


def _quota(d: DepartmentProgress, t: Catalogue) -> str:
    if not d.quota:
        return ""
    return f"{d.quota:,} ({t('full')})" if d.full else f"{d.quota:,}"
