"""What `survey screen` says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.workflow.screening import Change, RuleCount, ScreenedStudy

MOST_SHOWN = 8
_WORDS = {
    "mean": "item mean",
    "alpha": "alpha",
    "omega": "omega",
    "factor_correlation": "correlation of facets",
}


def screened_json(done: ScreenedStudy) -> dict[str, Any]:
    """Spell a screening out; the flags themselves are in the file."""
    return asdict(done) | {"files": [str(file) for file in done.files]}


def screened_lines(done: ScreenedStudy) -> Iterator[str]:
    """Say what each rule flagged, which rules agree and what exclusion would change."""
    if done.simulated:
        yield "SIMULATED DATA"
    yield f"{done.respondents:,} respondents; rules that count are marked *"
    yield from _columns([_HEAD, *(_rule_row(rule) for rule in done.rules)])
    if done.frame:
        yield f"Asked were the departments of {done.frame}."
    shares = ", ".join(f"{count:,} with {k}" for k, count in enumerate(done.by_flags) if count)
    yield f"Counting flags: {shares}"
    yield from _agreement(done)
    share = 100 * done.excluded / done.respondents if done.respondents else 0
    yield (
        f"{done.excluded:,} respondents ({share:.1f}%) have {done.least} counting flags or more. "
        "Nobody was deleted."
    )
    yield from _changed(done.changes)
    yield from (f"Wrote {file}" for file in done.files)


_HEAD = ("rule", "flagged", "of", "threshold", "")


def _rule_row(rule: RuleCount) -> tuple[str, ...]:
    name = f"{rule.rule}{' *' if rule.counts else ''}"
    if rule.reason:
        return name, "–", "–", "–", rule.reason
    threshold = "–" if rule.threshold is None else f"{rule.threshold:.4g}"
    return name, f"{rule.flagged:,}", f"{rule.judged:,}", threshold, ""


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """First and last column to the left, the others to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
        yield f"  {'  '.join([*cells, row[-1]])}".rstrip()


def _agreement(done: ScreenedStudy) -> Iterator[str]:
    pairs = [pair for pair in done.agreement if pair.phi is not None and pair.both]
    pairs.sort(key=lambda pair: -(pair.phi or 0))
    if not pairs:
        return
    yield "Rules that agree most (all pairs are in the file):"
    head = ("pair", "both", "first", "second", "phi", "kappa", "")
    rows = [
        (
            f"{p.first}, {p.second}",
            f"{p.both:,}",
            f"{p.both + p.first_only:,}",
            f"{p.both + p.second_only:,}",
            f"{p.phi:.2f}",
            f"{p.kappa:.2f}",
            "",
        )
        for p in pairs[:MOST_SHOWN]
    ]
    yield from _columns([head, *rows])


def _changed(changes: Sequence[Change]) -> Iterator[str]:
    """Counts, then the largest change of each kind of statistic."""
    if not changes:
        return
    yield "Without them:"
    for change in changes:
        if change.statistic == "count":
            yield f"  {change.subject[0]}: {change.all or 0:,.0f} → {change.kept or 0:,.0f}"
    for statistic, words in _WORDS.items():
        moved = [
            (abs(c.kept - c.all), c.all, c.kept, c.subject)
            for c in changes
            if c.statistic == statistic and c.all is not None and c.kept is not None
        ]
        if moved:
            _, before, after, subject = max(moved)
            yield f"  {words}, largest change: {', '.join(subject)} {before:.2f} → {after:.2f}"
