"""Which items a round trip changed, and which the exporter said it would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.exporters._wjx_mapping import mapping
from cosyn.instrument.structure import differences
from cosyn.structures import expected

if TYPE_CHECKING:
    from cosyn.exporters import Exported
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.structures import Reader


def changed(reader: Reader, content: bytes, asked: Questionnaire, language: str) -> set[str]:
    """Items whose wording or labels came back otherwise; nothing else may differ."""
    found = differences(expected(reader, asked, language), reader.read(content))
    places = {d.place.partition(",")[0] for d in found}
    assert all(place.isdigit() for place in places), found
    assert not [d for d in found if d.place.endswith((", codes", ", bounds"))]
    return {asked.questions[int(place) - 1].id for place in places}


def declared(exported: Exported, asked: Questionnaire, language: str) -> set[str]:
    """Items of which the exporter says that a text is written otherwise."""
    items = {question.id for question in asked.questions}
    later = set(mapping(asked, language)[1])
    return {loss.item for loss in exported.losses if loss.item in items and loss not in later}
