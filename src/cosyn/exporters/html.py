"""A self-contained web page that also prints: no network, no need of JavaScript."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from cosyn.exporters._types import Exported, Exporter, Feature
from cosyn.i18n import catalogue

if TYPE_CHECKING:
    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Questionnaire, QuestionnairePage


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the page in one language."""
    phrases = catalogue("cosyn.exporters", language)
    style, script = _asset("questionnaire.css"), _asset("questionnaire.js")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = environment.from_string(_asset("questionnaire.html.j2")).render(
        q=questionnaire,
        language=language,
        t=phrases,
        pages=[_page(page, language) for page in questionnaire.pages],
        count=len(questionnaire.questions),
        meta=_meta(questionnaire, language),
        messages=json.dumps(_messages(phrases), ensure_ascii=False),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    name = f"{questionnaire.name}.{language}.html"
    return Exported({name: page.encode()})


def _asset(name: str) -> str:
    return files("cosyn.exporters").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Name an inline style or script for the content security policy."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _meta(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    return {
        "wave": "",
        "language": language,
        "instrument": questionnaire.instrument,
        "version": questionnaire.version,
        "digest": questionnaire.digest,
        "form": questionnaire.form,
        "order": str(questionnaire.order),
    }


def _messages(phrases: Catalogue) -> dict[str, str]:
    """Give the script the phrases it shows, with gaps it fills itself."""
    return {
        "progress": phrases("progress", done="%d", all="%a"),
        "sure": phrases("clear_sure"),
    }


def _page(page: QuestionnairePage, language: str) -> dict[str, object]:
    blocks = [
        {"questions": b.questions, "format": b.response_format, "missing": b.missing}
        for b in page.blocks
    ]
    return {
        "title": page.title[language],
        "instruction": page.instruction[language],
        "blocks": blocks,
    }


EXPORTER = Exporter(
    name="html",
    title="web page that prints, fills in without a network",
    write=write,
    per_language=True,
    cannot={
        Feature.SHUFFLE: "the page keeps the listed order; --orders writes permuted pages",
        Feature.HALVES: "the page keeps the listed order; --orders writes permuted pages",
    },
)
