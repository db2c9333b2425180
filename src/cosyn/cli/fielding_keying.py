"""`survey field keying-link` and `survey field keying`: paper that is keyed in on the server."""

from __future__ import annotations

from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir
from cosyn.cli.fielding import Database, Wave, field
from cosyn.terminal import say, say_json


@field.command("keying-link")
def keying_link(
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take every such link back instead.")
    ] = False,
    base_url: Annotated[
        str, typer.Option("--base-url", metavar="URL", help="Address of the server.")
    ] = "http://127.0.0.1:8000",
    wave: Wave = "1",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Issue a link to the pages on which clerks key sheets of paper, or take them back."""
    from dataclasses import asdict

    from cosyn.messages.fielding_keying import keying_lines
    from cosyn.workflow.fielding_keying import keying_link as verb

    done = verb(study, withdraw=withdraw, base_url=base_url, wave=wave, database=database)
    if json:
        say_json("cosyn.field-keying-link/1", asdict(done))
    elif not quiet:
        say(*keying_lines(done))


@field.command("keying")
def keying(
    discard: Annotated[
        str, typer.Option(metavar="NUMBERS", help="Forget these sheets, e.g. 7,12; frees them.")
    ] = "",
    wave: Wave = "1",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List sheets of paper that are being keyed and not handed in, or discard some."""
    from cosyn.messages.fielding_keying import waiting_json, waiting_lines
    from cosyn.workflow.fielding_keying import keying as verb

    done = verb(study, discard=discard, wave=wave, database=database)
    if json:
        say_json("cosyn.field-keying/1", waiting_json(done))
    elif not quiet:
        say(*waiting_lines(done))
