"""What the command line shows: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cosyn.errors import SurveyError


def say(*lines: str) -> None:
    """Print lines of a result."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def visible(text: str) -> str:
    """Text of others on one line, with what a terminal would obey rather than show spelt out."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)


def say_json(schema: str, document: dict[str, object]) -> None:
    """Print one JSON document with the name of its schema."""
    say(json.dumps({"schema": schema, **document}, ensure_ascii=False, indent=1, default=str))


def say_error(error: SurveyError, *, as_json: bool) -> None:
    """Print each fault on a line of its own, or all as one JSON document."""
    faults: tuple[SurveyError, ...] = getattr(error, "faults", (error,))
    if as_json:
        rows = [{"code": f.code, "where": f.where, "what": f.what, "fix": f.fix} for f in faults]
        say_json("cosyn.error/1", {"errors": rows})
        return
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show what is being worked on.

    On a terminal one line with a spinner and the seconds; elsewhere a line as each step begins;
    nothing at all if `quiet`.
    """
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _spinner() as tell:
            yield tell
    else:
        yield lambda step: print(f"... {step}", file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def _spinner() -> Iterator[Callable[[str], None]]:
    # Imported here: the spinner costs start-up time that most commands need not pay.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    started = time.monotonic()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(step: str) -> None:
            bar.update(task, description=step)

        yield tell
    if time.monotonic() - started > 2:
        console.print(f"done in {time.monotonic() - started:.0f} s", style="dim")
