"""Permuted forms: for targets that cannot shuffle, the order is drawn here and kept."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosyn.instrument.questionnaire import Block, Questionnaire, QuestionnairePage


def arranged(questionnaire: Questionnaire, order: int) -> Questionnaire:
    """Give a questionnaire one of its permuted orders.

    The same instrument, form and number always give the same order: nothing else is drawn from.
    Even numbers have the second half of the pages first; in each block the scale questions are
    shuffled, while attention checks and single questions keep their places.

    Parameters
    ----------
    order : int
        1 or more; 0 leaves the questionnaire as it is.
    """
    if order == 0:
        return questionnaire
    shuffled = tuple(_shuffled(page, questionnaire, order) for page in questionnaire.pages)
    pages = swapped(shuffled, questionnaire) if order % 2 == 0 else shuffled
    return replace(questionnaire, pages=pages, halves=None, order=order)


def _shuffled(
    page: QuestionnairePage, questionnaire: Questionnaire, order: int
) -> QuestionnairePage:
    if not page.shuffle:
        return page
    seed = f"{questionnaire.digest}:{questionnaire.form}:{page.id}:{order}"
    draw = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - no secret
    return replace(page, blocks=tuple(_mixed(b, draw) for b in page.blocks), shuffle=False)


def _mixed(block: Block, draw: random.Random) -> Block:
    scale = [question for question in block.questions if question.scale]
    draw.shuffle(scale)
    drawn = iter(scale)
    return replace(block, questions=tuple(next(drawn) if q.scale else q for q in block.questions))


def swapped(
    pages: tuple[QuestionnairePage, ...], questionnaire: Questionnaire
) -> tuple[QuestionnairePage, ...]:
    """Put the second half of the pages first; pages of neither half keep their places."""
    if questionnaire.halves is None:
        return pages
    first, second = questionnaire.halves
    by_id = {page.id: page for page in pages}
    drawn = iter([*second, *first])
    moved = {*first, *second}
    return tuple(by_id[next(drawn)] if page.id in moved else page for page in pages)


@dataclass(frozen=True, slots=True)
class Position:
    """Where an item stands in one order of a form."""

    form: str
    order: int
    item: str
    page: int
    position: int


def positions(questionnaire: Questionnaire) -> tuple[Position, ...]:
    """Page and place of each question, counted from 1."""
    places = [(n, q.id) for n, page in enumerate(questionnaire.pages, 1) for q in page.questions]
    return tuple(
        Position(questionnaire.form, questionnaire.order, item, page, place)
        for place, (page, item) in enumerate(places, start=1)
    )
