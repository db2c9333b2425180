"""Tables of comparative analyses: single conditions, truth table, paths with circles, solutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import name_of, reason_text, table, value_cell
from cosyn.report._types import Cell, Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.findings import Finding
    from cosyn.plan import Configurations
    from cosyn.report._types import Block, Material

NAME = "configurations"
SOLUTIONS = ("conservative", "intermediate", "parsimonious")
MOST = 4
"""Tied models whose paths get a table of their own."""
SIGNS = {"present": "●", "absent": "⊗"}
FITS = (Statistic.SET_CONSISTENCY, Statistic.PRI, Statistic.RAW_COVERAGE, Statistic.UNIQUE_COVERAGE)


def outcome_text(m: Material, outcome: str) -> str:
    """Name of the outcome, or of its absence."""
    name = name_of(m, outcome.removeprefix("~"))
    return m.t(f"configurations.{'absence' if outcome[0] == '~' else 'presence'}", outcome=name)


def necessity_table(m: Material, outcome: str) -> Iterator[Block]:
    """Consistency, coverage and relevance of every condition and its absence."""
    rows = []
    for row in _about(m, Statistic.SET_NECESSITY, outcome):
        name = row.subject[1]
        others = (
            m.findings.find(statistic, row.subject, analysis=NAME)
            for statistic in (Statistic.NECESSITY_COVERAGE, Statistic.RELEVANCE)
        )
        cells = (value_cell(m, found, m.numbers.bounded) for found in (row, *others))
        label = f"{'~' if name[0] == '~' else ''}{name_of(m, name.removeprefix('~'))}"
        rows.append((Cell(label), *cells))
    if rows:
        caption = m.t("configurations.necessity", outcome=outcome_text(m, outcome))
        header = _header(m, "condition", "consistency", "coverage", "relevance")
        yield table(caption, header, rows, "lrrr", [m.t("configurations.necessity_note")])


def truth_table(m: Material, section: Configurations, outcome: str) -> Iterator[Block]:
    """Rows with a department, those with the most first."""
    found = [
        row
        for row in _about(m, Statistic.CONFIGURATION_CASES, outcome)
        if len(row.subject) == 2 and row.value is not None
    ]
    if not found:
        return
    kept = sorted((row for row in found if row.value), key=lambda row: -(row.value or 0))
    body = []
    for row in kept:
        signs = ("present" if digit == "1" else "absent" for digit in row.subject[1])
        fits = (m.findings.find(s, row.subject, analysis=NAME) for s in FITS[:2])
        body.append(
            (
                *(Cell(SIGNS[sign], spoken=m.t(f"configurations.spoken.{sign}")) for sign in signs),
                Cell(m.numbers.integer(row.value or 0)),
                *(value_cell(m, fit, m.numbers.bounded) for fit in fits),
                Cell(m.t(f"configurations.{row.label}")),
            )
        )
    header = [*section.conditions, *_header(m, "cases", "consistency", "pri", "output")]
    rows, empty = (m.numbers.integer(x) for x in (len(found), len(found) - len(kept)))
    note = m.t("configurations.truth_note", rows=rows, empty=empty)
    caption = m.t("configurations.truth", outcome=outcome_text(m, outcome))
    yield table(caption, header, body, "c" * len(section.conditions) + "rrrl", [note])


def path_tables(m: Material, section: Configurations, outcome: str) -> Iterator[Block]:
    """A table a model of the intermediate solution: conditions down, configurations across."""
    count = m.findings.find(Statistic.SOLUTION_MODELS, (outcome, "intermediate"), analysis=NAME)
    models = int(count.value) if count and count.value is not None else 0
    if models > 1:
        yield Note("note", m.t("configurations.tied", models=models, shown=min(models, MOST)))
    for number in range(1, min(models, MOST) + 1):
        subject = (outcome, "intermediate", str(number))
        paths = _paths(m, subject)
        rows = [
            (Cell(name_of(m, condition)), *(_sign(m, path, condition) for path in paths))
            for condition in section.conditions
        ]
        for key, statistic in zip(("consistency", "pri", "raw", "unique"), FITS, strict=True):
            fits = (m.findings.find(statistic, path, analysis=NAME) for path in paths)
            cells = (value_cell(m, fit, m.numbers.bounded) for fit in fits)
            rows.append((Cell(m.t(f"configurations.{key}")), *cells))
        sizes = (m.findings.find(Statistic.CONFIGURATION_CASES, p, analysis=NAME) for p in paths)
        counted = (value_cell(m, size, m.numbers.integer) for size in sizes)
        rows.append((Cell(m.t("configurations.cases")), *counted))
        whole = _whole(m, subject)
        tied = {"model": number, "models": models} if models > 1 else {}
        key = "configurations.paths_tied" if tied else "configurations.paths"
        caption = m.t(key, outcome=outcome_text(m, outcome), **tied)
        heads = (m.t("configurations.path", number=j) for j in range(1, len(paths) + 1))
        header = [m.t("configurations.condition"), *heads]
        yield table(
            caption,
            header,
            rows,
            "l" + "c" * len(paths),
            [m.t("configurations.paths_note"), *whole],
        )


def solution_table(m: Material, outcome: str) -> Iterator[Block]:
    """Every path of every model, and what each solution lacks."""
    rows = []
    for kind in SOLUTIONS:
        count = m.findings.find(Statistic.SOLUTION_MODELS, (outcome, kind), analysis=NAME)
        for number in range(1, int((count and count.value) or 0) + 1):
            subject = (outcome, kind, str(number))
            whole = (subject, m.t("configurations.whole"))
            for one, term in (*((path, path[3]) for path in _paths(m, subject)), whole):
                fits = (m.findings.find(statistic, one, analysis=NAME) for statistic in FITS)
                cells = (value_cell(m, fit, m.numbers.bounded) if fit else Cell("") for fit in fits)
                name = m.t(f"configurations.{kind}")
                rows.append((Cell(name), Cell(str(number)), Cell(term), *cells))
    if rows:
        keys = ("solution", "model", "term", "consistency", "pri", "raw", "unique")
        caption = m.t("configurations.solutions", outcome=outcome_text(m, outcome))
        notes = [m.t("configurations.solutions_note")]
        yield table(caption, _header(m, *keys), rows, "lrlrrrr", notes, wide=True)


def _whole(m: Material, model: tuple[str, ...]) -> list[str]:
    """Fit of all paths together, in a sentence."""
    fits = [m.findings.find(statistic, model, analysis=NAME) for statistic in FITS[:3]]
    values = [m.numbers.bounded(fit.value) for fit in fits if fit and fit.value is not None]
    if len(values) < len(fits):
        return []
    said = dict(zip(("consistency", "pri", "coverage"), values, strict=True))
    return [m.t("configurations.whole_note", **said)]


def no_solutions(m: Material, outcome: str) -> Iterator[Block]:
    """Say once why solutions have no model."""
    kinds: dict[str, list[str]] = {}
    for row in _about(m, Statistic.SOLUTION_MODELS, outcome):
        if row.value is None and len(row.subject) == 2:
            kinds.setdefault(row.reason, []).append(m.t(f"configurations.{row.subject[1]}"))
    for reason, names in kinds.items():
        solution = m.t("comma").join(names)
        text = m.t("configurations.no_solution", solution=solution, reason=reason_text(m, reason))
        yield Note("note", f"{outcome_text(m, outcome)}{m.t('colon')}{text}")


def overlap_table(m: Material, section: Configurations, outcome: str) -> Iterator[Block]:
    """Overlap of the solution with that of every moved anchor, a row a set."""
    found = {row.subject[1:]: row for row in _about(m, Statistic.CALIBRATION_OVERLAP, outcome)}
    if not found:
        return
    moves = list(dict.fromkeys(subject[1:] for subject in found))
    sets = (*section.conditions, section.outcome)
    rows = [
        (Cell(name_of(m, name)), *(_overlap(m, found.get((name, *move))) for move in moves))
        for name in sets
    ]
    heads = (f"{m.t(f'configurations.{anchor}')} {_step(m, float(by))}" for anchor, by in moves)
    caption = m.t("configurations.overlap", outcome=outcome_text(m, outcome))
    header = [m.t("configurations.set"), *heads]
    note = m.t("configurations.overlap_note")
    yield table(caption, header, rows, "l" + "r" * len(moves), [note], wide=True)


def _step(m: Material, by: float) -> str:
    return f"{'+' if by > 0 else ''}{m.numbers.plain(by, 1)}"


def _overlap(m: Material, row: Finding | None) -> Cell:
    cell = value_cell(m, row, m.numbers.bounded)
    return Cell(f"{cell.text} =") if row and row.label == "same" else cell


def _sign(m: Material, path: tuple[str, ...], condition: str) -> Cell:
    row = m.findings.find(Statistic.PATH_CONDITION, (*path, condition), analysis=NAME)
    if row is None:
        return Cell("\N{NO-BREAK SPACE}", spoken=m.t("configurations.spoken.indifferent"))
    side, weight = row.label.split("_")
    spoken = m.t(f"configurations.spoken.{row.label}")
    return Cell(SIGNS[side], spoken=spoken, large=weight == "core")


def _paths(m: Material, model: tuple[str, ...]) -> list[tuple[str, ...]]:
    rows = m.findings.select(analysis=NAME, statistic=Statistic.UNIQUE_COVERAGE)
    return [row.subject for row in rows if row.subject[:3] == model]


def _about(m: Material, statistic: Statistic, outcome: str) -> Iterator[Finding]:
    rows = m.findings.select(analysis=NAME, statistic=statistic)
    return (row for row in rows if row.subject[0] == outcome)


def _header(m: Material, *keys: str) -> Sequence[str]:
    return [m.t(f"configurations.{key}") for key in keys]
