"""The command `survey release`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Languages, Quiet, StudyDir, app
from cosyn.terminal import say, say_json


@app.command()
def release(
    k: Annotated[
        int | None, typer.Option("--k", min=2, max=1000, help="Records alike; else the file's.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder to write to.")] = None,
    lang: Languages = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would cost; write nothing.")
    ] = False,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a public-use file in which nobody can be told apart, by analysis/release.yaml."""
    from cosyn.messages.release import released_json, released_lines
    from cosyn.workflow import release as verb

    done = verb.release(study, k=k, out=out, languages=lang or (), dry_run=dry_run)
    if json:
        say_json("cosyn.release/1", released_json(done))
    elif not quiet:
        say(*released_lines(done))
