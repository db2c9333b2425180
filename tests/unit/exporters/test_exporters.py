"""Every exporter writes every item once, as text, in the language asked for, and nothing else."""

from __future__ import annotations

import dataclasses
import io
from html.parser import HTMLParser

import pytest
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from cosyn.exporters import EXPORTERS
from cosyn.i18n import catalogue, catalogue_languages
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Block, Questionnaire, questionnaire
from cosyn.instrument.types import ResponseFormat
from cosyn.study import bundled

LANGUAGES = ("en", "zh-Hans")
HOSTILE = (
    "<script>alert(1)</script>",
    "\"quoted\" & 'single'",
    "{{ 7 * 7 }} {% raw %}",
    "=1+1",
    "@SUM(A1)",
    "-minus",
    "emoji 🙂 and 𠮷",
    "back\\slash ${x}",
)


@pytest.fixture(scope="module")
def plain() -> Questionnaire:
    return questionnaire(load_instrument(bundled() / "instrument"))


@pytest.fixture(scope="module")
def hostile(plain: Questionnaire) -> Questionnaire:
    """Return the questionnaire with texts that break careless writers, and a numeric question."""
    number = ResponseFormat("years", "numeric", (), (), 0.0, 60.0)
    page = next(p for p in plain.pages if len(p.blocks[0].questions) >= len(HOSTILE) - 2)
    questions = tuple(
        dataclasses.replace(q, text=dict.fromkeys(LANGUAGES, text))
        for q, text in zip(page.questions, HOSTILE, strict=False)
    )
    last = dataclasses.replace(questions[-1], id="YEARS", response_format=number, dont_know=False)
    blocks = (Block("b1", "matrix", questions), Block("b2", "single", (last,)))
    return dataclasses.replace(plain, pages=(dataclasses.replace(page, blocks=blocks),))


class Page(HTMLParser):
    """The tags of a page with their attributes, and its visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            found
            for name, found in self.tags
            if name == tag and all(found.get(k) == v for k, v in attributes.items())
        ]


def page_of(form: Questionnaire, language: str) -> tuple[Page, str]:
    ((_, content),) = EXPORTERS["html"].write(form, language).files.items()
    return Page(content.decode()), content.decode()


@pytest.mark.parametrize("name", EXPORTERS.names())
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_form_is_the_same_file(name: str, language: str, plain: Questionnaire) -> None:
    first, second = (EXPORTERS[name].write(plain, language) for _ in range(2))
    assert first == second
    # Labels with blanks cannot head the columns of a matrix there.
    assert first.losses == () or (name, language) == ("wjx", "en")
    if EXPORTERS[name].per_language:
        assert all(language in file for file in first.files)


def test_phrases_exist_in_every_language() -> None:
    keys = {
        lang: set(catalogue("cosyn.exporters", lang).phrases)
        for lang in catalogue_languages("cosyn.exporters")
    }
    assert set(keys) >= set(LANGUAGES)
    assert len({frozenset(found) for found in keys.values()}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_every_item_once_with_its_codes(plain: Questionnaire, language: str) -> None:
    page, _ = page_of(plain, language)
    assert page.all("html")[0]["lang"] == language
    for question in plain.questions:
        values = [f["value"] for f in page.all("input", type="radio", name=question.id)]
        expected = [str(o.code) for o in question.response_format.options]
        expected += [str(m.code) for m in question.missing]
        assert values == expected
        assert question.text[language] in page.text


def test_the_page_needs_nothing_from_outside_and_presets_nothing(plain: Questionnaire) -> None:
    page, text = page_of(plain, "en")
    assert "://" not in text
    assert not page.all("link")
    assert not page.all("img")
    assert not any(
        "src" in found or "checked" in found or "required" in found for _, found in page.tags
    )
    assert "localStorage" not in text
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert str(policy["content"]).startswith("default-src 'none'")


def test_the_page_is_labelled_for_assistive_technology(plain: Questionnaire) -> None:
    page, _ = page_of(plain, "en")
    ids = [found["id"] for _, found in page.tags if found.get("id")]
    assert len(ids) == len(set(ids))
    groups = page.all("div", role="radiogroup")
    assert len(groups) == len(plain.questions)
    assert {str(g["aria-labelledby"]) for g in groups} <= set(ids)
    assert len(page.all("label")) >= len(page.all("input", type="radio"))
    for reference in ("aria-describedby", "aria-labelledby"):
        used = {str(found[reference]) for _, found in page.tags if found.get(reference)}
        assert used <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_stay_texts(hostile: Questionnaire, language: str) -> None:
    page, text = page_of(hostile, language)
    assert len(page.all("script")) == 1
    assert "49" not in page.text.split("1</span>", maxsplit=1)[0] or "{{ 7 * 7 }}" in page.text
    for question in hostile.questions:
        assert question.text[language] in page.text
    (number,) = page.all("input", inputmode="decimal")
    assert (number["data-low"], number["data-high"]) == ("0", "60")
    assert text.count("<script>") == 1


def workbook(form: Questionnaire, language: str) -> dict[str, list[tuple[object, ...]]]:
    ((_, content),) = EXPORTERS["xlsform"].write(form, language).files.items()
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["plain", "hostile"])
def test_pyxform_converts_the_form_without_a_word(
    request: pytest.FixtureRequest, kind: str, language: str
) -> None:
    form: Questionnaire = request.getfixturevalue(kind)
    ((_, content),) = EXPORTERS["xlsform"].write(form, language).files.items()
    result = convert(xlsform=io.BytesIO(content), validate=False, file_type=".xlsx")
    assert result.warnings == []
    for question in form.questions:
        assert f"/{question.id}" in result.xform


def test_every_text_of_the_form_exists_in_every_language(plain: Questionnaire) -> None:
    """Pyxform does not report a single missing translation, so we look."""
    sheets = workbook(plain, "en")
    for title in ("survey", "choices"):
        header, *rows = sheets[title]
        labels = [i for i, name in enumerate(header) if str(name).startswith("label::")]
        assert len(labels) == len(LANGUAGES)
        for row in rows:
            filled = [bool(row[i]) for i in labels]
            assert all(filled) or row[0] in {"end_group", "calculate"}


def test_a_text_that_looks_like_a_formula_is_text(hostile: Questionnaire) -> None:
    ((_, content),) = EXPORTERS["xlsform"].write(hostile, "en").files.items()
    for sheet in load_workbook(io.BytesIO(content)):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_what_an_xlsform_would_read_as_a_reference_is_broken_up_and_said(
    hostile: Questionnaire, plain: Questionnaire
) -> None:
    """The number question has the text of the last one, which holds `${x}`."""
    losses = EXPORTERS["xlsform"].write(hostile, "en").losses
    assert {loss.item for loss in losses} == {hostile.questions[-2].id, "YEARS"}
    assert not any("${" in str(cell) for row in workbook(hostile, "en")["survey"] for cell in row)
    assert EXPORTERS["xlsform"].write(plain, "en").losses == ()


def test_nothing_that_identifies_is_asked_for(plain: Questionnaire) -> None:
    kinds = {str(row[0]).split()[0] for row in workbook(plain, "en")["survey"][1:]}
    assert kinds <= {
        *("note", "text", "begin_group", "end_group", "select_one", "decimal", "calculate")
    }


def test_a_thousand_items_are_no_burden(plain: Questionnaire) -> None:
    page = plain.pages[0]
    many = tuple(
        dataclasses.replace(page.questions[i % len(page.questions)], id=f"Q{i}")
        for i in range(1000)
    )
    block = dataclasses.replace(page.blocks[0], questions=many)
    large = dataclasses.replace(plain, pages=(dataclasses.replace(page, blocks=(block,)),))
    for exporter in EXPORTERS:
        assert exporter.write(large, "en").files
