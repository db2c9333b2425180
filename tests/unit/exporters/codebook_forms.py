"""Forms for the tests of codebooks: the default instrument's, one in three languages, and made ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from cosyn.instrument.about import About, AboutItem
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import (
    Block,
    Question,
    Questionnaire,
    QuestionnairePage,
    questionnaire,
)
from cosyn.instrument.types import Instrument, Missing, MissingOption, Option, ResponseFormat
from cosyn.study import bundled

EXAMPLES = Path(__file__).parents[3] / "examples"


@cache
def default() -> Instrument:
    return load_instrument(bundled() / "instrument")


@cache
def library() -> Questionnaire:
    """A form with reversed items, in three languages."""
    return questionnaire(load_instrument(EXAMPLES / "library_visitors" / "instrument"))


def forms() -> tuple[Questionnaire, ...]:
    """Every form of the default instrument, and the one in three languages."""
    return (*(questionnaire(default(), form.id) for form in default().forms), library())


def scale(*codes: int, missing: tuple[int, ...] = ()) -> ResponseFormat:
    return ResponseFormat(
        "scale",
        "options",
        tuple(Option(code, {"en": f"label {code}"}) for code in codes),
        tuple(
            MissingOption(code, Missing.REFUSED, {"en": f"gap {code}"}, offered=False)
            for code in missing
        ),
        float(codes[0]),
        float(codes[-1]),
    )


def number(low: float, high: float, missing: tuple[int, ...] = ()) -> ResponseFormat:
    gaps = scale(1, 2, missing=missing).missing
    return ResponseFormat("number", "numeric", (), gaps, low, high)


def question(name: str, text: str, answered: ResponseFormat) -> Question:
    return Question(name, {"en": text}, answered, False, "C", "F", scale=True)


def form(*questions: Question, about: AboutItem | None = None) -> Questionnaire:
    """A form of one page in English."""
    blocks = tuple(Block(f"b{n}", "single", (q,)) for n, q in enumerate(questions, start=1))
    said = {"en": "text"}
    asked = Questionnaire(
        instrument="made",
        version="1.0.0",
        digest="0" * 64,
        form="all",
        languages=("en",),
        title=said,
        introduction=said,
        consent={},
        closing=said,
        screened_out={},
        pages=(QuestionnairePage("page", said, said, blocks),),
    )
    known = {q.id: about for q in questions} if about is not None else {}
    return replace(asked, about=About(items=known))
