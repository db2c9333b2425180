"""The command `survey data`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir, app
from cosyn.terminal import say, say_json


@app.command()
def data(
    to: Annotated[
        str,
        typer.Option("--to", metavar="FORMATS", help="csv, sav, dta, xlsx, parquet, ddi."),
    ] = "csv",
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LANG", help="Language of the labels.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder to write to.")] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the stored responses as documented data, for the research team."""
    from cosyn.messages.data import data_json, data_lines
    from cosyn.workflow import data as verb

    done = verb.data(study, [name.strip() for name in to.split(",")], lang, out)
    if json:
        say_json("cosyn.data-set/1", data_json(done))
    elif not quiet:
        say(*data_lines(done))
