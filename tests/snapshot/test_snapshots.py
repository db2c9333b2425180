"""Small pieces of what people read, compared with what somebody read and approved.

``pytest tests/snapshot --write-snapshots`` writes them anew; read the difference before you
commit it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.planned import planned
from tests.unit.importers.import_helpers import INSTRUMENT, read

from cosyn.exporters import EXPORTERS
from cosyn.findings import Finding, Findings, Provenance, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.messages.importing import imported_lines
from cosyn.report import RENDERERS, build
from cosyn.study import bundled
from cosyn.workflow.importing import ImportedFile

Approve = Callable[[str, str], None]
LANGUAGES = ("en", "zh-Hans")
APPROVED = Path(__file__).parent / "approved"


@pytest.fixture
def approve(request: pytest.FixtureRequest) -> Approve:
    """Compare a text with the approved one, or write it if asked to."""

    def compare(name: str, text: str) -> None:
        path = APPROVED / name
        if request.config.getoption("--write-snapshots"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), "see the head of this file"

    return compare


def test_what_an_import_says(approve: Approve) -> None:
    table = "A1,A2,A3,Name,department\n1,In between,4,Li,D1\n,,,,\n3,98,true,Wang,D2\n2,2,99,x,D1\n"
    imported = read(table)
    text = "\n".join(
        imported_lines(ImportedFile(imported, added=True, total=3, report=Path("x.json")))
    )
    approve("import.txt", text + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_on_the_page(approve: Approve, language: str) -> None:
    files = EXPORTERS["html"].write(questionnaire(INSTRUMENT), language).files
    [page] = files.values()
    question = re.search(r'<div class="question" role[\s\S]*?</div>', page.decode())
    assert question
    approve(f"question.{language}.html", question.group() + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_of_the_form(approve: Approve, language: str) -> None:
    files = EXPORTERS["xlsform"].write(questionnaire(INSTRUMENT), language).files
    [content] = files.values()
    sheet = load_workbook(io.BytesIO(content))["survey"]
    rows = ["\t".join(str(x or "") for x in row) for row in sheet.values]
    approve(f"form.{language}.tsv", "\n".join(rows) + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_the_report(approve: Approve, language: str) -> None:
    instrument, plan = load_instrument(bundled() / "instrument"), planned()
    rows = (
        Finding("sample", Statistic.COUNT, ("respondents",), 1524),
        Finding("sample", Statistic.COUNT, ("departments",), reason="no department recorded"),
    )
    origin = Provenance("x", "1.0.0", "core-40", False, 1, {}, {"cosyn": "0"})
    document = build(Findings(origin, rows), instrument, plan, language)
    page = RENDERERS["html"].render(document).decode()
    section = re.search(r'<section id="sample"[\s\S]*?</section>', page)
    assert section
    approve(f"sample.{language}.html", section.group() + "\n")
