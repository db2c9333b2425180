"""The codebook as one self-contained web page: every language side by side, an anchor an item."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from cosyn.codebook.entries import Fact, entries, facts, formats, number, phrases_of

if TYPE_CHECKING:
    from cosyn.codebook.entries import Entry, Phrases
    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Questionnaire


def page(questionnaire: Questionnaire, language: str) -> bytes:
    """Write the page; its title is in `language`, everything else in all languages."""
    say = phrases_of(questionnaire)
    style = _asset("codebook.css")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = number
    by_page: dict[str, list[dict[str, Any]]] = {}
    for entry in entries(questionnaire):
        by_page.setdefault(entry.page.id, []).append(_entry(entry, questionnaire, say))
    text = environment.from_string(_asset("codebook.html.j2")).render(
        q=questionnaire,
        language=language,
        say=say,
        head=lambda key, **values: _unlike(say(key, **values)),
        style=style,
        style_hash=_hash(style),
        identity=("instrument", "version", "form", "digest", "department"),
        texts=("introduction", "consent", "closing", "screened_out"),
        pages=[{"page": p, "entries": by_page[p.id]} for p in questionnaire.pages],
        by_facet=_by_facet(questionnaire),
        formats=formats(questionnaire),
    )
    return text.encode()


def _asset(name: str) -> str:
    return files("cosyn.exporters").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Name an inline style for the content security policy."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _entry(entry: Entry, questionnaire: Questionnaire, say: Phrases) -> dict[str, Any]:
    question = entry.question
    return {
        "question": question,
        "place": entry.place,
        "gate": entry.gate,
        "facts": [_joined(fact) for fact in facts(entry, questionnaire.about, say)],
        "history": entry.about.history,
    }


def _joined(fact: Fact) -> dict[str, Any]:
    """Give a fact one heading, and one text where all languages say the same."""
    once = _unlike(fact.text)
    texts = once if len(once) == 1 else fact.text
    return {"heading": _unlike(fact.label), "texts": texts}


def _unlike(texts: Text) -> Text:
    """Leave out what a language says in the same words as one before it."""
    first: dict[str, str] = {}
    for language, text in texts.items():
        first.setdefault(text, language)
    return {language: text for text, language in first.items()}


def _by_facet(questionnaire: Questionnaire) -> dict[str, list[str]]:
    items: dict[str, list[str]] = {}
    for question in questionnaire.questions:
        items.setdefault(question.facet, []).append(question.id)
    return items
