"""Experts' workbooks: what they show and hide, and how they are read back or refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.unit.panel.panel_helpers import agreeing, fill

from cosyn.errors import InstrumentError, SurveyError
from cosyn.instrument.load import load_instrument
from cosyn.panel.answers import Rating, check_together, open_answers, read_answers
from cosyn.panel.material import Material, choices, material
from cosyn.panel.workbooks import HEAD, phrases_in
from cosyn.study import bundled
from cosyn.workflow import panel

LANGUAGES = ("en", "zh-Hans")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("panel")
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, root / part)
    panel.write(root, 2, form="long")
    return root


@pytest.fixture(scope="module")
def judged(study: Path) -> Material:
    return material(load_instrument(study / "instrument"), "long")


def file_of(study: Path, expert: int, language: str) -> Path:
    return study / "panel" / f"cosyn-dynamics-long.expert-{expert:02}.{language}.xlsx"


@pytest.fixture
def copy(study: Path, tmp_path: Path) -> Path:
    """Return a workbook that a test may spoil."""
    return Path(shutil.copy(file_of(study, 1, "en"), tmp_path / "e1.xlsx"))


def test_one_workbook_for_each_expert_and_language(study: Path) -> None:
    found = sorted(file.name for file in (study / "panel").iterdir())
    assert found == sorted(file_of(study, e, tag).name for e in (1, 2) for tag in LANGUAGES)
    before = file_of(study, 1, "en").read_bytes()
    panel.write(study, 1, ["en"], "long")
    assert file_of(study, 1, "en").read_bytes() == before


def test_what_somebody_may_have_filled_in_is_not_written_over(study: Path, tmp_path: Path) -> None:
    first, second = panel.write(study, 2, ["en"], "long", tmp_path).files
    edit(first, 1, "C3", "internal")
    filled = first.read_bytes()
    second.unlink()
    with pytest.raises(SurveyError) as caught:
        panel.write(study, 2, ["en"], "long", tmp_path)
    assert (caught.value.code, caught.value.where) == ("workbook.exists", str(first))
    assert first.read_bytes() == filled
    assert not second.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sort_is_blind_and_each_expert_has_an_order(
    study: Path, judged: Material, language: str
) -> None:
    orders = []
    for expert in (1, 2):
        book = openpyxl.load_workbook(file_of(study, expert, language))
        sheet = book.worksheets[1]
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=HEAD + 1, max_col=5)]
        assert [row[0] for row in rows] == [str(k) for k in range(1, len(rows) + 1)]
        assert all(row[2:] == [None] * 3 for row in rows)
        orders.append([str(row[1]) for row in rows])
        shown = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        hidden = " ".join(str(cell.value) for row in book["cosyn"].iter_rows() for cell in row)
        ids = {item.id for item in judged.items} | {d.id for d in judged.facets}
        assert not ids & set(f"{shown} {hidden}".split())
        told = {d.definition[language] for d in (*judged.facets, *judged.constructs)}
        told |= {d.label[language] for d in judged.constructs}
        assert not [words for words in told if words in f"{shown} {hidden}"]
    texts = [item.text[language] for item in judged.to_sort]
    assert orders[0] != orders[1] != texts
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_cell_offers_its_list_and_nothing_else_is_open(
    study: Path, judged: Material, language: str
) -> None:
    book = openpyxl.load_workbook(file_of(study, 1, language))
    assert all(
        sheet.protection.sheet and not sheet.protection.password for sheet in book.worksheets
    )
    assert book["cosyn"].sheet_state == "hidden"
    _, sort, ratings, _ = book.worksheets
    for sheet, answers, lists in ((sort, 3, 3), (ratings, 4, 3)):
        free = [c for row in sheet.iter_rows() for c in row if not c.protection.locked]
        items = judged.to_sort if sheet is sort else judged.to_rate
        assert len(free) == answers * len(items)
        rules = sheet.data_validations.dataValidation
        covered = {c.coordinate for c in free if any(c.coordinate in r.sqref for r in rules)}
        assert len(covered) == lists * len(items)
    phrases = phrases_in(language)
    for attribute, rule in zip(
        judged.attributes, sort.data_validations.dataValidation, strict=True
    ):
        sheet_name, _, cells = str(rule.formula1).partition("!")
        offered = [str(row[0].value) for row in book[sheet_name][cells.replace("$", "")]]
        assert offered == [*choices(attribute, language, phrases("none"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_ratings_stand_below_what_they_are_judged_by(
    study: Path, judged: Material, language: str
) -> None:
    sheet = openpyxl.load_workbook(file_of(study, 1, language)).worksheets[2]
    column = [str(sheet.cell(row, 1).value) for row in range(HEAD + 1, sheet.max_row + 1)]
    facet = next(f for f in judged.facets if f.id == "ENS")
    at = next(k for k, text in enumerate(column) if facet.definition[language] in text)
    assert facet.label[language] in column[at]
    assert column[at + 1 : at + 4] == ["ENS1", "ENS2", "ENS3"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_experts_choose_is_what_is_read(
    study: Path, judged: Material, language: str, tmp_path: Path
) -> None:
    wanted = agreeing(judged, 2, language)
    places = {**wanted.places, "INS1": {"locus": "external", "valence": None}}
    ratings = {
        **wanted.ratings,
        "INS1": Rating(1, "unnecessary", 2, "=1+1 \n“{M}”, _x0041_"),
        "CSX3": Rating(None, "useful", None, ""),
    }
    del places["ENS2"]
    file = Path(shutil.copy(file_of(study, 2, language), tmp_path / "e2.xlsx"))
    fill(file, judged, replace(wanted, places=places, ratings=ratings))
    (found,) = read_answers([open_answers(file)], judged)
    assert (found.expert, found.language) == (2, language)
    assert found.places == {**places, "ENS2": {}}
    assert found.ratings == ratings


def edit(file: Path, sheet: int, cell: str, value: Any) -> Path:
    book = openpyxl.load_workbook(file)
    book.worksheets[sheet][cell].value = value
    book.save(file)
    return file


def faults(file: Path, judged: Material) -> list[SurveyError]:
    with pytest.raises(SurveyError) as caught:
        read_answers([open_answers(file)], judged)
    return list(getattr(caught.value, "faults", (caught.value,)))


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "code", "words"),
    [
        (1, "C3", "sideways", "impossible-value", "internal, external, does not apply"),
        (2, "C5", "5", "impossible-value", "4 highly relevant"),
        (2, "D5", "=A1", "impossible-value", "essential"),
        (2, "E5", 0, "impossible-value", "1 not clear"),
        (1, "A3", "4", "twice", "row"),
        (2, "A5", "IPG2", "twice", "row"),
        (1, "B2", "Something", "changed-layout", "fresh workbook"),
    ],
)
def test_what_cannot_be_is_named_with_file_sheet_and_row(
    copy: Path, judged: Material, sheet: int, cell: str, value: Any, code: str, words: str
) -> None:
    edit(copy, sheet, cell, value)
    found = faults(copy, judged)
    assert [fault.code for fault in found] == [f"panel.{code}"]
    title = ("", "1 Sort", "2 Ratings")[sheet]
    assert found[0].where.startswith(f"e1.xlsx, sheet '{title}', row ")
    assert words in str(found[0])


def test_an_item_that_does_not_exist_is_named(copy: Path, judged: Material) -> None:
    edit(edit(copy, 1, "A3", "99"), 1, "C3", "internal")
    (fault,) = faults(copy, judged)
    assert fault.code == "panel.unknown-item"
    assert fault.where == "e1.xlsx, sheet '1 Sort', row 3"


def test_a_lost_sheet_is_named_and_every_fault_is_told(copy: Path, judged: Material) -> None:
    book = openpyxl.load_workbook(copy)
    del book["1 Sort"]
    book["2 Ratings"]["C5"].value = "x"
    book["2 Ratings"]["C6"].value = "y"
    book.save(copy)
    codes = [fault.code for fault in faults(copy, judged)]
    assert codes == ["panel.changed-layout", "panel.impossible-value", "panel.impossible-value"]


def test_bare_numbers_and_capitals_are_understood(copy: Path, judged: Material) -> None:
    edit(edit(edit(copy, 2, "C5", 4), 2, "D5", " Essential "), 1, "C3", "INTERNAL")
    (found,) = read_answers([open_answers(copy)], judged)
    assert found.ratings["IPG1"] == Rating(4, "essential", None, "")
    assert found.places[judged.shuffled(1)[0].id] == {"locus": "internal"}


def test_workbooks_of_one_panel_belong_together(study: Path, tmp_path: Path) -> None:
    instrument = load_instrument(study / "instrument")
    one, other = (open_answers(file_of(study, e, "en")) for e in (1, 2))
    assert check_together([one, other], instrument) == "long"
    again = open_answers(file_of(study, 1, "zh-Hans"))
    short = open_answers(panel.write(study, 3, ["en"], out=tmp_path).files[2])
    changed = replace(instrument, digest="0" * 64)
    for opened, against, codes in (
        ([one, again], instrument, ["same-expert"]),
        ([one, short], instrument, ["other-form"]),
        ([one], changed, ["other-wording"]),
    ):
        with pytest.raises(SurveyError) as caught:
            check_together(opened, against)
        assert [f"panel.{code}" for code in codes] == [caught.value.code]


def test_other_definitions_are_other_material(study: Path, judged: Material) -> None:
    instrument = load_instrument(study / "instrument")
    changed = instrument.attributes[1]
    definitions = {**changed.definitions, "internal": dict.fromkeys(LANGUAGES, "other")}
    attributes = (replace(changed, definitions=definitions), *instrument.attributes[2:])
    other = material(replace(instrument, attributes=attributes), "long")
    assert other.digest == judged.digest
    (fault,) = faults(file_of(study, 1, "en"), other)
    assert fault.code == "panel.other-definitions"


def test_what_is_no_workbook_of_an_expert(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(SurveyError) as caught:
        open_answers(tmp_path / "x.xlsx")
    assert caught.value.code == "panel.no-workbook"


def test_only_what_is_defined_is_judged(study: Path) -> None:
    instrument = load_instrument(study / "instrument")
    bare = replace(
        instrument,
        attributes=(),
        constructs=tuple(
            replace(c, facets=tuple(replace(f, definition={}) for f in c.facets))
            for c in instrument.constructs
        ),
    )
    with pytest.raises(InstrumentError) as caught:
        material(bare, "long")
    assert caught.value.code == "panel.nothing-defined"
    unsorted = material(replace(instrument, attributes=()), "long")
    assert unsorted.to_sort == ()
    assert {item.facet for item in unsorted.to_rate} == {
        f.id
        for f in instrument.facets()
        if f.definition and f.id in {i.facet for i in unsorted.items}
    }


def test_values_that_nobody_could_tell_apart_are_refused(judged: Material) -> None:
    attribute = judged.attributes[0]
    values = {**attribute.values, "external": {"en": " Internal", "zh-Hans": "=内部"}}
    with pytest.raises(InstrumentError) as caught:
        choices(replace(attribute, values=values), "en", "none")
    assert caught.value.code == "panel.equal-words"
    assert "· =内部" in choices(replace(attribute, values=values), "zh-Hans", "无")
