"""The commands `survey panel ...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Languages, Quiet, StudyDir
from cosyn.cli._app import app as survey
from cosyn.terminal import say, say_json

app = typer.Typer(
    name="panel", help="Ask experts about content validity, blind.", no_args_is_help=True
)
survey.add_typer(app)


@app.command()
def write(
    experts: Annotated[int, typer.Option(min=1, max=99, help="How many experts.")] = 10,
    lang: Languages = None,
    form: Annotated[
        str | None, typer.Option(help="Form whose items they judge, e.g. long.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder to write to.")] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write one workbook for each expert and language: a blind sort, then ratings."""
    from cosyn.messages.panel import written_json, written_lines
    from cosyn.workflow import panel

    done = panel.write(study, experts, lang or (), form, out)
    if json:
        say_json("cosyn.panel-write/1", written_json(done))
    elif not quiet:
        say(*written_lines(done))


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILES", help="Filled-in workbooks.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="XLSX file to write.")] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LANG", help="Language of the tables.")
    ] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compute content validity from the experts' workbooks, by the rule of the plan."""
    from cosyn.messages.panel import read_json, read_lines
    from cosyn.workflow import panel

    done = panel.read(study, files, out, lang)
    if json:
        say_json("cosyn.panel/1", read_json(done))
    elif not quiet:
        say(*read_lines(done))
