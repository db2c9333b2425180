"""What `survey status` says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from cosyn.fielding.watch.wording import PACKAGE
from cosyn.i18n import catalogue
from cosyn.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.fielding.watch import Line, Told
    from cosyn.workflow.fielding_status import DashboardLink, Watched

_BAR = 20
_EIGHTHS = " ▏▎▍▌▋▊▉"


def status_json(done: Watched) -> dict[str, Any]:
    """Spell the numbers out; what is not shown is null."""
    p = done.progress
    return {
        **{name: value for name, value in asdict(p).items() if name != "departments"},
        "completed": p.completed if p.at else None,
        "rate": p.rate if p.at else None,
        "pages": {str(page): count for page, count in p.pages.items()},
        "departments": [{**asdict(d), "name": dict(d.name), "rate": d.rate} for d in p.departments],
        "file": str(done.file) if done.file else None,
    }


def status_lines(done: Watched) -> Iterator[str]:
    """Say how far a wave has come, with bars."""
    told, t = done.told, catalogue(PACKAGE, done.told.language)
    yield f"{told.title} · {told.state}"
    yield told.at
    yield from _table([_bar_row(line) for line in told.totals])
    yield ""
    yield t("departments")
    yield from _table(_department_rows(told, t("department"), [t(n) for n in told.columns]))
    for name, lines in (("begun", told.begun), ("days", told.days), ("pages", told.pages)):
        if lines:
            yield from ("", t(name))
            yield from _table([_bar_row(line) for line in lines])
    yield from ("", f"{t('projection')}: {told.projection}")
    if told.method:
        yield f"  {told.method}"
    yield from told.hints
    if done.file:
        yield f"→ {done.file}"


def _department_rows(told: Told, first: str, heads: Sequence[str]) -> list[list[str]]:
    rows = [[first, *heads, ""]]
    for row in told.rows:
        cells = [getattr(row, name) for name in told.columns]
        rows.append([visible(row.name), *cells, bar(row.share)])
    return rows


def _bar_row(line: Line) -> list[str]:
    return [line.name, line.text, bar(line.share)]


def dashboard_json(made: DashboardLink) -> dict[str, Any]:
    """Spell the link out."""
    return {"wave": made.wave, "link": made.link, "ends": made.ends.isoformat()}


def dashboard_lines(made: DashboardLink) -> list[str]:
    """Give the link, and say what it opens."""
    return [
        made.link,
        f"Until {made.ends:%Y-%m-%d %H:%M} UTC it shows the progress of wave {made.wave} to",
        "everybody who has it, while `survey field` runs; nothing can be changed there.",
        "Nothing takes a link back before it ends; add ?lang=en or ?lang=zh-Hans for a language.",
    ]


def bar(share: float | None) -> str:
    """A bar of at most twenty characters, in eighths of one."""
    if share is None:
        return ""
    eighths = round(min(max(share, 0.0), 1.0) * _BAR * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns beside each other: the first to the left, numbers to the right, the bar last."""
    if not rows:
        return
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [_padded(row[0], widths[0])]
        cells += [
            " " * (width - _width(cell)) + cell
            for cell, width in zip(row[1:-1], widths[1:], strict=True)
        ]
        yield f"  {'  '.join([*cells, row[-1]])}".rstrip()


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Places that a terminal gives a text: two to each Chinese character."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
