"""Small questionnaires, for tests of what one format does with one feature."""

from __future__ import annotations

from dataclasses import replace

from cosyn.i18n import Text
from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage
from cosyn.instrument.types import Missing, MissingOption, Option, ResponseFormat


def both(english: str, chinese: str = "") -> Text:
    return {"en": english, "zh-Hans": chinese or f"中文 {english}"}


SCALE = ResponseFormat(
    id="scale",
    kind="options",
    options=tuple(Option(code, both(f"option {code}")) for code in (1, 2, 5)),
    missing=(
        MissingOption(98, Missing.DONT_KNOW, both("don't know"), offered=True),
        MissingOption(97, Missing.REFUSED, both("refused"), offered=False),
    ),
    minimum=1.0,
    maximum=5.0,
)
NUMBER = ResponseFormat("count", "numeric", (), (), 0.0, 1234567.5)
ITEM = Question("A1", both("statement A1"), SCALE, True, "C", "F", scale=True)


def item(name: str, **values: object) -> Question:
    """Return a question of a scale with an option 98, "don't know", changed as said."""
    return replace(ITEM, **{"id": name, "text": both(f"statement {name}"), **values})  # type: ignore[arg-type]


def matrix(name: str, *questions: Question) -> Block:
    return Block(name, "matrix", questions)


def single(name: str, *questions: Question) -> Block:
    return Block(name, "single", questions)


def page(name: str, *blocks: Block, shuffle: bool = False) -> QuestionnairePage:
    return QuestionnairePage(name, both(f"title {name}"), both(f"how {name}"), blocks, shuffle)


def asked(*pages: QuestionnairePage, **values: object) -> Questionnaire:
    plain = Questionnaire(
        instrument="study",
        version="1.2.3",
        digest="00e1" * 16,
        form="short",
        languages=("en", "zh-Hans"),
        title=both("title"),
        introduction=both("introduction"),
        consent={},
        closing=both("closing"),
        screened_out=both("out"),
        pages=pages,
    )
    return replace(plain, **values)  # type: ignore[arg-type]
