"""What a Data Package describes: its first table's fields, in every language it has texts in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._types import Reader, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]


def read(content: bytes) -> Structure:
    """Read ``datapackage.json``; fields of text are no questions."""
    try:
        package = json.loads(content.decode("utf-8-sig"))
        languages = tuple(package.get("languages") or ("en",))
        fields = package["resources"][0]["schema"]["fields"]
        questions = (_asked(f, languages) for f in fields if f["type"] in {"integer", "number"})
        return Structure(languages, tuple(questions))
    except (ValueError, LookupError, TypeError, AttributeError) as problem:
        reason = f"{type(problem).__name__}: {problem}"
        raise Unreadable(f"this is no Data Package with a table ({reason})") from problem


def _asked(field: Json, languages: tuple[str, ...]) -> Asked:
    bounds = field.get("constraints", {})
    numeric = "minimum" in bounds and "maximum" in bounds
    return Asked(
        field["name"],
        _texts(field, "title", languages),
        tuple(_answers(field, languages)),
        (float(bounds["minimum"]), float(bounds["maximum"])) if numeric else None,
    )


def _answers(field: Json, languages: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    for category in field.get("categories", ()):
        yield int(category["value"]), _texts(category, "label", languages)
    for missing in field.get("missingValues", ()):
        if isinstance(missing, dict) and missing.get("offered"):
            yield int(missing["value"]), _texts(missing, "label", languages)


def _texts(described: Json, key: str, languages: tuple[str, ...]) -> dict[str, str]:
    """Every language's text, or the one of the standard, which is in the first language."""
    found: dict[str, str] = described.get(f"{key}s") or {languages[0]: described.get(key, "")}
    return found


READER = Reader("datapackage", (".json",), read)
