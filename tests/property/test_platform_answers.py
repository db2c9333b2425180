"""Answers to any questionnaire, in the layout in which each platform hands them back, come back equal."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.property.questionnaires import questionnaires
from tests.property.test_wjx_answers import instrument_of

from cosyn.importers import read_responses
from cosyn.instrument.questionnaire import Question, Questionnaire, questionnaire
from cosyn.instrument.types import Instrument, Missing

Row = dict[str, str | None]
"""Item -> code as text, "" where it was left out, None where it was not shown."""
Writer = Callable[[Questionnaire, Instrument, list[Row]], str]


@st.composite
def cells(draw: st.DrawFn, question: Question) -> str | None:
    """A code, a reason's code, or nothing of either kind."""
    response_format = question.response_format
    nothing = st.sampled_from(["", None])
    if response_format.kind == "numeric":
        numbers = st.integers(int(response_format.minimum), int(response_format.maximum))
        return draw(st.one_of(nothing, numbers.map(str)))
    return draw(st.one_of(nothing, st.sampled_from([str(code) for code, _ in question.offered])))


def table(lines: list[list[str]], mark: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=mark, quoting=quoting).writerows(lines)  # type: ignore[arg-type]
    return stream.getvalue()


def stamped(instrument: Instrument) -> dict[str, str]:
    return {"digest": instrument.digest, "form": "all", "order": "0"}


def qualtrics(names: dict[str, str], asked: Questionnaire, rows: list[Row], stamps: Row) -> str:
    """Three rows of header; -99 marks what was left out."""
    texts = {q.id: f"{asked.title['en']} - {q.text['en']}" for q in asked.questions}
    held = [i for i in names if i in texts]
    head = ["StartDate", "Status", "ResponseId", "Finished", *stamps, *(names[i] for i in held)]
    said = ["Start", "Type", "Id", "Finished", *stamps, *(texts[i] for i in held)]
    numbers = ["startDate", "status", "_recordId", "finished", *stamps]
    numbers += [f"QID{place}" for place in range(len(held))]
    body = [
        [*("2026-09-01 10:00:00", "0", "R_1", "1"), *map(str, stamps.values())]
        + ["" if row[i] is None else row[i] or "-99" for i in held]
        for row in rows
    ]
    return table([head, said, [json.dumps({"ImportId": n}) for n in numbers], *body])


def qsf(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    del instrument
    return qualtrics({q.id: q.id for q in asked.questions}, asked, rows, {})


def advanced(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    """Rows of a table by number, as the text format makes them."""
    names = {q.id: q.id for q in asked.questions}
    for page in questionnaire(instrument).pages:
        for block in page.blocks:
            if block.display == "matrix":
                names |= {q.id: f"{block.id}_{n}" for n, q in enumerate(block.questions, 1)}
    return qualtrics(names, asked, rows, dict(stamped(instrument)))


def columns(asked: Questionnaire, matrix: str) -> dict[str, str]:
    return {
        q.id: matrix.format(page=f"page_{page.id.replace('-', '_')}", block=block.id, item=q.id)
        if block.display == "matrix" or "{page}" in matrix
        else q.id
        for page in asked.pages
        for block in page.blocks
        for q in block.questions
    }


LIME = ["id", "submitdate", "lastpage", "startlanguage", "seed"]
LIME_HELD = ["1", "2026-09-01 10:00:00", "1", "en", "7"]


def limesurvey_csv(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    del instrument
    names = columns(asked, "{block}[{item}]")
    lines: list[list[str | None]] = [[*LIME, *names.values()]]
    lines += [[*LIME_HELD, *(row[i] for i in names)] for row in rows]
    return "\ufeff" + "".join(
        ";".join("" if c is None else '"' + c.replace('"', '""') + '"' for c in line) + "\n"
        for line in lines
    )


def limesurvey_vv(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    del instrument
    names = columns(asked, "{block}_{item}")
    texts = {q.id: q.text["en"] for q in asked.questions}
    body = [
        [*LIME_HELD, *("{question_not_shown}" if row[i] is None else row[i] or "" for i in names)]
        for row in rows
    ]
    head = [["Response ID", *LIME[1:], *(texts[i] for i in names)], [*LIME, *names.values()]]
    return table([*head, *body], "\t")


def limesurvey_json(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    del instrument
    names = columns(asked, "{block}[{item}]")
    own = dict(zip(LIME, LIME_HELD, strict=True))
    return json.dumps({"responses": [own | {names[i]: row[i] for i in names} for row in rows]})


def kobo(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    del instrument
    names = columns(asked, "{page}/{item}")
    body = [[*(row[i] or "" for i in names), "1", "u", "2026-09-01T10:00:00", "1"] for row in rows]
    head = [*names.values(), "_id", "_uuid", "_submission_time", "_index"]
    return table([head, *body], ";", csv.QUOTE_ALL)


def odk(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    del instrument
    names = columns(asked, "{page}-{item}")
    body = [["2026-09-01T10:00:00Z", *(row[i] or "" for i in names), "uuid:1"] for row in rows]
    return table([["SubmissionDate", *names.values(), "KEY"], *body])


def redcap(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    del instrument
    held = [q.id for q in asked.questions]
    body = [["1", *(row[i] or "" for i in held), "2"] for row in rows]
    return table([["record_id", *(i.lower() for i in held), "study_complete"], *body])


def surveyjs(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    answers: list[dict[str, object]] = []
    for row in rows:
        answer: dict[str, object] = {
            "instrument": instrument.id,
            **stamped(instrument),
            "b0": {"none": 1},
        }
        for page in asked.pages:
            for block in page.blocks:
                given = {q.id: int(v) for q in block.questions if (v := row[q.id])}
                answer |= {block.id: given} if block.display == "matrix" else given
        answers.append(answer)
    return "\n".join(map(json.dumps, answers))


def long(asked: Questionnaire, instrument: Instrument, rows: list[Row]) -> str:
    del instrument
    lines = [
        [f"r{n}", q.id, row[q.id] or ""] for n, row in enumerate(rows) for q in asked.questions
    ]
    return table([["respondent", "item", "value"], *lines])


WRITERS: dict[str, tuple[str, Writer, bool]] = {
    "qsf": ("qualtrics", qsf, True),
    "qualtrics": ("qualtrics", advanced, True),
    "limesurvey": ("limesurvey", limesurvey_csv, True),
    "limesurvey vv": ("limesurvey", limesurvey_vv, True),
    "limesurvey json": ("limesurvey", limesurvey_json, True),
    "kobo": ("kobo", kobo, False),
    "odk": ("odk", odk, False),
    "redcap": ("redcap", redcap, False),
    "surveyjs": ("surveyjs", surveyjs, False),
    "long": ("long", long, False),
}
"""Layout -> its importer, its writer, and whether it tells what was not shown."""


@pytest.mark.parametrize("layout", WRITERS)
@settings(max_examples=25, deadline=None)
@given(asked=questionnaires(), data=st.data())
def test_any_answers(layout: str, asked: Questionnaire, data: st.DataObject) -> None:
    importer, write, knows = WRITERS[layout]
    rows = [{q.id: data.draw(cells(q)) for q in asked.questions} for _ in range(2)]
    assume(all(any(row.values()) for row in rows))
    if importer == "qualtrics":
        assume(not any(q.response_format.accepts(-99) for q in asked.questions))
        knows = any("" in row.values() for row in rows)
    instrument = instrument_of(asked)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.json" if "j" in layout else "t.csv")
        path.write_text(write(asked, instrument, rows), encoding="utf-8", newline="")
        imported = read_responses(path, instrument)
    assert imported.report.importer == importer
    assert imported.report.refused == ()
    for row, submission in zip(rows, imported.submissions, strict=True):
        for question in asked.questions:
            held, given_answer = submission.answers.get(question.id), row[question.id]
            if held is None:  # a column that no respondent filled, which JSON leaves out
                assert not given_answer
                continue
            assert (held.value, held.missing) == expected(question, given_answer, knows=knows)


def expected(
    question: Question, answer: str | None, *, knows: bool
) -> tuple[float | None, Missing]:
    if not answer:
        shown = answer is not None or not knows
        return None, Missing.NOT_ANSWERED if shown else Missing.NOT_SHOWN
    reasons = {str(gap.code): gap.reason for gap in question.missing}
    if answer in reasons:
        return None, reasons[answer]
    return float(answer), Missing.ANSWERED
