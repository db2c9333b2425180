"""The texts of a questionnaire, for exporters that cannot hold every text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.questionnaire import Question, Questionnaire


def labels(question: Question, language: str) -> list[str]:
    """Every answer that a question offers: its options, then the reasons for giving none."""
    options = [option.label[language] for option in question.response_format.options]
    return options + [missing.label[language] for missing in question.missing]


def other_texts(questionnaire: Questionnaire, language: str) -> Iterator[tuple[str, list[str]]]:
    """Yield places that are no items, e.g. ``"introduction"`` or a page's id, with their texts."""
    places = {
        "title": (questionnaire.title,),
        "introduction": (questionnaire.introduction, questionnaire.consent),
        "closing": (questionnaire.closing, questionnaire.screened_out),
    }
    places |= {page.id: (page.title, page.instruction) for page in questionnaire.pages}
    for place, texts in places.items():
        yield place, [text[language] for text in texts if text]
