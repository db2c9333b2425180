"""One function per verb: each sequences the stages and returns what there is to say.

Heavy libraries are imported inside the functions, so that the command line starts quickly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from cosyn.atomic import write_all
from cosyn.errors import SurveyError, raise_all
from cosyn.study import Study, create, demonstration, locate
from cosyn.terminal import Tell, silent
from cosyn.workflow._analyze import Analyzed as Analyzed
from cosyn.workflow._analyze import analyze as analyze
from cosyn.workflow._analyze import report as report
from cosyn.workflow._languages import languages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cosyn.instrument.check import Remark, Summary
    from cosyn.instrument.languages import Translation
    from cosyn.instrument.types import Instrument
    from cosyn.publish import TargetLoss

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found.

    Attributes
    ----------
    recorded : bool
        Whether this version of the instrument stands in its ledger.
    translations : tuple of Translation
        Further languages, and how far each has come.
    accepted : int
        How many remarks more the files say are meant so.
    """

    summary: Summary | None
    faults: tuple[SurveyError, ...]
    remarks: tuple[Remark, ...]
    recorded: bool
    translations: tuple[Translation, ...] = ()
    accepted: int = 0


def init(folder: Path) -> Study:
    """Make a new study from the default instrument and plan."""
    return create(folder)


def check(folder: Path | None, *, record: bool = False) -> Checked:
    """Read instrument, plan and population, and name every fault.

    Parameters
    ----------
    record : bool
        Write the digest of a faultless instrument's version into its ledger.
    """
    from cosyn.derivation import with_models
    from cosyn.fielding.settings import check_promise, load_settings
    from cosyn.instrument.check import DEPARTMENT, MINIMUM_CELL, remarks, summarise
    from cosyn.instrument.load import read_instrument, record_version
    from cosyn.plan import load_plan, load_population, population_names

    study = locate(folder)
    reading = read_instrument(study.instrument)
    faults = [*reading.faults]
    plan = _tried(lambda: load_plan(study.analysis), faults)
    if plan is not None and reading.instrument is not None:
        _tried(partial(with_models, plan, reading.instrument), faults)
    drawn_from = (study.analysis / "population.yaml").is_file()
    population = _tried(lambda: load_population(study.analysis), faults) if drawn_from else None
    for name in population_names(study.analysis):
        _tried(partial(load_population, study.analysis, name), faults)
    instrument, recorded = reading.instrument, reading.recorded
    if instrument is None or reading.files is None:
        return Checked(None, tuple(faults), (), recorded, reading.translations)
    settings = _tried(lambda: load_settings(study.instrument, instrument.languages), faults)
    if settings is not None:
        _tried(partial(check_promise, instrument, settings, study.instrument), faults)
    if record and not recorded and not reading.faults:
        record_version(study.instrument, instrument)
        recorded = True
    summary = summarise(instrument)
    found = remarks(
        instrument,
        reading.files,
        summary,
        minimum_cell=plan.plan.minimum_cell if plan else MINIMUM_CELL,
        department=population.respondents_per_department if population else DEPARTMENT,
    )
    return Checked(
        summary, tuple(faults), found.told, recorded, reading.translations, found.accepted
    )


def _tried(read: Callable[[], T], faults: list[SurveyError]) -> T | None:
    """What is read, or None and its faults added to the others."""
    try:
        return read()
    except SurveyError as error:
        faults += getattr(error, "faults", (error,))
        return None


def _instrument(study: Study) -> Instrument:
    from cosyn.instrument.load import load_instrument

    return load_instrument(study.instrument)


@dataclass(frozen=True, slots=True)
class ExportedFiles:
    """Files written, and what their format could not express."""

    files: tuple[Path, ...]
    losses: tuple[TargetLoss, ...]


def export(
    folder: Path | None,
    targets: Sequence[str],
    languages: Sequence[str],
    *,
    form: str | None = None,
    orders: int = 0,
    roster: Path | None = None,
    strict: bool = False,
    out: Path | None = None,
) -> ExportedFiles:
    """Write the questionnaire for some targets; nothing is written if anything is refused."""
    from cosyn.fielding.settings import handed_out
    from cosyn.publish import publish
    from cosyn.roster import read_roster

    study = locate(folder)
    instrument = handed_out(study.instrument)
    published = publish(
        instrument,
        targets,
        languages_of(instrument, languages),
        form=form,
        orders=orders,
        departments=read_roster(roster, instrument) if roster else (),
        strict=strict,
    )
    base = out or study.questionnaires
    contents = {base / name: content for name, content in published.files.items()}
    write_all(contents)
    return ExportedFiles(tuple(contents), published.losses)


@dataclass(frozen=True, slots=True)
class Simulated:
    """A file of simulated responses."""

    file: Path
    respondents: int
    departments: int
    seed: int
    population: str = ""


def simulate(
    folder: Path | None,
    *,
    seed: int | None = None,
    departments: int | None = None,
    out: Path | None = None,
    population: str = "",
    field: bool = False,
) -> Simulated:
    """Draw respondents from a stated population and write them as a spreadsheet.

    Parameters
    ----------
    population : str
        Name of one in ``analysis/populations/``, e.g. one without any structure, to see what the
        analysis says of it; the study's own by default.
    field : bool
        A whole wave, with the same people again, coordinators, modes, matters and sides.
    """
    from cosyn.fieldwork import field_csv
    from cosyn.plan import load_plan, load_population
    from cosyn.simulation import draw, to_csv

    study = locate(folder)
    instrument = _instrument(study)
    plan = load_plan(study.analysis).plan
    drawn_from = load_population(study.analysis, population)
    where = f"analysis/populations/{population}.yaml" if population else "analysis/population.yaml"
    if departments is not None:
        drawn_from = drawn_from.model_copy(update={"departments": departments})
    form = plan.form or instrument.default_form
    used_seed = plan.seed if seed is None else seed
    drawn = draw(instrument, drawn_from, form, used_seed, where)
    path = out or study.root / "data" / "simulated.csv"
    if field:
        content = field_csv(drawn, instrument, drawn_from, form, used_seed, where)
    else:
        content = to_csv(drawn, instrument, form, drawn_from.wave, used_seed, population)
    write_all({path: content})
    return Simulated(path, len(drawn.codes), int(drawn.departments.max()), used_seed, population)


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """The whole journey of a demonstration study."""

    study: Study
    exported: ExportedFiles
    simulated: Simulated
    analyzed: Analyzed


def demo(
    folder: Path, *, whole: bool = False, jobs: int = 1, progress: Tell = silent
) -> Demonstrated:
    """Make a study and take it from the questionnaire to the report with simulated answers.

    A second run in the same folder does it all again.

    Parameters
    ----------
    whole : bool
        Run the whole plan, which takes many times as long as the first look that it shows else.
    """
    from cosyn.workflow.importing import import_

    progress("check")
    study = demonstration(folder)
    raise_all(list(check(study.root).faults))
    progress("export")
    exported = export(study.root, ("html", "xlsform"), ())
    progress("simulate")
    simulated = simulate(study.root)
    progress("import")
    import_(study.root, simulated.file, replace=True)
    analyzed = analyze(study.root, hurried=not whole, jobs=jobs, progress=progress)
    return Demonstrated(study, exported, simulated, analyzed)
