"""Downloads of Qualtrics as they come: rows of header, previews, -99, and what tells who answered."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tests.unit.importers.import_helpers import INSTRUMENT, read

from cosyn.errors import ResponseError
from cosyn.importers import Imported

OWN = (
    ("StartDate", "Start Date", "startDate", "2026-09-01 10:00:00"),
    ("EndDate", "End Date", "endDate", "2026-09-01 10:05:00"),
    ("Status", "Response Type", "status", "0"),
    ("IPAddress", "IP Address", "ipAddress", "192.0.2.1"),
    ("Progress", "Progress", "progress", "100"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration", "300"),
    ("Finished", "Finished", "finished", "1"),
    ("RecordedDate", "Recorded Date", "recordedDate", "2026-09-01 10:05:01"),
    ("ResponseId", "Response ID", "_recordId", "R_1"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName", "Li"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName", "Wei"),
    ("RecipientEmail", "Recipient Email", "recipientEmail", "a@example.org"),
    ("ExternalReference", "External Data Reference", "externalDataReference", "7"),
    ("LocationLatitude", "Location Latitude", "locationLatitude", "1.5"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel", "anonymous"),
    ("UserLanguage", "User Language", "userLanguage", "EN"),
)
ITEMS = (
    ("A1", "How? - We trust the partners.", "QID2_1"),
    ("A2", "How? - Work is shared.", "QID2_2"),
    ("A3", "How? - Goals agree.", "QID2_3"),
    ("N1", "Share of time", "QID3_TEXT"),
)


def download(
    *answers: tuple[str, ...],
    items: tuple[tuple[str, str, str], ...] = ITEMS,
    rows: int = 3,
    own: tuple[tuple[str, str, str, str], ...] = OWN,
    **other: str,
) -> str:
    """A file of some rows of header; `other` replaces what the platform's columns hold."""
    columns = [(name, text, number) for name, text, number, _ in own] + list(items)
    ids = [json.dumps({"ImportId": number}) for *_, number in columns]
    head = [[c[0] for c in columns], [c[1] for c in columns], ids]
    held = [other.get(name, value) for name, _, _, value in own]
    stream = io.StringIO()
    csv.writer(stream).writerows([*head[:rows], *([*held, *row] for row in answers)])
    return stream.getvalue()


def said(imported: Imported) -> list[dict[str, object]]:
    return [
        {k: c.value if c.missing == "answered" else str(c.missing) for k, c in s.answers.items()}
        for s in imported.submissions
    ]


def fates(imported: Imported) -> dict[str, tuple[str, str]]:
    return {c.name: (c.fate, c.target) for c in imported.report.columns}


def test_three_rows_of_header() -> None:
    imported = read(download(("1", "98", "3", "40"), ("2", "2", "1", "60")))
    assert imported.report.importer == "qualtrics"
    assert said(imported)[0] == {"A1": 1, "A2": "dont_know", "A3": 3, "N1": 40}
    assert imported.report.rows_read == 2
    assert [s.row for s in imported.submissions] == [4, 5]
    first = imported.submissions[0]
    assert (first.week, first.seconds, first.language) == ("2026-W36", 300, "en")


def test_what_tells_who_answered_is_dropped_and_named() -> None:
    found = fates(read(download(("1", "2", "3", "40"))))
    assert {name: target for name, (fate, target) in found.items() if fate == "personal"} == {
        "IPAddress": "internet address",
        "ResponseId": "platform account",
        "RecipientLastName": "name",
        "RecipientFirstName": "name",
        "RecipientEmail": "e-mail address",
        "ExternalReference": "identity number",
        "LocationLatitude": "place",
    }
    assert found["RecordedDate"] == ("platform", "")
    assert {fate for fate, _ in found.values()} == {
        *("time", "platform", "personal", "seconds", "language", "item")
    }


def test_choice_texts() -> None:
    imported = read(
        download(("Not at all true", "Does not apply", "符合", "40"), UserLanguage="ZH-S")
    )
    assert said(imported) == [{"A1": 1, "A2": "not_applicable", "A3": 3, "N1": 40}]
    assert imported.submissions[0].language == "zh-Hans"


def test_seen_but_unanswered_is_told_from_not_seen() -> None:
    imported = read(download(("1", "-99", "", "40"), ("1", "2", "3", "4")))
    assert said(imported)[0] == {"A1": 1, "A2": "not_answered", "A3": "not_shown", "N1": 40}
    without = read(download(("1", "", "3", "40")))
    assert said(without)[0]["A2"] == "not_answered"


@pytest.mark.parametrize("status", ["1", "2", "4", "8", "Survey Preview", "Spam", "Imported"])
def test_previews_tests_imports_and_spam_are_set_aside(status: str) -> None:
    table = download(("1", "2", "3", "4"), Status=status).rstrip() + "\n"
    more = download(("2", "2", "2", "2")).splitlines()[-1]
    imported = read(f"{table}{more}\n")
    assert said(imported) == [{"A1": 2, "A2": 2, "A3": 2, "N1": 2}]
    (aside,) = imported.report.rows_set_aside
    assert (aside.row, aside.reason) == (4, aside.reason)
    assert aside.reason.endswith(" in Qualtrics")


@pytest.mark.parametrize("status", ["0", "IP Address", "16", "IP-Adresse", ""])
def test_answers_of_respondents_are_kept(status: str) -> None:
    assert read(download(("1", "2", "3", "4"), Status=status)).report.rows_kept == 1


def test_unfinished_answers_are_kept_and_counted() -> None:
    for no in ("0", "False"):
        imported = read(download(("1", "2", "", ""), Finished=no))
        assert imported.report.rows_kept == 1
        assert "unfinished: 1" in imported.report.warnings[0]


def test_names_in_the_language_of_the_account() -> None:
    german = {"StartDate": "Startdatum", "Status": "Antworttyp", "UserLanguage": "Benutzersprache"}
    german |= {"RecipientEmail": "Empfänger-E-Mail", "Duration (in seconds)": "Dauer"}
    own = tuple((german.get(name, name), *rest) for name, *rest in OWN)
    found = fates(read(download(("1", "2", "3", "4"), own=own)))  # type: ignore[arg-type]
    assert found["StartDate"] == ("time", "started")
    assert found["Dauer"] == ("seconds", "")
    assert found["UserLanguage"] == ("language", "")
    assert found["Empfänger-E-Mail"] == ("personal", "e-mail address")


def test_a_name_of_the_platform_that_is_a_question() -> None:
    items = (*ITEMS[:3], ("Progress2", "Share of time", "QID3"))
    found = fates(read(download(("1", "2", "3", "4"), items=items)))
    assert found["Progress2"][0] != "platform"
    twice = (*ITEMS, ("Status", "Marital status", "QID9"))
    imported = read(download(("1", "2", "3", "4", "x"), items=twice))
    assert fates(imported)["Status (QID9)"] == ("unmapped", "")
    assert "share a name" in imported.report.warnings[0]


def test_an_item_that_stands_twice_is_known_by_its_text() -> None:
    items = (*ITEMS, ("A1", "Another", "QID9"))
    imported = read(download(("1", "2", "3", "4", "3"), items=items))
    assert imported.submissions[0].answers["A1"].value == 1
    assert fates(imported)["A1 (QID9)"] == ("unmapped", "")
    without = (("A1", "One", "QID1"), ("A1", "Another", "QID9"), *ITEMS[1:])
    imported = read(download(("1", "3", "2", "3", "4"), items=without))
    assert imported.report.items_without_column == ("A1",)


def test_a_text_that_is_another_items_wording_stops_the_import() -> None:
    items = (("A1", "How? - Work is shared.", "QID2_1"), *ITEMS[2:])
    with pytest.raises(ResponseError) as caught:
        read(download(("1", "2", "3"), items=items))
    assert caught.value.code == "response.texts-disagree"
    assert "named as A1, but the text below says A2" in str(caught.value)


def test_one_row_of_header_is_left_of_a_mended_file() -> None:
    imported = read(download(("1", "2", "3", "4"), rows=1))
    assert imported.report.importer == "qualtrics"
    assert (imported.report.rows_kept, imported.submissions[0].row) == (1, 2)


def numbered(digest: str) -> str:
    items = [
        *(("b1_1", "We trust the partners.", "QID2_1"), ("b1_2", "Work is shared.", "QID2_2")),
        *(("b1_3", "Goals agree.", "QID2_3"), ("N1", "Share of time", "QID3_TEXT")),
        *(("digest", "digest", "digest"), ("form", "form", "form"), ("order", "order", "order")),
    ]
    return download(("1", "2", "3", "4", digest, "all", "0"), items=tuple(items))


def test_numbered_rows_of_a_table_are_led_back_by_the_stamps() -> None:
    imported = read(numbered(INSTRUMENT.digest))
    assert said(imported) == [{"A1": 1, "A2": 2, "A3": 3, "N1": 4}]


def test_numbered_rows_of_another_wording_are_led_back_by_their_texts_alone() -> None:
    other = "f" * 64
    assert said(read(numbered(other))) == [{"A1": 1, "A2": 2, "A3": 3, "N1": 4}]
    changed = numbered(other).replace("Goals agree.", "Goals differ.")
    assert said(read(changed)) == [{"A1": 1, "A2": 2, "N1": 4}]


def test_the_mapping_file_of_the_export_leads_them_back_as_well() -> None:
    mapping = 'columns: {b1_1: A2, b1_2: A1}\nmissing: {"-99": not_answered}\n'
    assert said(read(numbered("f" * 64), mapping))[0]["A2"] == 1


def test_the_old_layout_of_two_rows() -> None:
    names = "V1,V2,V3,V4,V5,V6,V7,V8,V9,V10,A1,A2,Q9_TEXT,LocationLatitude"
    texts = "ResponseID,ResponseSet,Name,ExternalDataReference,EmailAddress,IPAddress,Status,StartDate,EndDate,Finished,How?-We trust the partners.,How?-Work is shared.,Other,LocationLatitude"
    answers = "R_1,Default,,,,192.0.2.1,0,2026-09-01 10:00:00,2026-09-01 10:02:30,1,3,1,hm,1.2"
    imported = read(f"{names}\n{texts}\n{answers}")
    assert imported.report.importer == "qualtrics"
    assert said(imported) == [{"A1": 3, "A2": 1}]
    assert imported.submissions[0].seconds == 150
    found = fates(imported)
    assert found["Name"] == ("personal", "name")
    assert found["EmailAddress"] == ("personal", "e-mail address")
