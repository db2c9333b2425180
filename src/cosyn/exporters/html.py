"""A self-contained web page that also prints: no network, no need of JavaScript."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from cosyn.exporters._types import Exported, Exporter
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
    name = f"{questionnaire.instrument}-{questionnaire.form}.{language}.html"
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
    }


def _messages(phrases: Catalogue) -> dict[str, str]:
    """Give the script the phrases it shows, with gaps it fills itself."""
    return {
        "progress": phrases("progress", done="%d", all="%a"),
        "sure": phrases("clear_sure"),
    }


def _page(page: QuestionnairePage, language: str) -> dict[str, object]:
    """Group consecutive questions of one response format under one row of headings."""
    blocks = []
    for response_format, group in groupby(page.questions, key=lambda q: q.response_format):
        questions = list(group)
        any_offered = any(question.dont_know for question in questions)
        blocks.append(
            {
                "questions": questions,
                "format": response_format,
                "missing": [m for m in response_format.missing if m.offered and any_offered],
            }
        )
    return {
        "title": page.title[language],
        "instruction": page.instruction[language],
        "blocks": blocks,
    }


EXPORTER = Exporter("html", "web page that prints, fills in without a network", write)
