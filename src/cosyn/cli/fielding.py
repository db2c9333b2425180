"""`survey field`: give the questionnaire to respondents, and look after a wave."""

from __future__ import annotations

from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir, app
from cosyn.terminal import say, say_json

field = typer.Typer(
    help="Give the questionnaire to respondents, and look after the wave.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(field, name="field")

Wave = Annotated[str, typer.Option("--wave", metavar="CODE", help="Which wave.")]
Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="COSYN_FIELD_DATABASE",
        show_envvar=True,
        help="PostgreSQL of the wave; in the environment others cannot read its password.",
    ),
]


@field.callback()
def _serve(
    context: typer.Context,
    wave: Wave = "1",
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 for a network.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes; more than one needs PostgreSQL.")
    ] = 1,
    database: Database = "",
    base_url: Annotated[
        str,
        typer.Option("--base-url", metavar="URL", help="Address that respondents open."),
    ] = "",
    per_address: Annotated[
        int,
        typer.Option(
            "--per-address", min=0, help="Requests a minute from one address; 0 for any number."
        ),
    ] = 6000,
    demo: Annotated[
        bool, typer.Option("--demo", help="For training: needs no wave, stores nothing.")
    ] = False,
    form: Annotated[str, typer.Option(help="Form to show with --demo.")] = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Serve the questionnaire of a wave: prints the link, a QR code, and what to do next."""
    if context.invoked_subcommand is not None:
        return
    from cosyn.messages.fielding_serve import served_json, served_lines
    from cosyn.workflow.fielding_serve import rehearse, serve

    ready = (
        rehearse(study, form=form, host=host, port=port, base_url=base_url)
        if demo
        else serve(
            study,
            wave=wave,
            host=host,
            port=port,
            workers=workers,
            database=database,
            base_url=base_url,
            per_address=per_address,
        )
    )
    with ready as served:
        if json:
            say_json("cosyn.field/1", served_json(served))
        elif not quiet:
            say(*served_lines(served))
        served.run()
    if not json and not quiet:
        say("Stopped; nothing that was saved is lost")
