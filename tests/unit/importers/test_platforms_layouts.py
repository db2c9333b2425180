"""Downloads of KoboToolbox, ODK Central, REDCap, Microsoft Forms, SurveyJS, and long tables."""

from __future__ import annotations

import json

import pytest
from tests.unit.importers.import_helpers import read

from cosyn.errors import ResponseError
from cosyn.importers import Imported


def said(imported: Imported) -> list[dict[str, object]]:
    return [
        {k: c.value if c.missing == "answered" else str(c.missing) for k, c in s.answers.items()}
        for s in imported.submissions
    ]


def fates(imported: Imported) -> dict[str, tuple[str, str]]:
    return {c.name: (c.fate, c.target) for c in imported.report.columns}


TAIL = "_id;_uuid;_submission_time;_validation_status;_submitted_by;__version__;_index"


def kobo(*names: str, mark: str = ";", cells: tuple[str, ...] = ("3", "98", "")) -> str:
    head = f"start;end;{';'.join(names)};why;why/pay;{TAIL}"
    line = "2026-09-01T10:00:00.000+08:00;2026-09-01T10:04:00.000+08:00;"
    line += f"{';'.join(cells)};pay boss;1;"
    rows = [f"{line}12;u-1;2026-09-01T02:05:00;{status};me;v1;1" for status in ("", "Not Approved")]
    lines = ["".join(f'"{c}"{mark}' for c in row.split(";"))[:-1] for row in (head, *rows)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "names",
    [
        ("A1", "A2", "A3"),
        ("page_p1/A1", "page_p1/A2", "page_p1/A3"),
        ("Page/We trust the partners.", "Page/Work is shared.", "Page/Goals agree."),
        ("我们/本部门信任合作部门。", "我们/工作共同承担。", "我们/目标一致。"),
    ],
)
@pytest.mark.parametrize("mark", [";", ","])
def test_kobo(names: tuple[str, ...], mark: str) -> None:
    imported = read(kobo(*names, mark=mark))
    assert imported.report.importer == "kobo"
    assert said(imported) == [{"A1": 3, "A2": "dont_know", "A3": "not_answered"}]
    assert (imported.submissions[0].seconds, imported.submissions[0].week) == (240, "2026-W36")
    assert [a.reason for a in imported.report.rows_set_aside] == ["not approved in KoboToolbox"]
    personal = {name for name, (fate, _) in fates(imported).items() if fate == "personal"}
    assert personal == {"_id", "_uuid", "_submitted_by"}


def test_kobo_by_label() -> None:
    cells = ("True", "不了解", "")
    assert said(read(kobo("A1", "A2", "A3", cells=cells)))[0] == {
        "A1": 3,
        "A2": "dont_know",
        "A3": "not_answered",
    }


def test_odk_central() -> None:
    head = "SubmissionDate,start,end,page_p1-A1,page_p1-A2,meta-instanceID,KEY,SubmitterID,SubmitterName,AttachmentsPresent,ReviewState,DeviceID,Edits,FormVersion"
    row = "2026-09-01T02:05:00.000Z,2026-09-01T10:00:00.000+08:00,2026-09-01T10:04:00.000+08:00,3,98,uuid:1,uuid:1,5,Li,0,{},d1,0,1"
    imported = read(
        "\n".join((head, row.format(""), row.format("rejected"), row.format("approved")))
    )
    assert imported.report.importer == "odk"
    assert said(imported) == [{"A1": 3, "A2": "dont_know"}] * 2
    assert [a.reason for a in imported.report.rows_set_aside] == ["rejected in ODK Central"]
    personal = {name for name, (fate, _) in fates(imported).items() if fate == "personal"}
    assert personal == {"meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "DeviceID"}
    assert imported.submissions[0].seconds == 240


@pytest.mark.parametrize(
    "table",
    [
        (
            "record_id,redcap_event_name,redcap_survey_identifier,study_timestamp,language,a1,a2,pay___1,study_complete\n"
            "1,base,x@example.org,2026-09-01 10:00:00,en,3,98,1,2\n2,base,,[not completed],en,1,,0,0\n"
        ),
        (
            "Record ID,Event Name,Survey Identifier,Survey Timestamp,language,We trust the partners.,Work is shared.,Pay? (choice=Pay),Complete?\n"
            "1,base,x@example.org,2026-09-01 10:00:00,en,True,Don't know,Checked,Complete\n2,base,,[not completed],en,Not at all true,,Unchecked,Incomplete\n"
        ),
    ],
    ids=["raw", "labels"],
)
def test_redcap(table: str) -> None:
    imported = read(table)
    assert imported.report.importer == "redcap"
    assert said(imported) == [{"A1": 3, "A2": "dont_know"}, {"A1": 1, "A2": "not_answered"}]
    assert imported.report.warnings == ("unfinished: 1; what they answered is kept",)
    personal = [c.name.lower() for c in imported.report.columns if c.fate == "personal"]
    assert [name.replace("_", " ").replace("redcap ", "") for name in personal] == [
        *("record id", "survey identifier")
    ]
    assert imported.submissions[0].week == "2026-W36"


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("ID,Start time,Completion time,Email,Name,Language", "English (United States)"),
        ("ID,开始时间,完成时间,电子邮件,名称,语言", "中文(中国)"),
    ],
)
def test_microsoft_forms(head: str, language: str) -> None:
    row = f"1,2026-09-01 10:00:00,2026-09-01 10:02:00,a@example.org,Li,{language},True,不了解,a;b;"
    imported = read(f"{head},We trust the partners.,工作共同承担。,Which?\n{row}\n")
    assert imported.report.importer == "microsoft"
    assert said(imported) == [{"A1": 3, "A2": "dont_know"}]
    assert imported.submissions[0].language == ("en" if language[0] == "E" else "zh-Hans")
    assert imported.submissions[0].seconds == 120
    assert [c.target for c in imported.report.columns if c.fate == "personal"] == [
        *("e-mail address", "name")
    ]


def test_microsoft_forms_with_the_month_first() -> None:
    head = "ID,Start time,Completion time,Email,Name,We trust the partners."
    imported = read(f"{head}\n1,9/1/26 10:00:00,9/1/26 10:02:00,,,True\n")
    assert (imported.submissions[0].week, imported.submissions[0].seconds) == ("", None)
    assert "the year must stand first" in imported.report.warnings[0]


STAMPS = {"instrument": "small", "digest": "0123456789abcdef" * 4, "language": "zh-cn", "half": 1}


@pytest.mark.parametrize("look", ["list", "lines", "named", "indented"])
def test_surveyjs(look: str) -> None:
    answers = [
        STAMPS | {"b1": {"A1": 3, "A2": 98}, "N1": 40.5, "clientId": "x", "other": ["a", "b"]},
        STAMPS | {"b1": {"A2": 1}, "N1": None},
    ]
    texts = {
        "list": json.dumps(answers),
        "lines": "\n".join(map(json.dumps, answers)) + "\n",
        "named": json.dumps({"results": answers}),
        "indented": json.dumps(answers, indent=2),
    }
    imported = read(texts[look], name="t.json")
    assert imported.report.importer == "surveyjs"
    assert said(imported) == [
        {"A1": 3, "A2": "dont_know", "N1": 40.5},
        {"A1": "not_answered", "A2": 1, "N1": "not_answered"},
    ]
    assert imported.submissions[0].language == "zh-Hans"
    assert fates(imported)["clientId"] == ("personal", "platform account")


def test_flat_json_is_a_table_of_answers() -> None:
    imported = read('[{"A1": 1, "A2": "True"}, {"A2": 2.0}]', name="t.json")
    assert imported.report.importer == "plain"
    assert said(imported) == [{"A1": 1, "A2": 3}, {"A1": "not_answered", "A2": 2}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"responses": [{"A1": 1}', "response.damaged-json"),
        ("[[1, 2], [3]]", "response.damaged-json"),
        ('{"responses": []}', "response.empty-file"),
        ('{"a":' * 100_000 + "1", "response.damaged-json"),
        ('{"SurveyEntry": {}, "SurveyElements": [1]}', "response.damaged-json"),
    ],
    ids=["cut", "no objects", "empty", "deep", "no answers"],
)
def test_json_that_is_no_table(text: str, code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        read(text, name="t.json")
    assert caught.value.code == code


LONG = "respondent,department,item,value\n"


def test_one_row_an_answer() -> None:
    imported = read(f"{LONG}r2,D1,A1,3\nr1,D2,A1,1\nr2,,A2,Don't know\nr1,D2,N1,7\nr2,D1,A1,3\n")
    assert imported.report.importer == "long"
    assert said(imported) == [
        {"A1": 3, "A2": "dont_know", "N1": "not_shown"},
        {"A1": 1, "A2": "not_shown", "N1": 7},
    ]
    first, second = imported.submissions
    assert (first.respondent, first.department, first.row) == ("r2", "D1", 2)
    assert (second.respondent, second.department, second.row) == ("r1", "D2", 3)


def test_a_respondent_in_two_waves_is_two_rows() -> None:
    imported = read("respondent,wave,item,value\nr1,1,A1,3\nr1,2,A1,1\n")
    assert [(s.wave, s.answers["A1"].value) for s in imported.submissions] == [("1", 3), ("2", 1)]


def test_two_answers_to_one_item_are_refused() -> None:
    for table, rows in (
        (f"{LONG}r1,D1,A1,3\nr1,D1,A2,1\nr1,D1,A1,2\n", "rows 2, 4"),
        (f"{LONG}r1,D1,A1,3\nr1,D2,A2,1\n", "rows 2, 3"),
    ):
        with pytest.raises(ResponseError) as caught:
            read(table)
        assert caught.value.code == "response.two-answers"
        assert rows in caught.value.where


def test_answers_of_nobody_are_refused() -> None:
    with pytest.raises(ResponseError) as caught:
        read(f"{LONG},D1,A1,3\n")
    assert caught.value.code == "response.nobody"
