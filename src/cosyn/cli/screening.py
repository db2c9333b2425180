"""The command `survey screen`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir, app
from cosyn.terminal import progress, say, say_json


@app.command()
def screen(
    roster: Annotated[
        Path | None, typer.Option(help="Table of departments: others are out of the frame.")
    ] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Flag careless and copied answers by stated rules; nothing is deleted."""
    from cosyn.messages.screening import screened_json, screened_lines
    from cosyn.workflow import screening

    with progress(quiet=quiet or json) as tell:
        done = screening.screen(study, roster=roster, progress=tell)
    if json:
        say_json("cosyn.screen/1", screened_json(done))
    elif not quiet:
        say(*screened_lines(done))
