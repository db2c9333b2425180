"""What a DDI codebook documents, in version 2.5 or 2.6: every language in one XML file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError, XMLParser, fromstring

from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._types import Reader, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ROOT = re.compile(r"\{ddi:codebook:2_[56]\}codeBook")


def read(content: bytes) -> Structure:
    """Read the variables; a missing code with an explanation was not offered to respondents."""
    root = _parsed(content)
    if not _ROOT.fullmatch(root.tag):
        raise Unreadable(f"the root is {root.tag!r}, not a codeBook of DDI 2.5 or 2.6")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    questions = tuple(_asked(variable) for variable in root.iter("var"))
    languages = dict.fromkeys(tag for question in questions for tag in question.text)
    return Structure(tuple(languages), questions)


def _parsed(content: bytes) -> Element:
    """Parse, without any document type: entities are the way to make a small file a big one."""
    if b"<!DOCTYPE" in content:
        raise Unreadable("the file has a document type, which no codebook needs")
    try:
        return fromstring(content, XMLParser())  # noqa: S314 - entities were refused above
    except (ParseError, ValueError, LookupError) as problem:
        raise Unreadable(f"this is no XML ({problem})") from problem


def _asked(variable: Element) -> Asked:
    code = variable.get("name")
    if not code:
        raise Unreadable("a variable has no name")
    question = variable.find("qstn")
    text = _texts(variable, "labl") if question is None else _texts(question, "qstnLit")
    return Asked(code, text, tuple(_answers(variable, code)), _bounds(variable))


def _texts(parent: Element, tag: str) -> dict[str, str]:
    return {found.get(_LANG, ""): "".join(found.itertext()) for found in parent.findall(tag)}


def _answers(variable: Element, code: str) -> Iterator[tuple[int, dict[str, str]]]:
    for category in variable.findall("catgry"):
        if category.get("missing") == "Y" and category.find("txt") is not None:
            continue
        value = category.findtext("catValu", "").strip()
        try:
            yield int(value), _texts(category, "labl")
        except ValueError as problem:
            raise Unreadable(f"{code} has the code {value!r}, which is no number") from problem


def _bounds(variable: Element) -> tuple[float, float] | None:
    found = variable.find("valrng/range")
    if found is None:
        return None
    try:
        return float(found.get("min", "")), float(found.get("max", ""))
    except ValueError as problem:
        raise Unreadable(f"{variable.get('name')} has a range without bounds") from problem


READER = Reader("ddi", (".xml",), read)
