"""The commands `survey status` and `survey field dashboard-link`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir, app
from cosyn.cli.fielding import Database, Wave, field
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


@field.command("dashboard-link")
def dashboard_link(
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it opens the page.")] = 30,
    wave: Wave = "1",
    base_url: Annotated[
        str,
        typer.Option("--base-url", metavar="URL", help="Address of the server, if not the wave's."),
    ] = "",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print a link to a page that shows what `survey status` shows, and changes nothing."""
    from cosyn.messages.fielding_status import dashboard_json, dashboard_lines
    from cosyn.workflow.fielding_status import dashboard_link as verb

    made = verb(study, wave=wave, days=days, base_url=base_url, database=database)
    if json:
        say_json("cosyn.field-dashboard-link/1", dashboard_json(made))
    elif not quiet:
        say(*dashboard_lines(made))
