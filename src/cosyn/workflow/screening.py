"""The verb `survey screen`: who answered carelessly, and what would change without them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.atomic import write_all
from cosyn.errors import PlanError
from cosyn.study import locate
from cosyn.terminal import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cosyn.findings import Finding
    from cosyn.responses import ResponseTable
    from cosyn.screening import Agreement, Screened
    from cosyn.terminal import Tell
    from cosyn.thresholds import Screening


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule found.

    Attributes
    ----------
    counts : bool
        Whether its flags count towards exclusion.
    judged : int
        Respondents for whom it could be computed.
    reason : str
        Why it could not be applied at all, "" if it could.
    """

    rule: str
    counts: bool
    threshold: float | None
    flagged: int
    judged: int
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """One statistic of all respondents, and of those who are kept."""

    statistic: str
    subject: tuple[str, ...]
    all: float | None
    kept: float | None


@dataclass(frozen=True, slots=True)
class ScreenedStudy:
    """The outcome of `survey screen`.

    Attributes
    ----------
    by_flags : tuple of int
        Respondents with 0, 1, 2 ... counting flags.
    least : int
        Flags from which on a respondent is excluded from the comparison.
    changes : tuple of Change
        Empty if nobody or everybody is excluded.
    """

    respondents: int
    simulated: bool
    excluded: int
    least: int
    by_flags: tuple[int, ...]
    rules: tuple[RuleCount, ...]
    agreement: tuple[Agreement, ...]
    changes: tuple[Change, ...]
    files: tuple[Path, ...]


def screen(
    folder: Path | None, *, roster: Path | None = None, progress: Tell = silent
) -> ScreenedStudy:
    """Apply the rules of ``analysis/screening.yaml`` to the stored responses; delete nothing.

    Raises
    ------
    PlanError
        If the study has no rules of screening.
    ResponseError
        If there are no responses.
    """
    from cosyn import run
    from cosyn.analysis.screening import found
    from cosyn.instrument.load import ledger, load_instrument
    from cosyn.plan import load_plan
    from cosyn.roster import read_roster
    from cosyn.screening import screen as apply
    from cosyn.stored import responses_of
    from cosyn.versions import load_equivalences

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    plan = load_plan(study.analysis)
    if plan.screening is None:
        what, fix = "the study has no rules of screening", "Copy it from a fresh `survey init`"
        raise PlanError("screening.none", "analysis/screening.yaml", what, fix)
    equivalences = load_equivalences(study.analysis, instrument)
    known = ledger(study.instrument)
    responses = responses_of(study.store, instrument, plan, known, equivalences)
    assert responses.asked is not None, "laid out whenever there are rules"
    frame = [d.code for d in read_roster(roster, instrument)] if roster else None
    context = run.context_of(instrument, plan, responses, progress)
    screened = apply(responses.asked, context.instrument, plan.screening, frame, progress)
    changes = tuple(_changes(found(context, screened, plan.screening, models=False)))
    contents = {
        study.results / "screening.csv": _flags_csv(responses.asked, screened),
        study.results / "screening-agreement.csv": _agreement_csv(screened.agreement()),
        study.results / "screening-changes.csv": _changes_csv(changes),
    }
    write_all(contents)
    return _outcome(responses.asked, plan.screening, screened, changes, tuple(contents))


def _outcome(
    table: ResponseTable,
    rules: Screening,
    screened: Screened,
    changes: tuple[Change, ...],
    files: tuple[Path, ...],
) -> ScreenedStudy:
    return ScreenedStudy(
        respondents=table.n,
        simulated=table.simulated,
        excluded=int(screened.excluded.sum()),
        least=rules.flags,
        by_flags=tuple(int((screened.flags == k).sum()) for k in range(len(screened.counted) + 1)),
        rules=_rule_counts(screened, rules),
        agreement=screened.agreement(),
        changes=changes,
        files=files,
    )


def _rule_counts(screened: Screened, rules: Screening) -> tuple[RuleCount, ...]:
    applied = rules.applied()
    return tuple(
        RuleCount(
            rule=name,
            counts=name in screened.counted,
            threshold=None if verdict.threshold is None else float(verdict.threshold),
            flagged=int(verdict.flag.sum()),
            judged=verdict.judged,
            reason=verdict.reason,
            source=applied[name].source,
        )
        for name, verdict in screened.verdicts.items()
    )


def _changes(rows: Iterable[Finding]) -> Iterable[Change]:
    """Pair the findings of all respondents with those of the kept ones."""
    from cosyn.analysis.screening import ALL, KEPT

    rows = list(rows)
    kept = {(r.statistic, r.subject[:-1]): r.value for r in rows if r.subject[-1] == KEPT}
    for row in rows:
        if row.subject[-1] == ALL:
            subject = row.subject[:-1]
            yield Change(
                row.statistic.value, subject, row.value, kept.get((row.statistic, subject))
            )


def _flags_csv(table: ResponseTable, screened: Screened) -> bytes:
    """One row a submission, without its department: small departments must not be recognised."""
    names = list(screened.verdicts)
    header = ["submission", "flags", "excluded"]
    header += [f"{name}{part}" for name in names for part in ("", "_value", "_why")]
    verdicts = list(screened.verdicts.values())

    def rows() -> Iterable[list[object]]:
        for i, submission in enumerate(table.submissions):
            row: list[object] = [submission, screened.flags[i], int(screened.excluded[i])]
            for verdict in verdicts:
                why = verdict.reason_of(i)
                value = "" if why else f"{verdict.value[i]:.6g}"
                row += ["" if why else int(verdict.flag[i]), value, why]
            yield row

    return _csv(header, rows())


def _agreement_csv(pairs: Sequence[Agreement]) -> bytes:
    header = ["first", "second", "n", "both", "first_only", "second_only", "phi", "kappa"]
    rows = ([getattr(pair, name) for name in header] for pair in pairs)
    return _csv(header, rows)


def _changes_csv(changes: Sequence[Change]) -> bytes:
    header = ["statistic", "subject", "all", "kept"]
    rows = ([c.statistic, " ".join(c.subject), c.all, c.kept] for c in changes)
    return _csv(header, rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    content = io.BytesIO()
    text = io.TextIOWrapper(content, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    text.flush()
    return content.getvalue()
