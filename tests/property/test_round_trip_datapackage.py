"""Data Packages: valid for Frictionless and read back word for word, however hostile the texts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import frictionless
import pytest
from hypothesis import given, settings
from tests.property.codebooks import codebooks
from tests.property.questionnaires import LANGUAGES

from cosyn.exporters.datapackage import EXPORTER
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import expected
from cosyn.structures.datapackage import READER


@pytest.mark.parametrize("language", LANGUAGES)
@given(asked=codebooks())
@settings(max_examples=25, deadline=None)
def test_a_package_is_valid_and_holds_every_text(language: str, asked: Questionnaire) -> None:
    exported = EXPORTER.write(asked, language)
    description, table = exported.files.values()
    assert exported.losses == ()
    assert differences(expected(READER, asked, language), READER.read(description)) == ()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "answers.csv").write_bytes(table)
        (Path(folder) / "datapackage.json").write_bytes(description)
        report = frictionless.validate(str(Path(folder) / "datapackage.json"))
    assert report.valid, report.flatten(["message"])
