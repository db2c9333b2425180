"""The command `survey`: one thin command per verb."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cosyn import __version__
from cosyn.cli import data as _data
from cosyn.cli import fielding as _fielding
from cosyn.cli import fielding_keying as _fielding_keying
from cosyn.cli import fielding_operations as _fielding_operations
from cosyn.cli import fielding_roster as _fielding_roster
from cosyn.cli import fielding_status as _fielding_status
from cosyn.cli import fielding_training as _fielding_training
from cosyn.cli import importing as _importing
from cosyn.cli import panel as _panel
from cosyn.cli import push as _push
from cosyn.cli import release as _release
from cosyn.cli import screening as _screening
from cosyn.cli import translate as _translate
from cosyn.cli import versions as _versions
from cosyn.cli._app import Jobs, Json, Languages, Quiet, StudyDir, app
from cosyn.crew import cores
from cosyn.errors import SurveyError
from cosyn.terminal import progress, say, say_error, say_json


def _version(wanted: bool) -> None:
    if wanted:
        say(f"survey (cosyn) {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new study's folder.")],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a study: a folder with the instrument and the analysis plan, yours to change."""
    from cosyn import workflow

    study = workflow.init(folder)
    if json:
        say_json("cosyn.init/1", {"study": study.root})
    elif not quiet:
        say(f"Made the study {study.root}", f"Next: survey check --study {folder}")


@app.command()
def check(
    study: StudyDir = None,
    record: Annotated[
        bool, typer.Option("--record", help="Record this version of the wording as released.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 if there are remarks.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check the instrument and the plan: every fault and every remark, with its line."""
    from cosyn import messages, workflow
    from cosyn.errors import raise_all

    checked = workflow.check(study, record=record)
    if json and not checked.faults:
        say_json("cosyn.check/2", messages.checked_json(checked))
    elif not json and not quiet:
        say(*messages.checked_lines(checked))
    raise_all(list(checked.faults))
    if strict and checked.remarks:
        raise typer.Exit(4)


@app.command()
def export(
    to: Annotated[
        str, typer.Option("--to", metavar="FORMATS", help="html, xlsform ...; several with commas.")
    ] = "html",
    lang: Languages = None,
    form: Annotated[str | None, typer.Option(help="Form of the instrument, e.g. long.")] = None,
    orders: Annotated[
        int, typer.Option(min=0, max=999, help="Permuted forms for targets that cannot shuffle.")
    ] = 0,
    roster: Annotated[
        Path | None, typer.Option(help="Table of departments: files for each, in its own words.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse to lose anything.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder to write to.")] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the questionnaire: web and paper pages, forms for survey platforms, codebooks."""
    from cosyn import messages, workflow

    done = workflow.export(
        study,
        to.split(","),
        lang or (),
        form=form,
        orders=orders,
        roster=roster,
        strict=strict,
        out=out,
    )
    if json:
        say_json("cosyn.export/2", messages.exported_json(done))
    elif not quiet:
        say(*messages.exported_lines(done))


@app.command()
def simulate(
    seed: Annotated[int | None, typer.Option(help="Seed; else the plan's.")] = None,
    departments: Annotated[int | None, typer.Option(min=1, help="How many departments.")] = None,
    out: Annotated[Path | None, typer.Option(help="CSV file to write.")] = None,
    field: Annotated[
        bool,
        typer.Option(help="A whole wave: second answers, coordinators, modes, matters, sides."),
    ] = False,
    population: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Of analysis/populations/, e.g. independent; else the study's own."
        ),
    ] = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw simulated respondents, to try the analysis before fielding."""
    from cosyn import messages, workflow

    drawn = workflow.simulate(
        study, seed=seed, departments=departments, out=out, population=population, field=field
    )
    if json:
        say_json("cosyn.simulate/1", messages.as_json(drawn))
    elif not quiet:
        say(
            f"Simulated {drawn.respondents:,} respondents in {drawn.departments:,} departments "
            f"(seed {drawn.seed}{', ' if drawn.population else ''}{drawn.population})",
            f"Wrote {drawn.file}",
            f"Next: survey import {drawn.file}",
        )


@app.command()
def analyze(
    lang: Languages = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 if anything needs your judgement.")
    ] = False,
    emit: Annotated[
        str | None,
        typer.Option(metavar="PROGRAMS", help="Data and syntax too, for lavaan, mplus, jasp."),
    ] = None,
    preregistered: Annotated[
        Path | None,
        typer.Option(help="Say whether the plan is the one in this deposited lock.json."),
    ] = None,
    hurried: Annotated[
        bool, typer.Option("--quick", help="A first look: few draws, no repetitions.")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Run every step, even if nothing changed.")
    ] = False,
    jobs: Jobs = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run the analysis plan on the imported responses and write the report."""
    from cosyn import messages, workflow

    with progress(quiet=quiet or json) as tell:
        programs = [name.strip() for name in emit.split(",")] if emit else []
        done = workflow.analyze(
            study,
            languages=lang or (),
            emit=programs,
            preregistered=preregistered,
            hurried=hurried,
            jobs=jobs,
            cache=not no_cache,
            progress=tell,
        )
    if json:
        say_json("cosyn.analyze/1", messages.analyzed_json(done))
    elif not quiet:
        say(*messages.analyzed_lines(done))
    if done.not_sound or (strict and done.findings.warnings):
        raise typer.Exit(4)


@app.command()
def report(
    lang: Languages = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Draw every figure, even if nothing changed.")
    ] = False,
    jobs: Jobs = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the report of the last analysis again."""
    from cosyn import workflow

    files = workflow.report(study, lang or (), jobs=jobs or cores(), cache=not no_cache)
    if json:
        say_json("cosyn.report/1", {"files": files})
    elif not quiet:
        say(*(f"Wrote {file}" for file in files))


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new folder for the demonstration.")
    ] = Path("demo"),
    whole: Annotated[
        bool, typer.Option("--full", help="Run the whole plan, not a first look (minutes).")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show everything with simulated answers: check, export, simulate, import, analyze, report."""
    from cosyn import messages, workflow

    with progress(quiet=quiet or json) as tell:
        done = workflow.demo(folder, whole=whole, jobs=cores(), progress=tell)
    if json:
        say_json("cosyn.demo/1", messages.demo_json(done))
    elif not quiet:
        say(*messages.demo_lines(done))


_VERBS = (
    _data,
    _fielding,
    _fielding_keying,
    _fielding_operations,
    _fielding_roster,
    _fielding_status,
    _fielding_training,
    _importing,
    _panel,
    _push,
    _release,
    _screening,
    _translate,
    _versions,
)
"""Modules whose verbs `app` learns by their being imported."""


def main() -> None:
    """Run `survey`; a `SurveyError` becomes one line and its exit code."""
    # NumPy reads these when it is first imported. Our matrices are small: threads of BLAS wait for
    # one another longer than they save (`survey analyze` takes 2.5 times as long with two).
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    # Pydantic would look through every installed package for plug-ins, and run what it finds.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        app()
    except SurveyError as error:
        say_error(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code)
