"""Exports of LimeSurvey: one survey, however it is exported, gives the same answers."""

from __future__ import annotations

import json

import pytest
from tests.unit.importers.import_helpers import read
from tests.unit.importers.test_platforms import fates, values

from cosyn.importers import Imported

META = ["id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp"]
SHOWN = ["Response ID", "Date submitted", "Last page", "Start language", "Seed", "Access code", "Date started", "Date last action"]  # fmt: skip
ROWS: list[list[str | None]] = [
    ["1", "2026-11-23 10:00:00", None, "zh-Hans", None, "69y8", "2026-11-23 09:59:00", "2026-11-23 10:00:00", "3", "98", ""],
    ["2", "2026-11-23 10:01:00", "1", "en", None, "sPxR", "2026-11-23 09:59:00", "2026-11-23 10:01:00", "1", None, "2"],
    ["3", None, "1", "en", "17", "q1", "2026-11-23 09:59:00", "2026-11-23 10:02:00", "2", "2", None],
]  # fmt: skip
LABELS = {"1": "Not at all true", "2": "In between", "3": "True", "98": "Don't know"}


def as_csv(header: list[str], rows: list[list[str | None]]) -> str:
    every: list[list[str | None]] = [[*header], *rows]
    lines = [
        ";".join("" if c is None else '"' + c.replace('"', '""') + '"' for c in r) for r in every
    ]
    return "\ufeff" + "\n".join(lines) + "\n"


def long_labels(row: list[str | None]) -> list[str | None]:
    return [*row[:8], *(LABELS.get(c, c) if c else c for c in row[8:])]


def vv() -> str:
    texts = [
        *SHOWN,
        "How? (We trust the partners.)",
        "How? (Work is shared.)",
        "How? (Goals agree.)",
    ]
    lines = [texts, [*META, "clim_A1", "clim_A2", "clim_A3"]]
    lines += [["{question_not_shown}" if c is None else c for c in row] for row in ROWS]
    return "\n".join("\t".join(line) for line in lines) + "\n"


CODES = [*META, "clim[A1]", "clim[A2]", "clim[A3]"]
FULL = [*SHOWN, "How? [We trust the partners.]", "How? [Work is shared.]", "How? [Goals agree.]"]
EXPORTS = {
    "code short": as_csv(CODES, ROWS),
    "full long": as_csv(FULL, [long_labels(row) for row in ROWS]),
    "vv": vv(),
    "json": json.dumps({"responses": [dict(zip(CODES, row, strict=True)) for row in ROWS]}),
}


@pytest.fixture(params=EXPORTS)
def imported(request: pytest.FixtureRequest) -> Imported:
    return read(EXPORTS[request.param])


def test_every_export_gives_the_same_answers(imported: Imported) -> None:
    assert imported.report.importer == "limesurvey"
    assert values(imported, "A1") == [3, 1, 2]
    assert values(imported, "A2") == ["dont_know", "not_shown", 2]
    assert values(imported, "A3") == ["not_answered", 2, "not_shown"]
    assert [s.language for s in imported.submissions] == ["zh-Hans", "en", "en"]
    assert [s.seconds for s in imported.submissions] == [60, 120, None]


def test_tokens_are_dropped_and_unsent_responses_counted(imported: Imported) -> None:
    assert ("personal", "platform account") in fates(imported).values()
    assert "sPxR" not in repr(list(imported.submissions))
    assert any("1 responses were not sent off" in text for text in imported.report.warnings)


def test_a_response_that_holds_nothing_is_set_aside() -> None:
    rows: list[list[str | None]] = [*ROWS, ["4", "1980-01-01 00:00:00", *[None] * 9]]
    imported = read(as_csv(CODES, rows))
    assert [(a.row, a.reason) for a in imported.report.rows_set_aside] == [
        (5, "no question was shown (an empty row of LimeSurvey's)")
    ]
    assert not any("were not read" in warning for warning in imported.report.warnings)


def test_hostile_texts_pass() -> None:
    rows = [[*ROWS[0][:8], "3", "1", "1", '换行\n第二行 "q"; , \t tab =1+1']]
    imported = read(as_csv([*CODES, "open1"], rows))
    assert values(imported, "A3") == [1]
    assert imported.report.rows_kept == 1
