"""What the command line shows: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.errors import SurveyError


class Tell(Protocol):
    """Is told what is being worked on and, where it is known, what share of it is done."""

    def __call__(self, step: str, done: float | None = None, /) -> None:
        """Take notice."""


def silent(_: str, __: float | None = None, /) -> None:
    """Take no notice."""


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
def progress(*, quiet: bool) -> Iterator[Tell]:
    """Show what is being worked on.

    On a terminal one line with a spinner and the seconds, and a bar where the share done is known;
    elsewhere a line as each step begins; nothing at all if `quiet`.
    """
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with _spinner() as tell:
            yield tell
    else:
        yield _lines()


def _lines() -> Tell:
    last = ""

    def tell(step: str, done: float | None = None, /) -> None:
        nonlocal last
        if step != last or done is None:
            print(f"... {step}", file=sys.stderr, flush=True)  # noqa: T201
        last = step

    return tell


@contextmanager
def _spinner() -> Iterator[Tell]:
    # Imported here: the spinner costs start-up time that most commands need not pay.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.text import Text  # noqa: PLC0415

    class Share(BarColumn):
        """A bar only while there is something to show in it."""

        def render(self, task):  # type: ignore[no-untyped-def]
            return Text("") if task.total is None else super().render(task)

    columns = (SpinnerColumn(), TextColumn("{task.description}"), Share(), TimeElapsedColumn())
    console = Console(stderr=True)
    started = time.monotonic()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(step: str, done: float | None = None, /) -> None:
            # `update` takes no total for one that stays, and would leave the last step's bar.
            bar.tasks[task].total = None if done is None else 1.0
            bar.update(task, description=step, completed=done or 0.0)

        yield tell
    if time.monotonic() - started > 2:
        console.print(f"done in {time.monotonic() - started:.0f} s", style="dim")
