"""Verbs for the versions of an instrument: freeze one, compare two, check what a file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir, app
from cosyn.terminal import say, say_json


@app.command()
def lock(study: StudyDir = None, json: Json = False, quiet: Quiet = False) -> None:
    """Freeze instrument, plan and forms as a version with a hash, before anyone is asked."""
    from cosyn.messages.versions import locked_json, locked_lines
    from cosyn.workflow import versions

    done = versions.lock(study)
    if json:
        say_json("cosyn.lock/1", locked_json(done))
    elif not quiet:
        say(*locked_lines(done))


@app.command()
def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A locked version, or the folder of a study.")
    ],
    new: Annotated[
        str | None, typer.Argument(metavar="NEW", help="Likewise; the present state if left out.")
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Print a draft of analysis/versions.yaml instead.")
    ] = False,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what changed between two versions, item by item and in every language."""
    from cosyn.messages.versions import compared_json, compared_lines, draft_lines
    from cosyn.workflow import versions

    found = versions.diff(study, old, new)
    if json:
        say_json("cosyn.diff/1", compared_json(found))
    elif draft:
        say(*draft_lines(found))
    elif not quiet:
        say(*compared_lines(found))


@app.command()
def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A questionnaire exported here or by a platform.")
    ],
    kind: Annotated[
        str | None, typer.Option("--as", metavar="FORMAT", help="Format, e.g. xlsform.")
    ] = None,
    form: Annotated[str | None, typer.Option(help="Form of the instrument, e.g. long.")] = None,
    order: Annotated[int, typer.Option(min=0, help="Number of the permuted form.")] = 0,
    lang: Annotated[
        str | None, typer.Option(help="Language of a file that holds one alone.")
    ] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare what a questionnaire's file asks with the instrument; exit with 4 if it differs."""
    from cosyn.messages.versions import verified_json, verified_lines
    from cosyn.workflow import versions

    found = versions.verify(study, file, kind=kind, form=form, order=order, language=lang)
    if json:
        say_json("cosyn.verify/1", verified_json(found))
    elif not quiet:
        say(*verified_lines(found))
    if found.differences:
        raise typer.Exit(4)
