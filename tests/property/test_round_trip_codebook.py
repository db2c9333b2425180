"""Codebooks for people: the workbook is read back word for word, the page shows every text as text."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from openpyxl import load_workbook
from tests.property.codebooks import codebooks
from tests.property.questionnaires import LANGUAGES

from cosyn.codebook.entries import answers
from cosyn.exporters.codebook import EXPORTER
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import expected
from cosyn.structures.codebook import READER


class Shown(HTMLParser):
    """Every text of a page by the language it is marked with, and the tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: set[tuple[str, str]] = set()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"dd", "span", "td"}:
            self._open.append((dict(attrs).get("lang") or "", []))

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1][1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"dd", "span", "td"}:
            language, pieces = self._open.pop()
            self.texts.add((language, "".join(pieces).strip()))


@pytest.mark.parametrize("language", LANGUAGES)
@given(asked=codebooks())
@settings(max_examples=25, deadline=None)
def test_the_workbook_holds_every_text_as_text(language: str, asked: Questionnaire) -> None:
    exported = EXPORTER.write(asked, language)
    content = next(content for name, content in exported.files.items() if name.endswith(".xlsx"))
    assert exported.losses == ()
    assert differences(expected(READER, asked, language), READER.read(content)) == ()
    for sheet in load_workbook(io.BytesIO(content)):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("language", LANGUAGES)
@given(asked=codebooks())
@settings(max_examples=25, deadline=None)
def test_the_page_shows_every_text_as_text(language: str, asked: Questionnaire) -> None:
    exported = EXPORTER.write(asked, language)
    content = next(content for name, content in exported.files.items() if name.endswith(".html"))
    page = Shown(content.decode())
    texts = [question.text for question in asked.questions]
    texts += [label for q in asked.questions for _, label in answers(q.response_format)]
    texts += [construct.label for construct in asked.about.constructs]
    texts += [facet.label for construct in asked.about.constructs for facet in construct.facets]
    texts += [asked.introduction, asked.consent, asked.closing]
    for text in texts:
        for tag, words in text.items():
            assert (tag, words) in page.texts
    assert not any(tag in {"script", "img", "link", "iframe"} for tag, _ in page.tags)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {a["href"] for tag, a in page.tags if tag == "a"}
    assert links <= {f"#{name}" for name in ids}
    assert {f"item-{question.id}" for question in asked.questions} <= set(ids)
