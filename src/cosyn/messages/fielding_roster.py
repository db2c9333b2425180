"""What the verbs `survey roster` and `survey remind` say."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cosyn.messages import MOST_SHOWN, counted, some
from cosyn.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cosyn.workflow.fielding_invited import Line, Reminded, Withdrawn
    from cosyn.workflow.fielding_roster import HandedOut


def handed_out_json(done: HandedOut) -> dict[str, Any]:
    """Spell out what was issued."""
    return asdict(done)


def handed_out_lines(done: HandedOut) -> Iterator[str]:
    """Say what was issued, what needs attention, and what to do with the files."""
    wave = f"Made wave {done.wave}" if done.made else f"Wave {done.wave}"
    yield f"{wave}: {_mode(done.mode, done.k)}"
    yield (
        f"{counted(done.departments, 'new department')}, "
        f"{counted(done.people, 'new person').replace('persons', 'people')}, "
        f"{counted(done.changed, 'changed entry').replace('entrys', 'entries')}; "
        f"links issued: {done.links:,} of people, {done.cards:,} on cards, {done.shared:,} shared"
    )
    if done.withdrawn:
        yield f"Took back {counted(done.withdrawn, 'older link')}; what was begun with them is lost"
    yield from _files(done.files)
    yield from _cautions(done)
    if done.files:
        yield (
            f"Only these files hold the links: send them, then delete {done.folder}; "
            "nobody can make the same links again"
        )
    if done.made:
        yield "Paper forms with each department's code: survey export --to paper --roster FILE"
        yield "Next: survey field"


def _cautions(done: HandedOut) -> Iterator[str]:
    if done.unread:
        yield f"Not read: {some([f'column {visible(title)!r}' for title in done.unread])}"
    if done.small:
        yield (
            f"Fewer than {done.k} are invited in {some(done.small)}: nobody there is marked as "
            "answered before the wave is closed"
        )
    if done.without_cards:
        yield "Wrote no cards, for they would be many: --cards writes them"
    if done.files and not done.as_pdf:
        yield "Cards are pages to print; for PDF: pip install 'cosyn[paper]'"
    if done.only_here:
        yield "Only this machine can open these links: name another address with --base-url"
    if done.in_the_open:
        yield "These links are not encrypted (http): put a server with TLS before it"


def _mode(mode: str, k: int) -> str:
    if mode == "anonymous":
        return f"anonymous, who has answered is learnt in batches of at least {k} of a department"
    return "identified, answers bear their person's code"


def _files(files: Sequence[Path]) -> Iterator[str]:
    yield from (f"Wrote {file}" for file in files[:MOST_SHOWN])
    if len(files) > MOST_SHOWN:
        yield f"and {counted(len(files) - MOST_SHOWN, 'more file')} in {files[0].parent}"


def withdrawn_json(done: Withdrawn) -> dict[str, Any]:
    """Spell out what was taken back."""
    return asdict(done)


def withdrawn_lines(done: Withdrawn) -> Iterator[str]:
    """Say what was taken back."""
    yield f"Wave {done.wave}: took back {counted(done.withdrawn, 'invitation')}"
    if done.answered:
        yield f"{done.answered:,} are marked as answered and stay so: nobody can find their answers"


def listed_json(lines: Sequence[Line]) -> dict[str, Any]:
    """Spell out the departments."""
    return {"departments": [asdict(line) for line in lines]}


def listed_lines(lines: Sequence[Line]) -> Iterator[str]:
    """Show the departments as a table."""
    head = ("department", "people", "cards", "shared", "joined", "withdrawn", "marked", "name")
    rows = [
        (
            line.department,
            f"{line.people:,}",
            f"{line.cards:,}",
            "yes" if line.shared else "no",
            f"{line.joined:,}",
            f"{line.withdrawn:,}",
            f"{line.marked:,}",
            visible(line.name),
        )
        for line in lines
    ]
    widths = [max(len(row[k]) for row in (head, *rows)) for k in range(len(head))]
    for row in (head, *rows):
        first, *figures, last = row
        aligned = (text.rjust(width) for text, width in zip(figures, widths[1:-1], strict=True))
        yield "  ".join((first.ljust(widths[0]), *aligned, last)).rstrip()


def reminded_json(done: Reminded) -> dict[str, Any]:
    """Spell out whom to remind."""
    return asdict(done)


def reminded_lines(done: Reminded) -> Iterator[str]:
    """Say whom to remind, and what the list does not know."""
    people = counted(done.people, "person").replace("persons", "people")
    yield f"Wave {done.wave}: {people} not marked as answered"
    if done.departments:
        yield f"{counted(done.departments, 'department')} to remind as a whole"
    yield from _files(done.files)
    if not done.files:
        yield "Nobody is left to remind"
        return
    if done.mode == "anonymous":
        yield (
            f"Some of them may have answered: marks are made in batches of at least {done.k} "
            "of a department; the message thanks those who have"
        )
    if done.linked:
        yield "These files hold links: send them, then delete them"
    elif done.people:
        yield "Links are not kept: add them with --links-file, or survey roster --reissue CODE"
