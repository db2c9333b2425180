"""Run the plan and write what it found: steps from the store to findings, and reports of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cosyn.atomic import write_all
from cosyn.crew import cores, crew
from cosyn.errors import PlanError
from cosyn.study import Study, locate
from cosyn.terminal import Tell, silent
from cosyn.workflow._emit import emitted
from cosyn.workflow._languages import languages_written
from cosyn.workflow._reports import reports

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.findings import Findings
    from cosyn.lock import Lock
    from cosyn.plan import LoadedPlan

CACHE = ".cache"
MODELS = "models"
MANY = 250_000
"""Beyond so many respondents one process does all unless more are asked for: each holds them."""


@dataclass(frozen=True, slots=True)
class Analyzed:
    """The outcome of a run of the plan.

    Attributes
    ----------
    not_sound : tuple of str
        Structural models and the expected measurement model whose estimates must not be
        relied on, each with its status.
    from_cache : tuple of str
        Steps whose outcome was kept from another run.
    """

    findings: Findings
    files: tuple[Path, ...]
    seconds: float
    not_sound: tuple[str, ...] = field(default=())
    from_cache: tuple[str, ...] = ()


def analyze(
    folder: Path | None,
    *,
    languages: Sequence[str] = (),
    emit: Sequence[str] = (),
    preregistered: Path | None = None,
    hurried: bool = False,
    jobs: int | None = 1,
    cache: bool = True,
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
    jobs : int or None
        Processes that work side by side; None for all cores, or one beyond `MANY` respondents,
        whose answers each process would hold. More than one import the program that calls this,
        which must then start its own work under ``if __name__ == "__main__":``.
    cache : bool
        Whether steps are taken from ``results/.cache`` whose data, part of the plan and program
        are those of another run, and figures that show the same; and both are kept there.

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
    from cosyn.frame import asked_departments
    from cosyn.instrument.load import ledger, load_instrument
    from cosyn.lock import lock_of
    from cosyn.plan import load_plan, quick
    from cosyn.steps import run_steps
    from cosyn.stored import responses_of
    from cosyn.versions import load_equivalences

    started = time.monotonic()
    study = locate(folder)
    instrument = load_instrument(study.instrument)
    chosen = languages_written(instrument, languages, "cosyn.report")
    plan = with_models(load_plan(study.analysis), instrument)
    lock = lock_of(study, instrument)
    same = "" if preregistered is None else _registered(preregistered, plan, lock)
    if hurried:
        plan = replace(plan, plan=quick(plan.plan))
    known, same_items = ledger(study.instrument), load_equivalences(study.analysis, instrument)
    responses = responses_of(study.store, instrument, plan, known, same_items)
    simulated = responses.table.simulated
    frame = asked_departments(study.root, instrument, plan, simulated=simulated).codes
    context = run.context_of(instrument, plan, responses, progress, frame)
    folder = study.results / CACHE if cache else None
    processes, apart = _processes(jobs, context.table.n), replace(context, progress=silent)
    with crew(processes, context, apart, modules=_modules(plan)) as hands:
        ran = run_steps(context, hands, folder, run.versions(), progress)
        findings = run.findings_of_steps(instrument, plan, responses, ran.outcomes, lock)
        origin = replace(findings.provenance, registered=same, quick=hurried)
        findings = replace(findings, provenance=origin)
        progress("report")
        contents = {study.results / "findings.json": findings_json(findings)}
        written = reports(findings, instrument, plan, chosen, hands, folder)
        contents |= {study.results / name: content for name, content in written.items()}
    models = _models(study, plan)
    if emit:
        progress("emit")
        contents |= emitted(study, findings, instrument, plan, responses.table, emit)
    seconds = time.monotonic() - started
    contents[study.results / "run.json"] = run.record(
        findings, seconds, ran.known, written=contents[study.results / "findings.json"]
    )
    write_all(contents | models)
    files = (*contents, study.results / MODELS)
    return Analyzed(findings, files, seconds, run.not_sound(findings, plan), ran.known)


def _processes(jobs: int | None, n: int) -> int:
    if jobs is not None:
        return jobs
    return cores() if n <= MANY else 1


def _models(study: Study, plan: LoadedPlan) -> dict[Path, bytes]:
    """The whole syntax of every model: also what followed from the instrument."""
    folder = study.results / MODELS
    return {folder / f"{file}.lav": text.encode() for file, text in plan.models.items()}


def _modules(plan: LoadedPlan) -> list[str]:
    """What processes that run the steps need."""
    from cosyn.analysis import ANALYSES

    return [f"{ANALYSES.package}.{step}" for step in plan.plan.steps if step in ANALYSES.names()]


def _registered(file: Path, plan: LoadedPlan, lock: Lock | None) -> str:
    from cosyn.registration import registered

    holds = lock is not None and lock.plan == plan.digest
    digests = {plan.digest} | ({lock.id} if lock is not None and holds else set())
    return "yes" if registered(file, digests) else "no"


def report(
    folder: Path | None, languages: Sequence[str] = (), *, jobs: int = 1, cache: bool = True
) -> tuple[Path, ...]:
    """Write the report of the last findings again, e.g. in another language.

    Parameters
    ----------
    jobs : int
        Processes that work side by side, as for `analyze`.
    cache : bool
        Whether figures are taken from ``results/.cache`` and kept there, as for `analyze`.

    Raises
    ------
    PlanError
        If there are no findings, or they belong to another instrument.
    """
    from cosyn.derivation import with_models
    from cosyn.findings import read_findings
    from cosyn.instrument.load import load_instrument
    from cosyn.plan import load_plan, quick

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    findings = read_findings(study.results / "findings.json")
    if findings.provenance.digests.get("instrument") != instrument.digest:
        raise PlanError(
            "findings.other-instrument",
            str(study.results / "findings.json"),
            "the findings were made with another wording of the instrument",
            "Run `survey analyze` again",
        )
    plan = with_models(load_plan(study.analysis), instrument)
    if findings.provenance.quick:
        plan = replace(plan, plan=quick(plan.plan))
    chosen = languages_written(instrument, languages, "cosyn.report")
    kept = study.results / CACHE if cache else None
    with crew(jobs, None) as hands:
        written = reports(findings, instrument, plan, chosen, hands, kept)
    contents = {study.results / name: content for name, content in written.items()}
    write_all(contents)
    return tuple(contents)
