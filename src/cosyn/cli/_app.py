"""The command `survey` itself, and the options that its verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="survey",
    help="Ask civil servants what keeps cooperation going, and test the answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

StudyDir = Annotated[
    Path | None, typer.Option("--study", metavar="DIR", help="The study; else the present folder.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Languages = Annotated[
    list[str] | None,
    typer.Option("--lang", metavar="LANG", help="en or zh-Hans; may be repeated. All if left out."),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=64,
        metavar="N",
        help="Processes that work side by side; all cores if left out, one for very many answers.",
    ),
]
