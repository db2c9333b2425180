"""Exports of KoboToolbox, ODK Central, REDCap and Microsoft Forms, and long tables."""

from __future__ import annotations

import pytest
from tests.unit.importers.import_helpers import read

from cosyn.errors import ResponseError
from cosyn.importers import Imported


def fates(imported: Imported) -> dict[str, tuple[str, str]]:
    return {c.name: (c.fate, c.target) for c in imported.report.columns}


def values(imported: Imported, item: str) -> list[float | str | None]:
    cells = [s.answers[item] for s in imported.submissions]
    return [c.value if c.value is not None else c.missing.value for c in cells]


KOBO = (
    '"start";"end";"department";"grp/A1";"grp/sub/A2";"A3";"_id";"_uuid";"_submission_time";'
    '"_validation_status";"_submitted_by";"_index"\n'
    '"2026-09-03T12:00:00.000+08:00";"2026-09-03T12:01:30.000+08:00";"D1";"3";"98";"";"71";"u1";'
    '"2026-09-03T04:02:00";"";"li";"1"\n'
    '"2026-09-04T12:00:00.000+08:00";"2026-09-04T12:02:00.000+08:00";"D1";"1";"2";"2";"72";"u2";'
    '"2026-09-04T04:02:00";"validation_status_not_approved";"wang";"2"\n'
)


def test_kobo() -> None:
    imported = read(KOBO)
    assert imported.report.importer == "kobo"
    assert values(imported, "A1") == [3]
    assert values(imported, "A2") == ["dont_know"]
    assert values(imported, "A3") == ["not_answered"]
    assert [(a.row, a.reason) for a in imported.report.rows_set_aside] == [
        (3, "not approved in KoboToolbox")
    ]
    (submission,) = imported.submissions
    assert (submission.seconds, submission.week, submission.department) == (90, "2026-W36", "D1")
    found = fates(imported)
    assert found["_submitted_by"] == ("personal", "platform account")
    assert found["_submission_time"] == ("platform", "")


def test_kobo_with_labels_behind_the_labels_of_groups() -> None:
    table = (
        "How far?/We trust the partners.,How far?/Work is shared.,_id,_uuid,_index\n"
        "True,Not at all true,1,u,1\n不了解,符合,2,v,2\n"
    )
    imported = read(table)
    assert values(imported, "A1") == [3, "dont_know"]
    assert values(imported, "A2") == [1, 3]


def test_odk() -> None:
    table = (
        "SubmissionDate,start,end,page_p1-A1,grp-A2,meta-instanceID,KEY,SubmitterID,SubmitterName,"
        "AttachmentsPresent,AttachmentsExpected,Status,ReviewState,DeviceID,Edits,FormVersion\n"
        "2026-09-03T04:02:00.000Z,2026-09-03T12:00:00.000+08:00,2026-09-03T12:01:00.000+08:00,"
        "3,1,uuid:1,uuid:1,5,Li,0,0,,approved,x,0,1\n"
        "2026-09-03T04:02:00.000Z,,,2,2,uuid:2,uuid:2,5,Li,0,0,,rejected,x,0,1\n"
    )
    imported = read(table)
    assert imported.report.importer == "odk"
    assert (values(imported, "A1"), values(imported, "A2")) == ([3], [1])
    assert imported.submissions[0].seconds == 60
    assert [a.reason for a in imported.report.rows_set_aside] == ["rejected in ODK Central"]
    assert fates(imported)["SubmitterName"] == ("personal", "platform account")


def test_redcap() -> None:
    table = (
        "record_id,redcap_event_name,redcap_survey_identifier,small_timestamp,department,a1,a2,"
        "small_complete\n"
        "1,t1_arm_1,,2026-09-03 12:00:00,D1,3,99,2\n2,t1_arm_1,,[not completed],D1,1,,0\n"
    )
    imported = read(table)
    assert imported.report.importer == "redcap"
    assert values(imported, "A1") == [3, 1]
    assert values(imported, "A2") == ["not_applicable", "not_answered"]
    assert [s.wave for s in imported.submissions] == ["t1_arm_1"] * 2
    assert [s.week for s in imported.submissions] == ["2026-W36", ""]
    assert imported.report.warnings == ("unfinished: 1; what they answered is kept",)


@pytest.mark.parametrize(
    "head",
    ["ID,Start time,Completion time,Email,Name", "ID,开始时间,完成时间,电子邮件,名称"],
    ids=["en", "zh"],
)
def test_microsoft_forms(head: str) -> None:
    table = (
        f"{head},We trust the partners.,工作共同承担。\n"
        "1,2026-09-03 12:00:00,2026-09-03 12:02:00,anonymous,,True,介于两者之间\n"
    )
    imported = read(table)
    assert imported.report.importer == "microsoft"
    assert (values(imported, "A1"), values(imported, "A2")) == ([3], [2])
    assert imported.submissions[0].seconds == 120
    assert imported.submissions[0].respondent == ""
    assert {f for f, _ in fates(imported).values()} == {"platform", "time", "personal", "item"}


def test_times_with_the_month_first_are_named_and_not_read() -> None:
    table = "ID,Start time,Completion time,A1\n1,9/3/26 12:00:00,9/3/26 12:02:00,2\n"
    imported = read(table)
    assert imported.submissions[0].week == ""
    assert "'Start time' were not read" in imported.report.warnings[0]


def test_a_long_table() -> None:
    table = (
        "respondent,wave,item,value,department\n"
        "R2,1,A1,3,D1\nR1,1,A1,1,D1\nR2,1,A2,98,D1\nR2,2,A1,2,D1\nR1,1,A3,,D1\n"
    )
    imported = read(table)
    assert imported.report.importer == "long"
    assert [(s.respondent, s.wave, s.row) for s in imported.submissions] == [
        ("R2", "1", 2), ("R1", "1", 3), ("R2", "2", 5),
    ]  # fmt: skip
    assert values(imported, "A1") == [3, 1, 2]
    assert values(imported, "A2") == ["dont_know", "not_shown", "not_shown"]
    assert values(imported, "A3") == ["not_shown", "not_answered", "not_shown"]


@pytest.mark.parametrize(
    "rows", ["R1,A1,3,D1\nR1,A1,2,D1\n", "R1,A1,3,D1\nR1,A2,2,D2\n"], ids=["item", "department"]
)
def test_a_long_table_that_contradicts_itself(rows: str) -> None:
    with pytest.raises(ResponseError, match="rows 2, 3") as caught:
        read("respondent,item,value,department\n" + rows)
    assert caught.value.code == "response.two-answers"
