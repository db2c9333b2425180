"""Permuted forms: another order of the same questions, the same every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.property.questionnaires import questionnaires

from cosyn.instrument.arrange import arranged, positions
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.study import bundled


@given(questionnaires(), st.integers(1, 9))
def test_an_order_keeps_every_question_once_in_its_block(asked: Questionnaire, order: int) -> None:
    found = arranged(asked, order)
    assert found == arranged(asked, order)
    blocks = {block.id: block for page in asked.pages for block in page.blocks}
    for page in found.pages:
        assert not page.shuffle
        for block in page.blocks:
            before = blocks.pop(block.id)
            assert sorted(q.id for q in block.questions) == sorted(q.id for q in before.questions)
            for old, new in zip(before.questions, block.questions, strict=True):
                assert old.scale == new.scale
                assert old.scale or old == new
    assert not blocks
    assert found.halves is None


def test_even_orders_have_the_second_half_first() -> None:
    asked = questionnaire(load_instrument(bundled() / "instrument"))
    assert asked.halves is not None
    first, second = ([p.id for p in arranged(asked, k).pages] for k in (1, 2))
    assert first == [page.id for page in asked.pages]
    assert second.index("continuity") < second.index("shared")
    assert second[:2] == ["consent", "matter"]
    assert second[-1] == "person"


def test_orders_differ_and_positions_tell_them_apart() -> None:
    asked = questionnaire(load_instrument(bundled() / "instrument"))
    orders = {tuple(q.id for q in arranged(asked, k).questions) for k in range(20)}
    assert len(orders) == 20
    places = positions(arranged(asked, 3))
    assert [p.position for p in places] == list(range(1, len(asked.questions) + 1))
    assert {p.item for p in places} == {q.id for q in asked.questions}
