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
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from cosyn.findings import Finding
    from cosyn.responses import ResponseTable
    from cosyn.screening import Agreement, Screened, Verdict
    from cosyn.terminal import Tell
    from cosyn.thresholds import Screening

BESIDES = 4
"""Steps beside the rules: reading, statistics of all and of those kept, writing."""
BLOCK = 8_192
"""Respondents whose flags are spelt out at a time."""


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
    frame : str
        What says which departments were asked; empty if nothing does.
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
    frame: str = ""


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
    from cosyn.frame import asked_departments
    from cosyn.instrument.load import ledger, load_instrument
    from cosyn.plan import load_plan
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
    tell = _shares(progress, len(plan.screening.applied()) + BESIDES)
    tell("reading the responses")
    responses = responses_of(study.store, instrument, plan, known, equivalences)
    assert responses.asked is not None, "laid out whenever there are rules"
    frame = asked_departments(
        study.root, instrument, plan, simulated=responses.asked.simulated, roster=roster
    )
    context = run.context_of(instrument, plan, responses, tell, frame.codes)
    screened = apply(responses.asked, context.instrument, plan.screening, frame.codes, tell)
    changes = tuple(_changes(found(context, screened, plan.screening, models=False)))
    tell("writing")
    contents: dict[Path, bytes | Iterable[bytes]] = {
        study.results / "screening.csv": _flags_csv(responses.asked, screened),
        study.results / "screening-agreement.csv": _agreement_csv(screened.agreement()),
        study.results / "screening-changes.csv": _changes_csv(changes),
    }
    write_all(contents)
    files = tuple(contents)
    return _outcome(responses.asked, plan.screening, screened, changes, files, frame.origin)


def _shares(progress: Tell, steps: int) -> Callable[[str], None]:
    """Tell which step begins and what share of so many steps is done."""
    begun = 0

    def tell(step: str) -> None:
        nonlocal begun
        progress(step, begun / steps)
        begun += 1

    return tell


def _outcome(
    table: ResponseTable,
    rules: Screening,
    screened: Screened,
    changes: tuple[Change, ...],
    files: tuple[Path, ...],
    frame: str,
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
        frame=frame,
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


def _flags_csv(table: ResponseTable, screened: Screened) -> Iterator[bytes]:
    """One row a submission, without its department: small departments must not be recognised.

    It comes in pieces: of a million submissions it is a third of a gigabyte.
    """
    names = list(screened.verdicts)
    header = ["submission", "flags", "excluded"]
    header += [f"{name}{part}" for name in names for part in ("", "_value", "_why")]
    yield _csv(header, ())
    for start in range(0, table.n, BLOCK):
        rows = slice(start, start + BLOCK)
        columns: list[Sequence[object]] = [
            table.submissions[rows],
            screened.flags[rows].tolist(),
            screened.excluded[rows].astype(int).tolist(),
        ]
        for verdict in screened.verdicts.values():
            columns += _columns_of(verdict, rows)
        yield _csv((), zip(*columns, strict=True))


def _columns_of(verdict: Verdict, rows: slice) -> list[Sequence[object]]:
    """Flag, value and the reason why there is none, of some respondents."""
    texts = ("", *verdict.reasons)
    whys = [texts[code] for code in verdict.why[rows].tolist()]
    flags = verdict.flag[rows].astype(int).tolist()
    values = verdict.value[rows].tolist()
    return [
        ["" if why else flag for why, flag in zip(whys, flags, strict=True)],
        ["" if why else f"{value:.6g}" for why, value in zip(whys, values, strict=True)],
        whys,
    ]


def _agreement_csv(pairs: Sequence[Agreement]) -> bytes:
    header = ["first", "second", "n", "both", "first_only", "second_only", "phi", "kappa"]
    rows = ([getattr(pair, name) for name in header] for pair in pairs)
    return _csv(header, rows)


def _changes_csv(changes: Sequence[Change]) -> bytes:
    header = ["statistic", "subject", "all", "kept"]
    rows = ([c.statistic, " ".join(c.subject), c.all, c.kept] for c in changes)
    return _csv(header, rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Rows below their names, if these are given."""
    content = io.BytesIO()
    text = io.TextIOWrapper(content, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    text.flush()
    return content.getvalue()
