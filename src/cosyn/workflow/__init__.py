"""One function per verb: each sequences the stages and returns what there is to say.

Heavy libraries are imported inside the functions, so that the command line starts quickly.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from cosyn.atomic import write_all
from cosyn.errors import PlanError, SurveyError, raise_all
from cosyn.study import Study, create, demonstration, locate
from cosyn.terminal import Tell, silent
from cosyn.workflow._emit import emitted
from cosyn.workflow._languages import languages_of, languages_written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cosyn.findings import Findings
    from cosyn.instrument.check import Remark, Summary
    from cosyn.instrument.languages import Translation
    from cosyn.instrument.types import Instrument
    from cosyn.lock import Lock
    from cosyn.plan import LoadedPlan
    from cosyn.publish import TargetLoss

T = TypeVar("T")
REPORT = "report.{language}.{suffix}"
MODELS = "models"


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
    from cosyn.fielding.settings import load_settings
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
    _tried(lambda: load_settings(study.instrument, instrument.languages), faults)
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
    from cosyn.publish import publish
    from cosyn.roster import read_roster

    study = locate(folder)
    instrument = _instrument(study)
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
) -> Simulated:
    """Draw respondents from a stated population and write them as a spreadsheet.

    Parameters
    ----------
    population : str
        Name of one in ``analysis/populations/``, e.g. one without any structure, to see what the
        analysis says of it; the study's own by default.
    """
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
    write_all({path: to_csv(drawn, instrument, form, drawn_from.wave, used_seed, population)})
    return Simulated(path, len(drawn.codes), int(drawn.departments.max()), used_seed, population)


@dataclass(frozen=True, slots=True)
class Analyzed:
    """The outcome of a run of the plan.

    Attributes
    ----------
    not_sound : tuple of str
        Structural models and the expected measurement model whose estimates must not be
        relied on, each with its status.
    """

    findings: Findings
    files: tuple[Path, ...]
    seconds: float
    not_sound: tuple[str, ...] = field(default=())


def analyze(
    folder: Path | None,
    *,
    languages: Sequence[str] = (),
    emit: Sequence[str] = (),
    preregistered: Path | None = None,
    hurried: bool = False,
    progress: Tell = silent,
) -> Analyzed:
    """Run the plan on the stored responses and write findings, run record and reports.

    Parameters
    ----------
    emit : sequence of str
        Other programs that data and models are written for as well.
    preregistered : Path, optional
        What was deposited before the data were seen; the report says whether this is that plan.
    hurried : bool
        Few draws and no repetitions, marked as such.

    Raises
    ------
    ResponseError
        If there are no responses to analyse.
    PlanError
        If the deposited file quotes no plan.
    """
    from cosyn import run
    from cosyn.derivation import with_models
    from cosyn.findings import findings_json
    from cosyn.instrument.load import ledger
    from cosyn.lock import lock_of
    from cosyn.plan import load_plan, quick
    from cosyn.versions import load_equivalences

    started = time.monotonic()
    study = locate(folder)
    instrument = _instrument(study)
    chosen = languages_written(instrument, languages, "cosyn.report")
    plan = with_models(load_plan(study.analysis), instrument)
    lock = lock_of(study, instrument)
    same = "" if preregistered is None else _registered(preregistered, plan, lock)
    if hurried:
        plan = replace(plan, plan=quick(plan.plan))
    responses = run.responses_of(
        study.store,
        instrument,
        plan,
        ledger(study.instrument),
        load_equivalences(study.analysis, instrument),
    )
    findings = run.run_plan(instrument, plan, responses, progress, lock)
    origin = replace(findings.provenance, registered=same, quick=hurried)
    findings = replace(findings, provenance=origin)
    progress("report")
    contents = {study.results / "findings.json": findings_json(findings)}
    contents |= _reports(study, findings, instrument, plan, chosen)
    models = _models(study, plan)
    if emit:
        progress("emit")
        contents |= emitted(study, findings, instrument, plan, responses.table, emit)
    seconds = time.monotonic() - started
    contents[study.results / "run.json"] = run.record(findings, seconds)
    write_all(contents | models)
    files = (*contents, study.results / MODELS)
    return Analyzed(findings, files, seconds, run.not_sound(findings, plan))


def _models(study: Study, plan: LoadedPlan) -> dict[Path, bytes]:
    """The whole syntax of every model: also what followed from the instrument."""
    folder = study.results / MODELS
    return {folder / f"{file}.lav": text.encode() for file, text in plan.models.items()}


def _registered(file: Path, plan: LoadedPlan, lock: Lock | None) -> str:
    from cosyn.registration import registered

    holds = lock is not None and lock.plan == plan.digest
    digests = {plan.digest} | ({lock.id} if lock is not None and holds else set())
    return "yes" if registered(file, digests) else "no"


def _reports(
    study: Study,
    findings: Findings,
    instrument: Instrument,
    plan: LoadedPlan,
    languages: Sequence[str],
) -> dict[Path, bytes]:
    from cosyn.report import RENDERERS, build

    contents = {}
    for language in languages:
        document = build(findings, instrument, plan, language)
        for renderer in RENDERERS:
            name = REPORT.format(language=language, suffix=renderer.suffix.lstrip("."))
            contents[study.results / name] = renderer.render(document)
    return contents


def report(folder: Path | None, languages: Sequence[str] = ()) -> tuple[Path, ...]:
    """Write the report of the last findings again, e.g. in another language.

    Raises
    ------
    PlanError
        If there are no findings, or they belong to another instrument.
    """
    from cosyn.derivation import with_models
    from cosyn.findings import read_findings
    from cosyn.plan import load_plan

    study = locate(folder)
    instrument = _instrument(study)
    findings = read_findings(study.results / "findings.json")
    if findings.provenance.digests.get("instrument") != instrument.digest:
        raise PlanError(
            "findings.other-instrument",
            str(study.results / "findings.json"),
            "the findings were made with another wording of the instrument",
            "Run `survey analyze` again",
        )
    plan = with_models(load_plan(study.analysis), instrument)
    chosen = languages_written(instrument, languages, "cosyn.report")
    contents = _reports(study, findings, instrument, plan, chosen)
    write_all(contents)
    return tuple(contents)


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """The whole journey of a demonstration study."""

    study: Study
    exported: ExportedFiles
    simulated: Simulated
    analyzed: Analyzed


def demo(folder: Path, *, progress: Tell = silent) -> Demonstrated:
    """Make a study and take it from the questionnaire to the report with simulated answers.

    A second run in the same folder does it all again.
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
    analyzed = analyze(study.root, progress=progress)
    return Demonstrated(study, exported, simulated, analyzed)
