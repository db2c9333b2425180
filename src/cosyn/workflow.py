"""One function per verb: each sequences the stages and returns what there is to say.

Heavy libraries are imported inside the functions, so that the command line starts quickly.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from cosyn import __version__
from cosyn.atomic import write_all
from cosyn.errors import InstrumentError, PlanError, ResponseError, SurveyError, raise_all
from cosyn.study import Study, create, locate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.findings import Finding, Findings, Warned
    from cosyn.importers import Imported
    from cosyn.instrument.check import Summary
    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan
    from cosyn.responses import ResponseTable

Progress = Callable[[str], None]
COMPUTING = ("numpy", "scipy", "pandas", "factor-analyzer", "semopy", "pingouin", "matplotlib")
REPORT = "report.{language}.{suffix}"


def silent(_: str) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found.

    Attributes
    ----------
    recorded : bool
        Whether this version of the instrument stands in its ledger.
    """

    summary: Summary | None
    faults: tuple[SurveyError, ...]
    remarks: tuple[str, ...]
    recorded: bool


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
    from cosyn.instrument.check import remarks, summarise
    from cosyn.instrument.load import read_instrument, record_version
    from cosyn.plan import load_plan, load_population

    study = locate(folder)
    reading = read_instrument(study.instrument)
    faults = [*reading.faults]
    instrument, recorded = reading.instrument, reading.recorded
    faults += _faults_of(lambda: load_plan(study.analysis))
    if (study.analysis / "population.yaml").is_file():
        faults += _faults_of(lambda: load_population(study.analysis))
    if instrument is None:
        return Checked(None, tuple(faults), (), recorded)
    if record and not recorded and not reading.faults:
        record_version(study.instrument, instrument)
        recorded = True
    return Checked(summarise(instrument), tuple(faults), remarks(instrument), recorded)


def _faults_of(read: Callable[[], object]) -> list[SurveyError]:
    try:
        read()
    except SurveyError as error:
        return list(getattr(error, "faults", (error,)))
    return []


def _instrument(study: Study) -> Instrument:
    from cosyn.instrument.load import load_instrument

    return load_instrument(study.instrument)


@dataclass(frozen=True, slots=True)
class ExportedFiles:
    """Files written, and what their format could not express."""

    files: tuple[Path, ...]
    losses: tuple[str, ...]


def export(
    folder: Path | None,
    targets: Sequence[str],
    languages: Sequence[str],
    form: str | None = None,
    out: Path | None = None,
) -> ExportedFiles:
    """Write the questionnaire in some formats and languages."""
    from cosyn.exporters import EXPORTERS
    from cosyn.instrument.questionnaire import questionnaire

    study = locate(folder)
    instrument = _instrument(study)
    chosen = _languages(instrument, languages)
    neutral = questionnaire(instrument, form)
    contents: dict[Path, bytes] = {}
    losses: list[str] = []
    for target in targets:
        exporter = EXPORTERS[target]
        for language in chosen:
            exported = exporter.write(neutral, language)
            base = out or study.questionnaires
            contents |= {base / name: content for name, content in exported.files.items()}
            losses += [f"{target}: {loss.item}: {loss.what}" for loss in exported.losses]
    write_all(contents)
    return ExportedFiles(tuple(contents), tuple(losses))


def _languages(instrument: Instrument, asked: Sequence[str]) -> tuple[str, ...]:
    """Every language asked for, or all of the instrument's."""
    for language in asked:
        if language not in instrument.languages:
            raise InstrumentError(
                "language.unknown",
                f"--lang {language}",
                "the instrument has no texts in this language",
                f"Use one of: {', '.join(instrument.languages)}",
            )
    return tuple(dict.fromkeys(asked)) or instrument.languages


@dataclass(frozen=True, slots=True)
class Simulated:
    """A file of simulated responses."""

    file: Path
    respondents: int
    departments: int
    seed: int


def simulate(
    folder: Path | None,
    *,
    seed: int | None = None,
    departments: int | None = None,
    out: Path | None = None,
) -> Simulated:
    """Draw respondents from the stated population and write them as a spreadsheet."""
    from cosyn.plan import load_plan, load_population
    from cosyn.simulation import draw, to_csv

    study = locate(folder)
    instrument = _instrument(study)
    plan = load_plan(study.analysis).plan
    population = load_population(study.analysis)
    if departments is not None:
        population = population.model_copy(update={"departments": departments})
    form = plan.form or instrument.default_form
    used_seed = plan.seed if seed is None else seed
    drawn = draw(instrument, population, form, used_seed)
    path = out or study.root / "data" / "simulated.csv"
    write_all({path: to_csv(drawn, instrument, form, population.wave, used_seed)})
    return Simulated(path, len(drawn.codes), int(drawn.departments.max()), used_seed)


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of a file of responses.

    Attributes
    ----------
    added : bool
        False if the very same file was imported before.
    total : int
        Respondents now in the store.
    """

    imported: Imported
    added: bool
    total: int


def import_(
    folder: Path | None,
    file: Path,
    *,
    mapping: Path | None = None,
    importer: str | None = None,
    max_mb: float = 100,
    replace: bool = False,
) -> ImportedFile:
    """Read responses from a file and add them to the store.

    Raises
    ------
    ResponseError, Faults
        If the file cannot be read without guessing; nothing is then added.
    """
    from cosyn import store
    from cosyn.importers import load_mapping, read_responses

    study = locate(folder)
    instrument = _instrument(study)
    rules = load_mapping(mapping, instrument) if mapping else None
    imported = read_responses(file, instrument, rules, importer=importer, max_mb=max_mb)
    added = store.append(
        study.store,
        imported.submissions,
        file=imported.report.file,
        sha256=imported.report.sha256,
        importer=imported.report.importer,
        simulated=imported.report.simulated,
        mapping=imported.report.mapping_sha256,
        replace=replace,
    )
    total = len(store.read(study.store).submissions)
    return ImportedFile(imported, added is not None, total)


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
    folder: Path | None, *, languages: Sequence[str] = (), progress: Progress = silent
) -> Analyzed:
    """Run the plan on the stored responses and write findings, run record and reports.

    Raises
    ------
    ResponseError
        If there are no responses to analyse.
    """
    from cosyn.findings import Findings, findings_json
    from cosyn.plan import load_plan

    started = time.monotonic()
    study = locate(folder)
    instrument = _instrument(study)
    chosen = _languages(instrument, languages)
    plan = load_plan(study.analysis)
    table, data_digest = _table(study, instrument, plan)
    rows, warnings = _run_steps(instrument, plan, table, progress)
    findings = Findings(_provenance(instrument, plan, table, data_digest), rows, warnings)
    progress("report")
    contents = {study.results / "findings.json": findings_json(findings)}
    contents |= _reports(study, findings, instrument, plan, chosen)
    seconds = time.monotonic() - started
    contents[study.results / "run.json"] = _run_record(findings, seconds)
    write_all(contents)
    return Analyzed(findings, tuple(contents), seconds, _not_sound(findings, plan))


def _table(study: Study, instrument: Instrument, plan: LoadedPlan) -> tuple[ResponseTable, str]:
    """Lay out the stored responses to the items that the plan analyses."""
    from cosyn import store
    from cosyn.responses import response_table

    stored = store.read(study.store)
    form = plan.plan.form or instrument.default_form
    if form not in {f.id for f in instrument.forms}:
        where = plan.source.at("form")
        known = ", ".join(f.id for f in instrument.forms)
        raise PlanError("plan.unknown-form", where, f"no form {form!r}", f"Use one of: {known}")
    present = {item for submission in stored.submissions for item in submission.answers}
    items = [item.id for item in instrument.items_of(form) if item.id in present]
    if not items:
        raise ResponseError(
            "response.none",
            str(study.store),
            "there are no responses to analyse",
            "Import some with `survey import FILE`, or draw some with `survey simulate`",
        )
    table = response_table(stored.submissions, items, simulated=stored.simulated)
    return table, store.digest(study.store)


def _run_steps(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable, progress: Progress
) -> tuple[tuple[Finding, ...], tuple[Warned, ...]]:
    from cosyn.analysis import ANALYSES, Context
    from cosyn.findings import Warned
    from cosyn.scoring import facet_scores, keyed

    form = plan.plan.form or instrument.default_form
    left_out = [i.id for i in instrument.items_of(form) if i.id not in table.items]
    warnings: list[Warned] = []
    if left_out:
        warnings.append(Warned("sample", "items_left_out", {"items": ", ".join(left_out)}))
    items = keyed(table, instrument)
    facets = facet_scores(items, instrument, plan.plan.facet_scores.minimum_answered)
    rows: list[Finding] = []
    for step in plan.plan.steps:
        progress(step)
        context = Context(instrument, plan, table, items, facets, tuple(rows), progress)
        outcome = ANALYSES[step].run(context)
        rows += outcome.findings
        warnings += outcome.warnings
    return tuple(rows), tuple(warnings)


def _provenance(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable, data_digest: str
) -> Any:
    from cosyn.findings import Provenance

    return Provenance(
        instrument=instrument.id,
        instrument_version=instrument.version,
        form=plan.plan.form or instrument.default_form,
        simulated=table.simulated,
        seed=plan.plan.seed,
        digests={"data": data_digest, "instrument": instrument.digest, "plan": plan.digest},
        versions=_versions(),
    )


def _versions() -> dict[str, str]:
    found = {"cosyn": __version__, "python": platform.python_version()}
    for name in COMPUTING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _run_record(findings: Findings, seconds: float) -> bytes:
    record = {
        "schema": "cosyn.run/1",
        **asdict(findings.provenance),
        "platform": platform.platform(),
        "seconds": round(seconds, 2),
        "warnings": [asdict(warning) for warning in findings.warnings],
        "findings_sha256": _digest_of(findings),
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def _digest_of(findings: Findings) -> str:
    from cosyn.findings import findings_json

    return hashlib.sha256(findings_json(findings)).hexdigest()


def _not_sound(findings: Findings, plan: LoadedPlan) -> tuple[str, ...]:
    from cosyn.findings import Statistic

    structure, measurement = plan.plan.structure, plan.plan.measurement
    relied_on = {m.id for m in structure.models} if structure else set()
    if measurement and measurement.expected:
        relied_on.add(measurement.expected)
    return tuple(
        f"{row.model}: {row.label}"
        for row in findings.select(statistic=Statistic.STATUS)
        if row.model in relied_on and row.label != "ok"
    )


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
    plan = load_plan(study.analysis)
    chosen = _languages(instrument, languages)
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


def demo(folder: Path, *, progress: Progress = silent) -> Demonstrated:
    """Make a study and take it from the questionnaire to the report with simulated answers."""
    progress("check")
    study = create(folder)
    raise_all(list(check(study.root).faults))
    progress("export")
    exported = export(study.root, ("html", "xlsform"), ())
    progress("simulate")
    simulated = simulate(study.root)
    progress("import")
    import_(study.root, simulated.file)
    analyzed = analyze(study.root, progress=progress)
    return Demonstrated(study, exported, simulated, analyzed)
