"""A self-contained web page that also prints: no network, no need of JavaScript."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from cosyn.codebook.phrases import phrases
from cosyn.exporters._types import Exported, Exporter, Feature
from cosyn.instrument.layout import as_table, ending, plain

if TYPE_CHECKING:
    from jinja2 import Template

    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Questionnaire


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the page in one language."""
    t = phrases(questionnaire, language)
    style, script = _asset("questionnaire.css"), _asset("questionnaire.js")
    page = _template().render(
        q=questionnaire,
        language=language,
        t=t,
        numbers={q.id: n for n, q in enumerate(questionnaire.questions, start=1)},
        tables={b.id for p in questionnaire.pages for b in p.blocks if as_table(b, language)},
        endings={q.id: ending(q, language, t) for q in questionnaire.questions},
        plain=plain,
        meta=_meta(questionnaire, language),
        messages=json.dumps(_messages(questionnaire, language, t), ensure_ascii=False),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    name = f"{questionnaire.name}.{language}.html"
    return Exported({name: page.encode()})


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(_asset("questionnaire.html.j2"))


@cache
def _asset(name: str) -> str:
    return files("cosyn.exporters").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Name an inline style or script for the content security policy."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _meta(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """What is saved with the answers; the respondent fills in a department that is not known."""
    known = {"department": questionnaire.department} if questionnaire.department else {}
    return {
        "wave": "",
        "language": language,
        "instrument": questionnaire.instrument,
        "version": questionnaire.version,
        "digest": questionnaire.digest,
        "form": questionnaire.form,
        "order": str(questionnaire.order),
        **known,
    }


def _messages(questionnaire: Questionnaire, language: str, t: Catalogue) -> dict[str, str]:
    """Give the script the phrases it shows, with gaps it fills itself."""
    return {
        "progress": t("progress", done="%d", all="%a"),
        "sure": t("clear_sure"),
        "saved": t("saved", file="%f"),
        "ended": questionnaire.screened_out.get(language, ""),
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
