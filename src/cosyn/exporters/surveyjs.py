"""A form for SurveyJS's library (MIT): one JSON with every language, shown by a page of yours.

Order of pages by random half, screening out and the stamps are expressions in the form itself:
the page that shows it needs no program for them. Nothing here sends, stores or times anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from cosyn.codebook.phrases import phrase
from cosyn.exporters._markup import as_html
from cosyn.exporters._stamps import stamps
from cosyn.exporters._types import Exported, Exporter, Feature, Loss
from cosyn.instrument.arrange import swapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage

# `default` is English to the library: whoever chooses English is shown it.
_LOCALES = {"en": "default", "zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}
# A text in braces is a variable, except after a character that no name begins with.
_BRACE, _GUARDED = "{", "{\u2060"
_Json = dict[str, Any]


@dataclass(slots=True)
class _Values:
    """The calculated values of a form, and the last of those that say whether it has ended."""

    listed: list[_Json] = field(default_factory=list)
    ended: str = ""

    def add(self, name: str, expression: str, *, stored: bool) -> None:
        self.listed.append({"name": name, "expression": expression, "includeIntoResult": stored})

    def end_at(self, answers: list[str]) -> None:
        """From here on, any of these answers or an earlier one has ended the questionnaire."""
        before = [f"{{{self.ended}}} = 1"] if self.ended else []
        self.ended = f"ended_{len(self.listed)}"
        self.add(self.ended, f"iif({' or '.join([*before, *answers])}, 1, 0)", stored=False)


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the form; `language` is the one it opens in."""
    values = _Values()
    for name, expression in _stored(questionnaire):
        values.add(name, expression, stored=True)
    pages = [_introduction(questionnaire), *_pages(questionnaire, values)]
    form: _Json = {"title": _texts(questionnaire.title)}
    if _locale(language) != "default":
        form["locale"] = _locale(language)
    form |= {"showQuestionNumbers": "off", "showProgressBar": True, "widthMode": "responsive"}
    form["completedHtml"] = _html(questionnaire.closing)
    if values.ended and questionnaire.screened_out:
        out = {"expression": f"{{{values.ended}}} = 1", "html": _html(questionnaire.screened_out)}
        form["completedHtmlOnCondition"] = [out]
    form |= {"calculatedValues": values.listed, "pages": pages}
    content = json.dumps(form, ensure_ascii=False, indent=1)
    files = {f"{questionnaire.name}.{language}.surveyjs.json": content.encode()}
    return Exported(files, tuple(_losses(questionnaire)))


def _losses(questionnaire: Questionnaire) -> Iterator[Loss]:
    """Name the answers that end the questionnaire, but not the table they stand in."""
    for page in questionnaire.pages:
        for block in page.blocks:
            if len(block.questions) > 1 and (
                block.display == "matrix" or _is_shuffled(block, page)
            ):
                for question in block.questions:
                    if question.screen_out:
                        what = "an answer that ends the questionnaire leaves its own table in sight"
                        yield Loss(question.id, what)


def _locale(language: str) -> str:
    return _LOCALES.get(language, language.lower())


def _texts(texts: Text) -> Text:
    """Mark a text's languages by the library's names; no brace is evaluated."""
    return {_locale(tag): text.replace(_BRACE, _GUARDED) for tag, text in texts.items()}


def _html(texts: Text) -> Text:
    return {
        _locale(tag): f"<p>{as_html(text).replace(_BRACE, '&#123;')}</p>"
        for tag, text in texts.items()
    }


def _stored(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Yield what is stored beside the answers, as expressions."""
    for name, value in stamps(questionnaire).items():
        yield name, f"'{value}'"
    yield "language", _spoken(questionnaire.languages)
    if questionnaire.halves:
        yield "half", "iif({$survey.randomSeed} % 2 = 0, 1, 2)"


def _spoken(languages: tuple[str, ...]) -> str:
    """Name the language that is shown; the library names English by nothing."""
    base = "en" if "en" in languages else languages[0]
    expression = f"'{base}'"
    for tag in reversed([tag for tag in languages if tag != "en"]):
        expression = f"iif({{$survey.locale}} = '{_locale(tag)}', '{tag}', {expression})"
    return expression


def _introduction(questionnaire: Questionnaire) -> _Json:
    texts = {"introduction": questionnaire.introduction, "consent": questionnaire.consent}
    elements: list[_Json] = [
        {"type": "html", "name": f"text_{name}", "html": _html(text)}
        for name, text in texts.items()
        if text
    ]
    if not questionnaire.department:
        elements.append(
            {
                "type": "text",
                "name": "department",
                "title": _texts(phrase(questionnaire, "department")),
                "description": _texts(phrase(questionnaire, "department_hint")),
                "maxLength": 20,
            }
        )
    return {"name": "text_page", "elements": elements}


def _pages(questionnaire: Questionnaire, values: _Values) -> Iterator[_Json]:
    for page, half in _in_both_orders(questionnaire):
        shown = [f"{{half}} = {half}"] if half else []
        if values.ended:
            shown.append(f"{{{values.ended}}} = 0")
        built: _Json = {
            "name": f"page{'2' * (half == 2)}_{page.id}",
            "title": _texts(page.title),
            "description": _texts(page.instruction),
        }
        if shown:
            built["visibleIf"] = " and ".join(shown)
        yield built | {"elements": list(_elements(page, half, values))}


def _in_both_orders(questionnaire: Questionnaire) -> Iterator[tuple[QuestionnairePage, int]]:
    """Merge the two orders of pages; a page that moves stands twice, once for each half (1, 2)."""
    listed = questionnaire.pages
    other = swapped(listed, questionnaire)
    ids = [page.id for page in listed], [page.id for page in other]
    for kind, i, j, k, n in SequenceMatcher(None, *ids, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((page, 0) for page in listed[i:j])
        else:
            yield from ((page, 1) for page in listed[i:j])
            yield from ((page, 2) for page in other[k:n])


def _elements(page: QuestionnairePage, half: int, values: _Values) -> Iterator[_Json]:
    """Yield a page's elements; after an answer that ends the questionnaire no more is shown."""
    before = values.ended
    for block in page.blocks:
        for element, asked in _of_block(block, page):
            if values.ended != before:
                element["visibleIf"] = f"{{{values.ended}}} = 0"
            yield _second(element) if half == 2 else element
            answers = list(_endings(asked, block, half))
            if answers:
                values.end_at(answers)


def _second(element: _Json) -> _Json:
    """Let a copy for the second half store its answer where the original does."""
    if element["type"] == "panel":
        inner = [_second(e) for e in element["elements"]]
        return element | {"name": f"{element['name']}_2", "elements": inner}
    return element | {"name": f"{element['name']}_2", "valueName": element["name"]}


def _endings(asked: Iterable[Question], block: Block, half: int) -> Iterator[str]:
    for question in asked:
        row = f"{block.id}.{question.id}" if block.display == "matrix" else question.id
        for code in question.screen_out:
            condition = f"{{{row}}} = {code}"
            yield f"({{half}} = {half} and {condition})" if half else condition


def _of_block(
    block: Block, page: QuestionnairePage
) -> Iterator[tuple[_Json, tuple[Question, ...]]]:
    """Yield the elements of a block, each with the questions that it asks."""
    shuffled = _is_shuffled(block, page)
    if block.display == "matrix":
        yield _matrix(block, page, shuffled=shuffled), block.questions
    elif shuffled:
        inner = [_anchored(_single(q), q) for q in block.questions]
        panel = {"type": "panel", "name": f"panel_{block.id}", "questionOrder": "random"}
        yield panel | {"elements": inner}, block.questions
    else:
        yield from ((_single(q), (q,)) for q in block.questions)


def _is_shuffled(block: Block, page: QuestionnairePage) -> bool:
    return page.shuffle and sum(question.scale for question in block.questions) > 1


def _anchored(element: _Json, question: Question) -> _Json:
    """Keep what is no scale question, an attention check for instance, in its place."""
    return element if question.scale else element | {"randomize": False}


def _matrix(block: Block, page: QuestionnairePage, *, shuffled: bool) -> _Json:
    rows: list[_Json] = [{"value": q.id, "text": _texts(q.text)} for q in block.questions]
    if shuffled:
        rows = [_anchored(row, q) for row, q in zip(rows, block.questions, strict=True)]
    return {
        "type": "matrix",
        "name": block.id,
        # Said by screen readers; the page shows it once.
        "title": _texts(page.instruction),
        "titleLocation": "hidden",
        "columns": _options(block.questions[0]),
        "rows": rows,
        "rowOrder": "random" if shuffled else "initial",
    }


def _options(question: Question) -> list[_Json]:
    """List the options and then the reasons for giving none, each with its code as a number."""
    return [{"value": code, "text": _texts(label)} for code, label in question.offered]


def _single(question: Question) -> _Json:
    element: _Json = {"name": question.id, "title": _texts(question.text)}
    if question.response_format.kind == "options":
        return {"type": "radiogroup", **element, "choices": _options(question), "allowClear": True}
    bounds = question.response_format.minimum, question.response_format.maximum
    low, high = (int(b) if b == int(b) else b for b in bounds)
    return {"type": "text", **element, "inputType": "number", "min": low, "max": high}


EXPORTER = Exporter(
    name="surveyjs",
    title="SurveyJS form (JSON, every language) for a page of your own",
    write=write,
    per_language=False,
    cannot={
        Feature.MISSING_APART: "these stand last, in one row with the options",
    },
)
