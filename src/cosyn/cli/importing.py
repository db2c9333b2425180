"""The command `survey import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cosyn.cli._app import Json, Quiet, StudyDir, app
from cosyn.cli.fielding import Database
from cosyn.terminal import progress, say, say_json

if TYPE_CHECKING:
    from cosyn.workflow.importing import DraftedMapping, ImportedFile


@app.command("import")
def import_(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A table of answers; with --fielded, a wave's code."),
    ] = None,
    fielded: Annotated[
        bool, typer.Option("--fielded", help="What the study's own server has released.")
    ] = False,
    key: Annotated[
        Path | None, typer.Option(help="The wave's answers.key, if it is kept elsewhere.")
    ] = None,
    database: Database = "",
    mapping: Annotated[
        Path | None, typer.Option(help="YAML file: which column is which item, label which code.")
    ] = None,
    importer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Read as this source: qualtrics, kobo ...")
    ] = None,
    form: Annotated[
        str | None, typer.Option(help="Form whose response formats the answers are in.")
    ] = None,
    max_mb: Annotated[float, typer.Option(help="Refuse larger files.")] = 100,
    replace: Annotated[
        bool, typer.Option("--replace", help="Set earlier imports aside (they are kept).")
    ] = False,
    only_new: Annotated[
        bool, typer.Option("--only-new", help="Leave out rows that an earlier export had.")
    ] = False,
    draft_mapping: Annotated[
        Path | None,
        typer.Option(metavar="YAML", help="Import nothing: write a mapping file to complete."),
    ] = None,
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read responses from a file; say what became of every row, column and cell."""
    from cosyn.workflow import importing as workflow

    if fielded:
        _import_fielded(study, str(file) if file else None, key, database, json=json, quiet=quiet)
        return
    if file is None:
        raise typer.BadParameter("Name a table of answers, or say --fielded")
    if draft_mapping is not None:
        drafted = workflow.draft_mapping(study, file, draft_mapping, importer, form, max_mb)
        _say_drafted(drafted, file, json=json, quiet=quiet)
        return
    with progress(quiet=quiet or json) as tell:
        done = workflow.import_(
            study,
            file,
            mapping=mapping,
            importer=importer,
            form=form,
            max_mb=max_mb,
            replace=replace,
            only_new=only_new,
            progress=tell,
        )
    _say_imported(done, json=json, quiet=quiet)


def _import_fielded(
    study: Path | None,
    wave: str | None,
    key: Path | None,
    database: str,
    *,
    json: bool,
    quiet: bool,
) -> None:
    from cosyn.workflow.fielded import import_fielded

    with progress(quiet=quiet or json) as tell:
        done = import_fielded(study, wave, key=key, database=database, progress=tell)
    _say_imported(done, json=json, quiet=quiet)


def _say_drafted(drafted: DraftedMapping, file: Path, *, json: bool, quiet: bool) -> None:
    from cosyn.messages.importing import drafted_lines

    if json:
        say_json("cosyn.draft-mapping/1", {"file": drafted.file, "open": drafted.left_open})
    elif not quiet:
        say(*drafted_lines(drafted, file))


def _say_imported(done: ImportedFile, *, json: bool, quiet: bool) -> None:
    from cosyn.messages.importing import imported_json, imported_lines

    if json:
        say_json("cosyn.import/2", imported_json(done))
    elif not quiet:
        say(*imported_lines(done))
