"""`survey field VERB`: look after a wave."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir
from cosyn.cli.fielding import Database, Wave, field
from cosyn.terminal import say, say_json

Key = Annotated[Path | None, typer.Option(help="The wave's answers.key, if it is kept elsewhere.")]


@field.command()
def draw(
    wave: Wave = "1",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Mark and release every full batch now, as the server does each minute."""
    from dataclasses import asdict

    from cosyn.messages import fielding_operations as messages
    from cosyn.workflow import fielding_operations as workflow

    done = workflow.draw(study, wave=wave, database=database)
    if json:
        say_json("cosyn.field-draw/1", asdict(done))
    elif not quiet:
        say(*messages.drawn_lines(done))


@field.command()
def backup(
    wave: Wave = "1",
    database: Database = "",
    out: Annotated[Path | None, typer.Option(help="Folder; else backups/ of the wave.")] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Copy both stores while they are in use, each into an archive of its own."""
    from cosyn.messages import fielding_operations as messages
    from cosyn.workflow import fielding_operations as workflow

    made = workflow.backup(study, wave=wave, database=database, out=out)
    if json:
        say_json("cosyn.field-backup/1", messages.backup_json(made))
    elif not quiet:
        say(*messages.backup_lines(made))


@field.command()
def restore(
    archive: Annotated[Path, typer.Argument(metavar="BACKUP", help="An archive of one store.")],
    force: Annotated[
        bool, typer.Option("--force", help="Move a store that is there to backups/ first.")
    ] = False,
    wave: Wave = "1",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Put a backup in the place of a store; nothing is overwritten without a copy."""
    from cosyn.messages import fielding_operations as messages
    from cosyn.workflow import fielding_operations as workflow

    done = workflow.restore(study, archive, wave=wave, database=database, force=force)
    if json:
        say_json("cosyn.field-restore/1", messages.restored_json(done))
    elif not quiet:
        say(*messages.restored_lines(done))


@field.command()
def verify(
    key: Key = None,
    wave: Wave = "1",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check files, counts, log and envelopes of a wave; exit with 6 if one is not right."""
    from cosyn.messages import fielding_operations as messages
    from cosyn.workflow import fielding_operations as workflow

    checks = workflow.verify(study, wave=wave, database=database, key=key)
    if json:
        say_json("cosyn.field-verify/1", messages.verified_json(checks))
    elif not quiet:
        say(*messages.verified_lines(checks))
    if not all(check.ok for check in checks):
        raise typer.Exit(6)


@field.command()
def schedule(
    opens: Annotated[
        str | None, typer.Option(help="Date, or date and time; empty for no limit.")
    ] = None,
    closes: Annotated[str | None, typer.Option(help="Likewise.")] = None,
    keying: Annotated[
        str | None,
        typer.Option("--keying-until", help="Likewise, for paper; else it is keyed till `close`."),
    ] = None,
    paused: Annotated[
        bool | None, typer.Option("--pause/--resume", help="Let nobody in for a while.")
    ] = None,
    wave: Wave = "1",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show or set when a wave is open; a running server follows at once."""
    from cosyn.messages import fielding_operations as messages
    from cosyn.workflow import fielding_operations as workflow

    found, state = workflow.schedule(
        study, wave=wave, opens=opens, closes=closes, keying=keying, paused=paused
    )
    if json:
        say_json("cosyn.field-schedule/1", messages.schedule_json(found, state))
    elif not quiet:
        say(*messages.schedule_lines(found, state))


@field.command()
def close(
    wave: Wave = "1",
    database: Database = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Close a wave for good and release every answer."""
    from dataclasses import asdict

    from cosyn.messages import fielding_operations as messages
    from cosyn.workflow import fielding_operations as workflow

    if not yes:
        from cosyn.messages.fielding_keying import lost_by_closing
        from cosyn.workflow.fielding_keying import keying

        lost = lost_by_closing(keying(study, wave=wave, database=database))
        what = f"{lost}Close wave {wave} for good? Nothing opens it again."
        typer.confirm(what, abort=True, err=True)
    done = workflow.close(study, wave=wave, database=database)
    if json:
        say_json("cosyn.field-close/1", asdict(done))
    elif not quiet:
        lines = messages.drawn_lines(done) if done.departments else []
        say("Closed for good.", *lines, "Next: survey import --fielded")


@field.command()
def destroy(
    wave: Wave = "1",
    database: Database = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Destroy roster, links, backups and server's key of a closed wave; writes a certificate."""
    from dataclasses import asdict

    from cosyn.messages import fielding_operations as messages
    from cosyn.workflow import fielding_operations as workflow

    if not yes:
        what = f"Destroy roster, links, backups and the server's key of wave {wave}?"
        typer.confirm(f"{what} The answers stay.", abort=True, err=True)
    certificate = workflow.destroy(study, wave=wave, database=database)
    if json:
        say_json("cosyn.field-destroy/1", asdict(certificate))
    elif not quiet:
        say(*messages.destroyed_lines(certificate))
