"""The commands `survey field training` and `survey field verify-training`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir
from cosyn.cli.fielding import field
from cosyn.terminal import say, say_json


@field.command()
def training(
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")],
    form: Annotated[str, typer.Option(help="Which form; else the usual one.")] = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write every kind of page as files, to train without a server; signed, and storing nothing."""
    from cosyn.messages.fielding_training import trained_json, trained_lines
    from cosyn.workflow.fielding_training import training as verb

    done = verb(study, out, form=form)
    if json:
        say_json("cosyn.field-training/1", trained_json(done))
    elif not quiet:
        say(*trained_lines(done))


@field.command("verify-training")
def verify_training(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What `training` wrote.")],
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The public key; else that of the study.")
    ] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell whether training pages are as they were signed; exit with 6 if they are not."""
    from cosyn.messages.fielding_training import checked_json, checked_lines
    from cosyn.workflow.fielding_training import verify_training as verb

    done = verb(study, folder, key=key)
    if json:
        say_json("cosyn.field-verify-training/1", checked_json(done))
    elif not quiet:
        say(*checked_lines(done))
    if not done.ok:
        raise typer.Exit(6)
