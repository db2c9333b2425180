"""The verb that sends a questionnaire to a running survey platform."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir, app
from cosyn.terminal import progress, say, say_json


class Platform(StrEnum):
    """Where a questionnaire can be sent to."""

    LIMESURVEY = "limesurvey"


@app.command()
def push(
    _: Annotated[Platform, typer.Argument(metavar="PLATFORM", help="limesurvey.")],
    url: Annotated[str, typer.Option(metavar="URL", help="Of the LimeSurvey, to index.php.")],
    user: Annotated[str, typer.Option(help="Who may create surveys there.")],
    password_env: Annotated[
        str,
        typer.Option(metavar="VAR", help="Name of the environment variable with the password."),
    ],
    form: Annotated[str | None, typer.Option(help="Form of the instrument, e.g. long.")] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Send the questionnaire to a LimeSurvey, read it back, and name every difference."""
    from cosyn.messages.push import pushed_json, pushed_lines
    from cosyn.workflow.push import push_limesurvey

    # Never an argument: every process of a machine can read another's arguments.
    password = os.environ.get(password_env)
    if not password:
        raise typer.BadParameter(
            f"the environment variable {password_env} holds no password",
            param_hint="--password-env",
        )
    with progress(quiet=quiet or json) as tell:
        done = push_limesurvey(study, url, user, password, form=form, progress=tell)
    if json:
        say_json("cosyn.push/1", pushed_json(done))
    elif not quiet:
        say(*pushed_lines(done))
    if done.pushed.differences:
        raise typer.Exit(4)
