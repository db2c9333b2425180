"""The commands `survey translate ...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir
from cosyn.cli._app import app as survey
from cosyn.terminal import say, say_json

app = typer.Typer(
    name="translate", help="Compare and complete translations side by side.", no_args_is_help=True
)
survey.add_typer(app)


@app.command()
def write(
    lang: Annotated[str, typer.Option("--lang", metavar="LANG", help="Translated to, e.g. fr.")],
    against: Annotated[
        str | None, typer.Option("--against", metavar="LANG", help="Translated from, e.g. en.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="XLSX file to write.")] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write every text beside its translation, for a reviewer to fill in."""
    from cosyn.messages.translate import written_json, written_lines
    from cosyn.workflow import translate

    done = translate.write(study, lang, against, out)
    if json:
        say_json("cosyn.translate-write/1", written_json(done))
    elif not quiet:
        say(*written_lines(done))


@app.command()
def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A filled-in sheet.")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the proposals into the instrument's files.")
    ] = False,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what a reviewer proposes, text by text; with --apply, take it over."""
    from cosyn.messages.translate import read_json, read_lines
    from cosyn.workflow import translate

    done = translate.read(study, file, apply=apply)
    if json:
        say_json("cosyn.translate-read/1", read_json(done))
    elif not quiet:
        say(*read_lines(done, applied=apply))
