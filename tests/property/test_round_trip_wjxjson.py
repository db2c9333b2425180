"""JSON lines for Wenjuanxing are read back as they were written, but for what is reported as lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.property.questionnaires import LANGUAGES, questionnaires
from tests.property.wjx_losses import changed, declared

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.structures import READERS


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(asked=questionnaires())
def test_any_questionnaire(language: str, asked: Questionnaire) -> None:
    exported = EXPORTERS["wjxjson"].write(asked, language)
    content = exported.files[f"{asked.name}.{language}.wjx.jsonl"]
    held = READERS["wjxjson"].read(content)
    assert held.languages == (language,)
    lost = declared(exported, asked, language)
    assert changed(READERS["wjxjson"], content, asked, language) == lost
    assert EXPORTERS["wjxjson"].write(asked, language) == exported
