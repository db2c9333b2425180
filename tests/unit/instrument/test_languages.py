"""A third language is one file: laid over every text when complete, counted while it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import (
    Reading,
    instrument_texts,
    load_instrument,
    read_instrument,
    record_version,
)
from cosyn.instrument.questionnaire import questionnaire
from cosyn.study import bundled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = Path(shutil.copytree(bundled() / "instrument", tmp_path / "instrument"))
    main = copied / "instrument.yaml"
    text = main.read_text(encoding="utf-8").replace("version: 2.0.0", "version: 2.1.0")
    main.write_text(text, encoding="utf-8")
    return copied


def translate(folder: Path, **changed: str | None) -> None:
    """Write a French file that repeats the English texts, but for some."""
    texts: dict[str, str | None] = {
        placed.address: f"FR {placed.texts['en']}" for placed in instrument_texts(folder)
    }
    texts |= {address.replace("__", "."): text for address, text in changed.items()}
    content = {
        "language": "fr",
        "texts": {k: v for k, v in texts.items() if v is not None},
        "phrases": {"skip": "Aller aux questions"},
    }
    (folder / "languages").mkdir()
    spelt = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "languages" / "fr.yaml").write_text(spelt, encoding="utf-8")


def codes(reading: Reading) -> list[str]:
    return [fault.code for fault in reading.faults]


def test_a_complete_language_is_offered_everywhere(folder: Path) -> None:
    before = load_instrument(folder)
    translate(folder)
    found = load_instrument(folder)
    assert found.languages == ("en", "zh-Hans", "fr")
    assert found.item("IPG1").text["fr"] == f"FR {before.item('IPG1').text['en']}"
    assert found.digest != before.digest
    assert read_instrument(folder).translations[0].complete
    asked = questionnaire(found)
    for name in EXPORTERS.names():
        (content, *_) = EXPORTERS[name].write(asked, "fr").files.values()
        assert content, name
    (page,) = EXPORTERS["html"].write(asked, "fr").files.values()
    assert 'lang="fr"' in page.decode()
    assert "Aller aux questions" in page.decode()


def test_an_incomplete_language_is_counted_and_changes_nothing(folder: Path) -> None:
    before = load_instrument(folder)
    translate(folder, items__IPG1__text=None, closing=None)
    reading = read_instrument(folder)
    assert reading.faults == ()
    (translation,) = reading.translations
    assert translation.missing == ("closing", "items.IPG1.text")
    assert not translation.complete
    assert reading.instrument is not None
    assert reading.instrument.digest == before.digest
    record_version(folder, reading.instrument)


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"items__IPG9__text": "x"}, "instrument.unknown-text", "items.IPG9.text"),
        ({"items__IPG1__text": "Sans rien"}, "instrument.placeholder-parity", "items.IPG1.text"),
        ({"closing": "\x1b[0m"}, "instrument.control-character", "U+001B"),
    ],
)
def test_a_spoilt_language_file_is_named_with_its_line(
    folder: Path, changed: dict[str, str], code: str, words: str
) -> None:
    translate(folder, **changed)
    found = [f for f in read_instrument(folder).faults if f.code == code]
    assert found
    assert found[0].where.startswith("instrument/languages/fr.yaml:")
    assert words in str(found[0])


def test_a_language_cannot_stand_in_both_places(folder: Path) -> None:
    translate(folder)
    file = folder / "languages" / "fr.yaml"
    text = file.read_text(encoding="utf-8").replace("language: fr", "language: en")
    file.write_text(text, encoding="utf-8")
    assert "instrument.language-twice" in codes(read_instrument(folder))
