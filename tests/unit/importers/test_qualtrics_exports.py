"""Exports of Qualtrics."""

from __future__ import annotations

import pytest
from tests.unit.importers.import_helpers import read
from tests.unit.importers.test_platforms import fates, values

HEAD = (
    "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,"
    "ResponseId,RecipientLastName,RecipientEmail,LocationLatitude,DistributionChannel,"
    "UserLanguage,A1,Q7_2,A3\n"
    "Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,"
    "Recorded Date,Response ID,Recipient Last Name,Recipient Email,Location Latitude,"
    "Distribution Channel,User Language,Anything,How far? - Work is shared.,Goals agree.\n"
    + ",".join(f'"{{""ImportId"":""{name}""}}"' for name in (
        "startDate", "endDate", "status", "ipAddress", "progress", "duration", "finished",
        "recordedDate", "_recordId", "recipientLastName", "recipientEmail", "locationLatitude",
        "distributionChannel", "userLanguage", "QID1", "QID2_2", "QID3",
    ))
    + "\n"
)  # fmt: skip
ROW = "2026-09-03 12:00:00,2026-09-03 12:02:00,{status},10.0.0.1,100,120,{done},2026-09-03 12:02:01,R_1,Li,li@example.org,1.5,{by},{language},{a1},{a2},{a3}\n"


def row(a1: str, a2: str, a3: str, **changed: str) -> str:
    usual = {"status": "0", "done": "1", "by": "anonymous", "language": "EN"}
    return ROW.format(**(usual | changed), a1=a1, a2=a2, a3=a3)


def test_three_header_rows() -> None:
    imported = read(HEAD + row("3", "98", "1") + row("1", "2", "2", language="ZH-S"))
    assert imported.report.importer == "qualtrics"
    assert imported.report.rows_read == 2
    assert [s.row for s in imported.submissions] == [4, 5]
    assert values(imported, "A1") == [3, 1]
    assert values(imported, "A2") == ["dont_know", 2]
    assert [s.language for s in imported.submissions] == ["en", "zh-Hans"]
    assert {s.seconds for s in imported.submissions} == {120}
    assert {s.week for s in imported.submissions} == {"2026-W36"}
    held = repr(list(imported.submissions))
    assert "example.org" not in held
    assert "10.0.0.1" not in held
    found = fates(imported)
    assert found["RecipientEmail"] == ("personal", "e-mail address")
    assert found["LocationLatitude"] == ("personal", "place")


def test_texts_of_choices() -> None:
    imported = read(HEAD + row("True", "不了解", "In between", status="IP Address", done="True"))
    assert values(imported, "A1") == [3]
    assert values(imported, "A2") == ["dont_know"]
    assert values(imported, "A3") == [2]


def test_seen_and_unanswered_is_not_not_shown() -> None:
    imported = read(HEAD + row("3", "-99", "") + row("1", "2", "2"))
    assert values(imported, "A2") == ["not_answered", 2]
    assert values(imported, "A3") == ["not_shown", 2]
    blank = read(HEAD + row("3", "", "1") + row("1", "2", "2"))
    assert values(blank, "A2") == ["not_answered", 2]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status": "1"}, "a preview in Qualtrics"),
        ({"status": "Survey Preview"}, "a preview in Qualtrics"),
        ({"status": "2"}, "a test in Qualtrics"),
        ({"status": "8"}, "marked as spam in Qualtrics"),
        ({"status": "Imported"}, "imported, not answered in Qualtrics"),
        ({"by": "preview"}, "a preview in Qualtrics"),
    ],
)
def test_what_nobody_answered_is_set_aside(changed: dict[str, str], reason: str) -> None:
    imported = read(HEAD + row("3", "1", "1", **changed) + row("1", "2", "2"))
    assert [(a.row, a.reason) for a in imported.report.rows_set_aside] == [(4, reason)]
    assert values(imported, "A1") == [1]


def test_the_older_two_header_rows() -> None:
    table = (
        "V1,V2,V3,V4,V5,V6,V7,V8,V9,V10,Trust_1,Trust_2,LocationLatitude\n"
        "ResponseID,ResponseSet,Name,ExternalDataReference,EmailAddress,IPAddress,Status,StartDate,"
        "EndDate,Finished,Answer below-We trust the partners.,Answer below-Work is shared.,Lat\n"
        "R_1,Default,Li,,li@example.org,192.0.2.1,0,2015-06-03 12:00:00,2015-06-03 12:01:00,1,3,1,\n"
    )
    imported = read(table)
    assert imported.report.importer == "qualtrics"
    assert (values(imported, "A1"), values(imported, "A2")) == ([3], [1])
    assert imported.submissions[0].week == "2015-W23"
    assert imported.submissions[0].seconds == 60
    assert fates(imported)["EmailAddress"] == ("personal", "e-mail address")


def test_a_wording_with_a_hyphen_of_its_own_and_markup() -> None:
    table = HEAD.replace(
        "How far? - Work is shared.", "<b>So-so</b> - how far? - <i>Work</i> is shared."
    )
    assert values(read(table + row("3", "1", "1")), "A2") == [1]
