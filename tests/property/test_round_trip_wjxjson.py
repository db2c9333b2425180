"""JSON lines for Wenjuanxing are read back as they were written, but for what is reported as lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.foreign import check_foreign, foreign
from tests.property.questionnaires import LANGUAGES, questionnaires
from tests.property.wjx_losses import changed, declared

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.structures import READERS, expected


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(asked=questionnaires(), department=st.sampled_from(["", "D7"]))
def test_any_questionnaire(language: str, asked: Questionnaire, department: str) -> None:
    asked = replace(asked, department=department)
    exported = EXPORTERS["wjxjson"].write(asked, language)
    content = exported.files[f"{asked.name}.{language}.wjx.jsonl"]
    held = READERS["wjxjson"].read(content)
    assert held.languages == (language,)
    lost = declared(exported, asked, language)
    assert changed(READERS["wjxjson"], content, asked, language) == lost
    assert EXPORTERS["wjxjson"].write(asked, language) == exported


@settings(max_examples=100, deadline=None)
@given(asked=questionnaires(), data=st.data())
def test_something_else_in_the_place_of_a_part_is_read_or_refused(
    asked: Questionnaire, data: st.DataObject
) -> None:
    exported = EXPORTERS["wjxjson"].write(asked, "en")
    lines = exported.files[f"{asked.name}.en.wjx.jsonl"].splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = data.draw(foreign(lines[place]))
    sent = expected(READERS["wjxjson"], asked, "en")
    check_foreign(READERS["wjxjson"], b"\n".join(lines), sent)
