"""Exports of LimeSurvey: headings and codes of every kind give the same answers, gaps included."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tests.unit.importers.import_helpers import read

from cosyn.importers import Imported

CODES = (
    *("id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp"),
    *("ipaddr", "q9", "b1[A1]", "b1[A2]", "b1[A3]", "N1", "open[other]", "interviewtime"),
)
FULL = (
    *("Response ID", "Date submitted", "Last page", "Start language", "Seed", "Access code"),
    *("Date started", "Date last action", "IP address", "Anything?"),
    *("How? [We trust the partners.]", "How? [Work is shared.]", "How? [Goals agree.]"),
    *("Share of time", "Open [Other]", "Total time"),
)
CUT = (
    *FULL[:10],
    *("How far do you ..  [We trust the pa.. ]", "How far do you ..  [Work is shared.]"),
    *("How far do you ..  [Goals agree.]", "Share of t.. ", *FULL[14:]),
)
# None is what LimeSurvey never showed; "" was seen and left out.
ROWS: tuple[tuple[str | None, ...], ...] = (
    (
        *("1", "2026-09-01 10:05:00", None, "zh-Hans", "7", "tok1", "2026-09-01 10:00:00"),
        *("2026-09-01 10:05:00", "192.0.2.1", 'line\nand "quotes"; tab\t', "3", "98", "", None),
        *("x", "280.5"),
    ),
    (
        *("2", "", "1", "en", "8", None, "2026-09-01 10:00:00", "2026-09-01 10:01:00", None),
        *(None, "1", None, "2", "40.5", "", ""),
    ),
    (*("3", "2026-09-02 10:00:00", "2", "en", "9", None, "", "", None), *(None,) * 7),
)
LABELS = {"1": "Not at all true", "2": "In between", "3": "True", "98": "Don't know"}


def quoted(header: tuple[str, ...], rows: tuple[tuple[str | None, ...], ...] = ROWS) -> str:
    lines = [header, *rows]
    return "\ufeff" + "".join(";".join(map(_cell, line)) + "\n" for line in lines)


def _cell(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'


def labelled() -> tuple[tuple[str | None, ...], ...]:
    return tuple(
        (*row[:10], *(LABELS.get(v, v) if v else v for v in row[10:13]), *row[13:]) for row in ROWS
    )


def vv() -> str:
    codes = tuple(c.replace("[", "_").replace("]", "") for c in CODES)
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
    writer.writerow([text.replace("[", "(").replace("]", ")") for text in FULL])
    writer.writerow(codes)
    for row in ROWS:
        cells = ["{question_not_shown}" if v is None else v for v in row]
        writer.writerow([c.replace("\n", "{newline}").replace("\t", "{tab}") for c in cells])
    return stream.getvalue()


FILES = {
    "codes, short": quoted(CODES),
    "codes, long": quoted(CODES, labelled()),
    "full, short": quoted(FULL),
    "full, long": quoted(FULL, labelled()),
    "abbreviated": quoted(CUT),
    "vv": vv(),
    "json": json.dumps({"responses": [dict(zip(CODES, row, strict=True)) for row in ROWS]}),
}


def said(imported: Imported) -> list[dict[str, object]]:
    return [
        {k: c.value if c.missing == "answered" else str(c.missing) for k, c in s.answers.items()}
        for s in imported.submissions
    ]


@pytest.mark.parametrize("name", FILES)
def test_every_export_gives_the_same_answers(name: str) -> None:
    imported = read(FILES[name], name="t.json" if name == "json" else "t.csv")
    assert imported.report.importer == "limesurvey"
    assert said(imported) == [
        {"A1": 3, "A2": "dont_know", "A3": "not_answered", "N1": "not_shown"},
        {"A1": 1, "A2": "not_shown", "A3": 2, "N1": 40.5},
    ]
    first, second = imported.submissions
    assert (first.language, second.language) == ("zh-Hans", "en")
    assert (first.week, first.seconds) == ("2026-W36", 280.5)
    (aside,) = imported.report.rows_set_aside
    assert "no question was shown" in aside.reason
    assert "1 responses were not sent off" in imported.report.warnings[0]


@pytest.mark.parametrize("name", FILES)
def test_what_tells_who_answered_is_dropped(name: str) -> None:
    report = read(FILES[name], name="t.json" if name == "json" else "t.csv").report
    personal = [c.target for c in report.columns if c.fate == "personal"]
    assert personal == ["platform account", "internet address"]
    assert "free text" in {c.fate for c in report.columns}


def test_times_that_were_not_kept_are_none() -> None:
    imported = read(quoted(CODES).replace("2026-09-01 10:05:00", "1980-01-01 00:00:00"))
    assert imported.submissions[0].week == ""
    assert not any("not read" in warning for warning in imported.report.warnings)


def test_codes_of_limesurveys_own() -> None:
    rows = tuple((*r[:10], *(f"A{v}" if v in {"1", "2", "3"} else v for v in r[10:13]), *r[13:]) for r in ROWS)  # fmt: skip
    rows = tuple(tuple("" if v == "98" else v for v in row) for row in rows)
    imported = read(quoted(CODES, rows))
    assert [a["A1"] for a in said(imported)] == [3, 1]
    assert any("'a1'" in w or "a1" in w for w in imported.report.warnings)
    assert imported.submissions[0].answers["A1"].raw == "A3"


def test_an_unquoted_nothing_means_nothing_beyond_limesurvey() -> None:
    imported = read('"A1";"A2"\n"1";\n;"2"\n;\n')
    assert said(imported) == [{"A1": 1, "A2": "not_answered"}, {"A1": "not_answered", "A2": 2}]


def test_question_texts_without_an_item_do_no_harm() -> None:
    header = (*FULL[:9], "", *FULL[10:])
    assert len(said(read(quoted(header)))) == 2
