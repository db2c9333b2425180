"""What an XLSForm holds is what was sent, whatever the texts."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from tests.property.questionnaires import questionnaires

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import Difference, differences
from cosyn.structures import READERS, expected

READER = READERS["xlsform"]


def found(asked: Questionnaire, language: str) -> tuple[tuple[Difference, ...], set[str]]:
    exported = EXPORTERS["xlsform"].write(asked, language)
    ((_, content),) = exported.files.items()
    held = READER.read(content)
    lost = {loss.item for loss in exported.losses}
    return differences(expected(READER, asked, language), held), lost


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(questionnaires())
def test_an_xlsform_holds_what_was_sent(asked: Questionnaire) -> None:
    """Where it cannot, the loss names the item."""
    changed, lost = found(asked, "en")
    assert {difference.place.split(",")[0] for difference in changed} == lost
