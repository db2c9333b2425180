"""DDI codebooks: valid for the schema and read back word for word, however hostile the texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.ddi_schemas import fault
from tests.property.codebooks import codebooks
from tests.property.questionnaires import LANGUAGES

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import READERS, expected

VERSIONS = (("ddi", "2.5"), ("ddi26", "2.6"))


@pytest.mark.parametrize(("name", "version"), VERSIONS)
@pytest.mark.parametrize("language", LANGUAGES)
@given(asked=codebooks())
@settings(max_examples=25, deadline=None)
def test_a_codebook_is_valid_and_holds_every_text(
    name: str, version: str, language: str, asked: Questionnaire
) -> None:
    exported = EXPORTERS[name].write(asked, language)
    ((_, content),) = exported.files.items()
    assert exported.losses == ()
    assert fault(version, content) == ""
    reader = READERS[name]
    assert differences(expected(reader, asked, language), reader.read(content)) == ()
