"""Answers downloaded from Wenjuanxing by option number come back to items and codes."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.property.questionnaires import LANGUAGES, questionnaires

from cosyn.exporters import EXPORTERS
from cosyn.exporters._wjx import RULES, survey
from cosyn.importers import Imported, load_mapping, read_responses
from cosyn.instrument.questionnaire import Question, Questionnaire
from cosyn.instrument.types import Construct, Facet, Form, Instrument, Item, Missing, Page
from cosyn.responses import Cell

NAMED = {"en": "-", "zh-Hans": "-"}
ROWS = {
    "dash": "{number}、{title}—{row}",
    "brackets": "第{number}题({row})",
    "short": "{number}、({row})",
}
PARTICULARS = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")


@pytest.mark.parametrize("rows", ROWS)
@settings(max_examples=40, deadline=None)
@given(asked=questionnaires(), data=st.data())
def test_any_questionnaire(rows: str, asked: Questionnaire, data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(LANGUAGES))
    exported = EXPORTERS["wjx"].write(asked, language)
    assume(not any("same wording" in loss.what for loss in exported.losses))
    given_answers = {q.id: data.draw(answers(q)) for q in asked.questions}
    nothing = (Missing.NOT_SHOWN, Missing.NOT_ANSWERED)
    assume(any(cell.missing not in nothing for _, cell in given_answers.values()))
    imported = read(
        table(asked, language, {k: raw for k, (raw, _) in given_answers.items()}, ROWS[rows]),
        exported.files[f"{asked.name}.{language}.wjx.mapping.yaml"],
        instrument_of(asked),
    )
    (submission,) = imported.submissions
    held = {k: (c.value, c.missing) for k, c in submission.answers.items()}
    assert held == {k: (c.value, c.missing) for k, (_, c) in given_answers.items()}
    assert (submission.form, submission.language) == ("all", language)
    assert submission.department == "D7"
    assert (imported.report.importer, submission.seconds) == ("wenjuanxing", 10)
    dropped = {"personal", "platform", "time", "seconds"}
    fates = {c.name: c.fate for c in imported.report.columns}
    assert {fates[name] for name in PARTICULARS} <= dropped


@st.composite
def answers(draw: st.DrawFn, question: Question) -> tuple[str, Cell]:
    """A cell as Wenjuanxing writes it, and what it stands for."""
    if question.response_format.kind == "numeric":
        low, high = question.response_format.minimum, question.response_format.maximum
        # Wenjuanxing's own marks for no answer; the exporter says that they are read as such.
        numbers = st.integers(int(low), int(high)).filter(lambda n: n not in {-3, -2})
        value = float(draw(numbers))
        return f"{value:g}", Cell("", value, Missing.ANSWERED)
    possible = [
        (str(place), Cell("", float(option.code), Missing.ANSWERED))
        for place, option in enumerate(question.response_format.options, start=1)
    ]
    first = len(possible) + 1
    possible += [
        (str(place), Cell("", None, missing.reason))
        for place, missing in enumerate(question.missing, start=first)
    ]
    possible += [
        ("-3", Cell("", None, Missing.NOT_SHOWN)),
        ("-2", Cell("", None, Missing.NOT_ANSWERED)),
        ("", Cell("", None, Missing.NOT_ANSWERED)),
    ]
    chosen: tuple[str, Cell] = draw(st.sampled_from(possible))
    return chosen


def table(asked: Questionnaire, language: str, cells: dict[str, str], rows: str) -> bytes:
    """A download with one respondent."""
    written = survey(asked, language, RULES)
    assert written.department is not None
    header = [*PARTICULARS, f"1、{written.department.title}"]
    body = ["1", "2026/11/26 12:00:00", "10秒", "微信", "直接访问", "127.0.0.1(本地)", "D7"]
    for entry in written.entries:
        for place, question in enumerate(entry.questions):
            header.append(
                rows.format(number=entry.number, title=entry.title, row=entry.rows[place])
                if entry.rows
                else f"{entry.number}、{entry.title}"
            )
            body.append(cells[question.id])
    stream = io.StringIO()
    csv.writer(stream).writerows([header, body])
    return stream.getvalue().encode("utf-8-sig")


def read(content: bytes, mapping: bytes, instrument: Instrument) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        path, rules = Path(folder, "download.csv"), Path(folder, "mapping.yaml")
        path.write_bytes(content)
        rules.write_bytes(mapping)
        return read_responses(path, instrument, load_mapping(rules, instrument))


def instrument_of(asked: Questionnaire) -> Instrument:
    """An instrument that asks just this."""
    formats = {q.response_format.id: q.response_format for q in asked.questions}
    items = tuple(
        Item(
            q.id,
            "C",
            "F",
            q.text,
            q.response_format.id,
            short=True,
            reverse=False,
            dont_know=q.dont_know,
            attributes={},
        )
        for q in asked.questions
    )
    return Instrument(
        id=asked.instrument,
        version=asked.version,
        title=NAMED,
        languages=LANGUAGES,
        introduction=NAMED,
        closing=NAMED,
        placeholders={},
        constructs=(Construct("C", NAMED, (Facet("F", NAMED),), {}),),
        items=items,
        response_formats=tuple(formats.values()),
        pages=(Page("p", NAMED, NAMED, tuple(item.id for item in items)),),
        forms=(Form("all", NAMED, "all", ("C",)),),
        default_form="all",
        digest=asked.digest,
    )
