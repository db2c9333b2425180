"""The command `survey status`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir, app
from cosyn.cli.fielding import Database, Wave
from cosyn.terminal import say, say_json


@app.command()
def status(
    wave: Wave = "1",
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the numbers to a CSV file too.")
    ] = None,
    lang: Annotated[str, typer.Option(metavar="LANG", help="en or zh-Hans.")] = "en",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show how far a wave has come: by department, day and page, with small numbers protected."""
    from cosyn.messages.fielding_status import status_json, status_lines
    from cosyn.workflow.fielding_status import status as verb

    done = verb(study, wave=wave, database=database, language=lang, csv=csv)
    if json:
        say_json("cosyn.status/1", status_json(done))
    elif not quiet:
        say(*status_lines(done))
