"""The verbs of `survey panel`: workbooks for experts, and what their answers say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.atomic import write_all
from cosyn.study import locate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.panel.results import PanelResult
    from cosyn.panel.tables import Table


@dataclass(frozen=True, slots=True)
class PanelFiles:
    """Workbooks that were written for experts.

    Attributes
    ----------
    rated, sorted : int
        How many items each expert rates, and sorts.
    """

    files: tuple[Path, ...]
    form: str
    rated: int
    sorted: int


def write(
    folder: Path | None,
    experts: int,
    languages: Sequence[str] = (),
    form: str | None = None,
    out: Path | None = None,
) -> PanelFiles:
    """Write one workbook for each expert and language.

    Raises
    ------
    InstrumentError
        If there is no such form or language, or nothing in it is defined.
    ResponseError, Faults
        If a workbook would be written over one that somebody may have filled in.
    """
    from cosyn.instrument.load import load_instrument
    from cosyn.panel.material import material
    from cosyn.panel.workbooks import workbook
    from cosyn.workflow._languages import languages_written
    from cosyn.workflow._sheets import write_fresh

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    judged = material(instrument, form)
    tags = languages_written(instrument, languages, "cosyn.panel")
    base = out or study.root / "panel"
    contents = {
        base / f"{judged.instrument}-{judged.form}.expert-{expert:02}.{tag}.xlsx": workbook(
            judged, expert, tag
        )
        for expert in range(1, experts + 1)
        for tag in tags
    }
    write_fresh(contents)
    return PanelFiles(tuple(contents), judged.form, len(judged.to_rate), len(judged.to_sort))


@dataclass(frozen=True, slots=True)
class PanelRead:
    """What came of the experts' workbooks.

    Attributes
    ----------
    tables : tuple of Table
        Items, facets and constructs, agreement, comments.
    notes : tuple of str
        Who judged what, by which rule, and how each figure is made.
    file : Path
        The workbook with every figure.
    """

    result: PanelResult
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    file: Path


def read(
    folder: Path | None,
    files: Sequence[Path],
    out: Path | None = None,
    language: str | None = None,
) -> PanelRead:
    """Read experts' workbooks and compute content validity by the plan's rule.

    Raises
    ------
    ResponseError, Faults
        Whatever cannot be, with file, sheet and row; nothing is written then.
    """
    from cosyn.instrument.load import load_instrument
    from cosyn.panel.answers import check_together, open_answers, read_answers
    from cosyn.panel.material import material
    from cosyn.panel.output import result_workbook
    from cosyn.panel.results import evaluate
    from cosyn.panel.tables import notes, tables
    from cosyn.panel.workbooks import phrases_in
    from cosyn.plan import load_plan
    from cosyn.workflow._languages import languages_written

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    opened = [open_answers(path) for path in files]
    judged = material(instrument, check_together(opened, instrument))
    answers = read_answers(opened, judged)
    result = evaluate(judged, answers, load_plan(study.analysis).plan.panel)
    asked = [language] if language else []
    phrases = phrases_in(languages_written(instrument, asked, "cosyn.panel")[0])
    shown = tables(result, judged, phrases)
    said = tuple(notes(result, judged, phrases))
    file = out or study.results / "panel.xlsx"
    write_all({file: result_workbook(shown, phrases("result.about"), said)})
    return PanelRead(result, shown, said, file)
