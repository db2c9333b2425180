"""The commands `survey roster` and `survey remind`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from cosyn.cli._app import Json, Languages, Quiet, StudyDir, app
from cosyn.cli.fielding import Database, Wave
from cosyn.terminal import say, say_json

BaseUrl = Annotated[
    str,
    typer.Option(
        "--base-url", metavar="URL", help="Address that links begin with; the wave remembers it."
    ),
]
Departments = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="Table of departments, for a new wave.")
]
People = Annotated[Path | None, typer.Option(help="Table of people, beside FILE.")]
More = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="More departments, cards or people; may be repeated."),
]
Withdraw = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODES", help="Take links back: P017, D01/3, D01/shared, D01; with commas."
    ),
]
Reissue = Annotated[
    list[str] | None,
    typer.Option(metavar="CODES", help="New links in place of lost ones; with commas."),
]
Listed = Annotated[bool, typer.Option("--list", help="Show the departments and their invitations.")]
Way = Annotated[
    str, typer.Option(metavar="WAY", help="Who gets a link: person (or card), department, both.")
]
Opens = Annotated[str, typer.Option(metavar="TIME", help="From when, for a new wave.")]
Closes = Annotated[str, typer.Option(metavar="TIME", help="Until when, for a new wave.")]
Form = Annotated[str, typer.Option(help="Form of the instrument, for a new wave.")]
Cards = Annotated[
    bool | None,
    typer.Option("--cards/--no-cards", help="Cards and posters; without: if not too many."),
]
LinksFiles = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Your own links.csv, to put links in; may be repeated."),
]


@app.command()
def roster(
    file: Departments = None,
    people: People = None,
    add: More = None,
    withdraw: Withdraw = None,
    reissue: Reissue = None,
    listed: Listed = False,
    links: Way = "",
    base_url: BaseUrl = "",
    opens: Opens = "",
    closes: Closes = "",
    form: Form = "",
    cards: Cards = None,
    lang: Languages = None,
    wave: Wave = "1",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say who is invited, and write their links: mail-merge tables, cards and posters."""
    from cosyn.messages import fielding_roster as told
    from cosyn.workflow import fielding_invited, fielding_roster
    from cosyn.workflow.fielding_links import Handing

    _one_of(file, add, withdraw, reissue, listed)
    if file is None and (people or opens or closes or form):
        raise typer.BadParameter("--people, --opens, --closes and --form go with FILE")
    which: dict[str, Any] = {"wave": wave, "database": database}
    if listed:
        rows = fielding_invited.listing(study, **which)
        _tell("roster-list", told.listed_json(rows), told.listed_lines(rows), json, quiet)
        return
    if withdraw:
        back = fielding_invited.withdraw(study, _codes(withdraw), **which)
        _tell("roster-withdraw", told.withdrawn_json(back), told.withdrawn_lines(back), json, quiet)
        return
    handing = Handing(links, base_url, lang or (), cards)
    if file is not None:
        new: dict[str, Any] = {"form": form, "opens": opens, "closes": closes}
        done = fielding_roster.enrol(study, file, people, handing, **new, **which)
    elif add:
        done = fielding_roster.add(study, add, handing, **which)
    else:
        done = fielding_roster.reissue(study, _codes(reissue or []), handing, **which)
    _tell("roster", told.handed_out_json(done), told.handed_out_lines(done), json, quiet)


@app.command()
def remind(
    links_file: LinksFiles = None,
    base_url: BaseUrl = "",
    lang: Languages = None,
    wave: Wave = "1",
    database: Database = "",
    study: StudyDir = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List who is not marked as answered, and write the message to send them."""
    from cosyn.messages import fielding_roster as told
    from cosyn.workflow.fielding_invited import remind as do
    from cosyn.workflow.fielding_links import Handing

    handing = Handing(base=base_url, languages=lang or ())
    done = do(study, links_file or (), handing, wave=wave, database=database)
    _tell("remind", told.reminded_json(done), told.reminded_lines(done), json, quiet)


def _one_of(*actions: object) -> None:
    if sum(bool(action) for action in actions) != 1:
        raise typer.BadParameter("Give one of FILE, --add, --withdraw, --reissue and --list")


def _codes(typed: list[str]) -> list[str]:
    """Codes may be given one an option, or several with commas."""
    return [code for text in typed for code in map(str.strip, text.split(",")) if code]


def _tell(
    name: str, document: dict[str, Any], lines: Iterable[str], json: bool, quiet: bool
) -> None:
    if json:
        say_json(f"cosyn.{name}/1", document)
    elif not quiet:
        say(*lines)
