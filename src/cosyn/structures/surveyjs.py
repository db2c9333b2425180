"""What a SurveyJS form asks: every language in one JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._json import parsed
from cosyn.structures._types import Reader, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.instrument.structure import Answers

_GUARDED, _BRACE = "{\u2060", "{"
_SPOKEN = re.compile(r"= '([^']*)', '([^']*)'|'([^']*)'\)*$")
_Json = dict[str, Any]


def read(content: bytes) -> Structure:
    """Read the questions of the form, copies for a second order of pages compared and left out."""
    with parsed(content, "SurveyJS form of ours") as form:
        tags = _tags(form)
        elements = [e for page in form["pages"] for e in _flat(page["elements"])]
        _compare_copies(elements)
        asked = [q for e in elements if "valueName" not in e for q in _asked(e, tags)]
    return Structure(tuple(tags.values()), tuple(asked))


def _tags(form: _Json) -> dict[str, str]:
    """Read from the value `language` which of the library's names is which language."""
    values = {value["name"]: value["expression"] for value in form["calculatedValues"]}
    tags: dict[str, str] = {}
    for locale, tag, base in _SPOKEN.findall(values["language"]):
        if locale:
            tags[locale] = tag
        elif base not in tags.values():
            tags = {"default": base, **tags}
    return tags


def _flat(elements: list[_Json]) -> Iterator[_Json]:
    for element in elements:
        if element["type"] == "panel":
            yield from _flat(element["elements"])
        else:
            yield element


def _compare_copies(elements: list[_Json]) -> None:
    """Refuse a form in which the two halves of the respondents are not asked the same."""
    own = ("name", "valueName", "visibleIf")
    bare = {e["name"]: {k: v for k, v in e.items() if k not in own} for e in elements}
    for element in elements:
        original = element.get("valueName")
        if original is not None and bare[original] != bare[element["name"]]:
            raise Unreadable(f"{element['name']} should ask what {original} asks, and does not")


def _asked(element: _Json, tags: Mapping[str, str]) -> Iterator[Asked]:
    if element["type"] == "matrix":
        answers = _answers(element["columns"], tags)
        for row in element["rows"]:
            yield Asked(str(row["value"]), _texts(row["text"], tags), answers)
    elif element["type"] == "radiogroup":
        title = _texts(element["title"], tags)
        yield Asked(str(element["name"]), title, _answers(element["choices"], tags))
    elif element.get("inputType") == "number":
        bounds = float(element["min"]), float(element["max"])
        yield Asked(str(element["name"]), _texts(element["title"], tags), (), bounds)


def _answers(items: list[_Json], tags: Mapping[str, str]) -> Answers:
    return tuple((int(item["value"]), _texts(item["text"], tags)) for item in items)


def _texts(texts: Mapping[str, str] | str, tags: Mapping[str, str]) -> dict[str, str]:
    """Read a text in each language; one that lacks a language is empty in it."""
    held = {"default": texts} if isinstance(texts, str) else texts
    return {tag: held.get(locale, "").replace(_GUARDED, _BRACE) for locale, tag in tags.items()}


READER = Reader("surveyjs", (".surveyjs.json", ".json"), read)
