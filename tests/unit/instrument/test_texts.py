"""Every text of an instrument is found once, with its address and its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cosyn.instrument.load import instrument_texts
from cosyn.instrument.texts import PlacedText
from cosyn.study import bundled


@pytest.fixture(scope="module")
def found() -> dict[str, PlacedText]:
    texts = instrument_texts(bundled() / "instrument")
    assert len({text.address for text in texts}) == len(texts)
    return {text.address: text for text in texts}


def test_no_text_of_the_files_is_left_out(found: dict[str, PlacedText]) -> None:
    """A language stands once with every text, and nowhere else in the files."""
    found_in = (bundled() / "instrument").rglob("*.yaml")
    files = [file for file in found_in if file.name != "fielding.yaml"]  # no respondent's text
    written = sum(file.read_text(encoding="utf-8").count("zh-Hans: ") for file in files)
    assert len(found) == written > 100


@pytest.mark.parametrize(
    ("address", "name", "words"),
    [
        ("title", "the title", "Cooperation between departments"),
        ("placeholders.M", "placeholder M", "this matter"),
        ("pages.shared.instruction", "page shared, instruction", "How far is each statement true"),
        ("constructs.EN.label", "construct EN", "External-negative dynamics"),
        ("constructs.EN.facets.ENS.label", "construct EN, facet ENS", "Sanctions"),
        ("response_formats.fit7.options.4.label", "response format fit7, option 4", "In between"),
        ("response_formats.fit7.missing.97.label", "response format fit7, missing 97", "Refused"),
        ("items.CSX2.text", "item CSX2", "If inspections and deadlines ended"),
    ],
)
def test_an_address_leads_to_its_text_and_line(
    found: dict[str, PlacedText], address: str, name: str, words: str
) -> None:
    placed = found[address]
    assert placed.name == name
    assert placed.texts["en"].startswith(words)
    file, _, line = placed.where.rpartition(":")
    lines = (bundled() / file).read_text(encoding="utf-8").splitlines()
    assert words in "".join(lines[int(line) - 1 : int(line) + 1])


def test_addresses_outlive_reordering(tmp_path: Path, found: dict[str, PlacedText]) -> None:
    folder = Path(shutil.copytree(bundled() / "instrument", tmp_path / "instrument"))
    file = folder / "items" / "EN.yaml"
    head, *items = file.read_text(encoding="utf-8").split("  - id: ")
    file.write_text("  - id: ".join([head, *reversed(items)]), encoding="utf-8")
    again = {text.address: text.texts for text in instrument_texts(folder)}
    assert again == {address: text.texts for address, text in found.items()}
