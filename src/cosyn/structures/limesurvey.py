"""What a LimeSurvey structure file asks: ours, or one that LimeSurvey exported."""

from __future__ import annotations

from dataclasses import dataclass, field

from cosyn import limesurvey as ls
from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._types import Reader, Unreadable

_LISTS, _ARRAY, _NUMBER = frozenset("L!"), "F", "N"


@dataclass(slots=True)
class _Item:
    """What has been read of a question so far."""

    text: dict[str, str] = field(default_factory=dict)
    answers: dict[int, dict[str, str]] = field(default_factory=dict)
    bounds: tuple[float, float] | None = None


def read(content: bytes) -> Structure:
    """Read the questions with their options in every language; texts to show are no questions."""
    try:
        lines = ls.read_lines(content)
        items = _items(lines)
    except ValueError as problem:
        raise Unreadable(f"this is no structure of a LimeSurvey survey ({problem})") from problem
    settings = {line.name: line.text for line in lines if line.kind == ls.SURVEY}
    languages = (settings.get("language", ""), *settings.get("additional_languages", "").split())
    return Structure(
        tuple(filter(None, languages)),
        tuple(
            Asked(name, item.text, tuple(item.answers.items()), item.bounds)
            for name, item in items.items()
        ),
    )


def _items(lines: tuple[ls.Line, ...]) -> dict[str, _Item]:
    """Collect items by code; options belong to the question, or to all rows of the table, above."""
    items: dict[str, _Item] = {}
    owners: list[_Item] = []
    table = False
    for line in lines:
        if line.kind == ls.QUESTION:
            table, owners = line.type == _ARRAY, []
        asks = line.type in {*_LISTS, _NUMBER} if line.kind == ls.QUESTION else table
        if line.kind in {ls.QUESTION, ls.ROW} and asks:
            item = items.setdefault(line.name, _Item())
            item.text[line.language] = ls.decode(line.text)
            item.bounds = item.bounds or _bounds(line)
            owners.append(item)
        elif line.kind == ls.OPTION:
            for item in owners:
                answer = item.answers.setdefault(_code(line), {})
                answer[line.language] = ls.decode(line.text)
    return items


def _code(line: ls.Line) -> int:
    if not line.name.isdecimal():
        raise ValueError(f"the option {line.name!r} ({line.text[:20]}) has no number for a code")
    return int(line.name)


def _bounds(line: ls.Line) -> tuple[float, float] | None:
    low, high = (line.attributes.get(f"{end}_num_value_n") for end in ("min", "max"))
    return (float(low), float(high)) if low and high else None


READER = Reader("limesurvey", (".txt", ".tsv"), read)
