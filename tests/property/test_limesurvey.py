"""Random questionnaires with hostile texts, through the LimeSurvey writer, reader and import."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fake_limesurvey import FakeLimeSurvey
from tests.property.questionnaires import LANGUAGES, WORDS, questionnaires

from cosyn import limesurvey as ls
from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import differences
from cosyn.push.limesurvey import push
from cosyn.structures import READERS, expected

READER = READERS["limesurvey"]


def written(asked: Questionnaire, language: str) -> bytes:
    (content,) = EXPORTERS["limesurvey"].write(asked, language).files.values()
    return content


@settings(max_examples=300, deadline=None)
@given(WORDS)
def test_every_text_survives_its_spelling(text: str) -> None:
    sent = ls.encode(text)
    assert ls.decode(sent) == text
    assert ls.decode(ls.canonical(sent)) == text
    assert not set(sent) & set('"\t\n\r+\u2028\u2029')


@settings(max_examples=60, deadline=None)
@given(questionnaires(), st.sampled_from(LANGUAGES))
def test_what_is_read_is_what_was_written(asked: Questionnaire, language: str) -> None:
    held = READER.read(written(asked, language))
    assert differences(expected(READER, asked, language), held) == ()


@settings(max_examples=60, deadline=None)
@given(questionnaires(), st.sampled_from(LANGUAGES), st.booleans())
def test_a_careless_server_holds_all_of_it(
    asked: Questionnaire, language: str, filtered: bool
) -> None:
    server = FakeLimeSurvey(filtered=filtered)
    assert push(written(asked, language), server, lambda _: None).differences == ()
