"""What carries links to people: files for mail merge, cards, posters, letters, addresses."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from cosyn.errors import ResponseError
from cosyn.fielding.invitations.address import address, in_the_open, link, only_here
from cosyn.fielding.invitations.cards import can_be_pdf, card_files
from cosyn.fielding.invitations.files import letters, mail_merge
from cosyn.fielding.invitations.types import Link, Occasion, card_code, shared_code
from cosyn.fielding.invitations.words import letter, phrases
from cosyn.fielding.tokens import new_token, read_token, spelt
from cosyn.i18n import catalogue_languages
from cosyn.typesetting import qr_svg

BASE = "https://survey.example.org/s"
HOSTILE = '=HYPERLINK("http://x") <b>&{{ 7*7 }} #x $y$ {link}'


def occasion(**other: object) -> Occasion:
    said: dict[str, object] = {
        "base": BASE,
        "title": {"en": "Working together", "zh-Hans": "共同工作"},
        "languages": ("en", "zh-Hans"),
        "anonymous": True,
        "names": {"D01": {"en": "Tax <office>", "zh-Hans": "税务局"}},
        "contact": {"en": "Room 201", "zh-Hans": "201室"},
        "opens": datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        "closes": datetime(2026, 12, 18, 18, 0, tzinfo=UTC),
    }
    return Occasion(**{**said, **other})  # type: ignore[arg-type]


def some_links() -> list[Link]:
    return [
        Link("p1", "D01", new_token(), HOSTILE, "a@example.org", "zh-Hans"),
        Link(card_code("D01", 1), "D01", new_token(), number=1),
        Link(shared_code("D01"), "D01", new_token()),
        Link(card_code("D02", 1), "D02", new_token(), number=1),
    ]


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("https://a.example/", "https://a.example"),
        (" http://127.0.0.1:8000 ", "http://127.0.0.1:8000"),
        ("https://a.example/survey/", "https://a.example/survey"),
    ],
)
def test_an_address_is_spelt_without_a_slash(typed: str, spelled: str) -> None:
    assert address(typed) == spelled
    assert link(spelled, "T") == f"{spelled}/f/T"


@pytest.mark.parametrize(
    "typed",
    ["", "survey.example.org", "ftp://a.example", "https://", "https://a.example/?x=1", "https://u:p@a.example", "https://a.example/<b>", "https://a.example:99999", "https://例.example", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ResponseError) as caught:
        address(typed)
    assert caught.value.code == "roster.address"


def test_who_can_reach_and_read() -> None:
    assert only_here("http://127.0.0.1:8000")
    assert only_here("http://[::1]:8000")
    assert only_here("http://localhost")
    assert not only_here("http://10.0.0.7")
    assert in_the_open("http://10.0.0.7")
    assert not in_the_open("https://10.0.0.7")
    assert not in_the_open("http://localhost")


def test_mail_merge_tables_hold_links_and_no_formula() -> None:
    links = some_links()
    files = mail_merge("links", links, occasion())
    assert set(files) == {"links.csv", "links.xlsx"}
    text = files["links.csv"]
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert [row["code"] for row in rows] == ["p1", "D01/1", "D01/shared", "D02/1"]
    assert rows[0]["name"] == f"'{HOSTILE}"
    assert rows[0]["link"] == f"{BASE}/f/{links[0].token}"
    assert read_token(rows[0]["token"]) == links[0].token
    assert (rows[1]["department_name_en"], rows[1]["department_name_zh_Hans"]) == (
        "Tax <office>",
        "税务局",
    )
    assert rows[1]["greeting_zh_Hans"] == "您好："
    assert rows[3]["department_name_en"] == "D02"
    book = load_workbook(io.BytesIO(files["links.xlsx"]))
    first, about = book.worksheets
    shown = [[cell.value for cell in row] for row in first.iter_rows()]
    assert shown[0] == list(rows[0])
    assert shown[1][1] == HOSTILE
    name = first.cell(2, 2)
    assert (name.data_type, name.quotePrefix) == ("s", True)
    assert [row[0].value for row in about.iter_rows(min_row=2)] == shown[0]
    assert all(cell.value for row in about.iter_rows(min_row=2) for cell in row)


def test_reminders_without_tokens_have_no_column_for_them() -> None:
    people = [Link("p1", "D01", "", "Li", "a@example.org")]
    files = mail_merge("reminders", people, occasion())
    files |= letters(occasion(), reminder=True, linked=False)
    head = files["reminders.csv"].decode("utf-8-sig").splitlines()[0].split(",")
    assert not {"link", "token"} & set(head)
    said = files["reminder.en.txt"].decode()
    assert "{{link}}" not in said
    assert "If you have answered already, thank you" in said
    assert "如果您已经提交，非常感谢" in files["reminder.zh-Hans.txt"].decode()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("anonymous", [True, False])
def test_letters_have_fields_of_the_table_and_no_empty_gaps(language: str, anonymous: bool) -> None:
    bare = occasion(anonymous=anonymous, contact={}, opens=None, closes=None)
    columns = mail_merge("x", some_links(), bare)["x.csv"].decode("utf-8-sig").split("\r\n")[0]
    for reminder in (False, True):
        said = letter(bare, language, reminder=reminder, linked=True)
        assert set(re.findall(r"{{(\w+)}}", said)) <= set(columns.split(","))
        assert "\n\n\n" not in said
        assert not re.search(r"(?<!{){\w", said)
        assert phrases(language)(f"invitation.{'anonymous' if anonymous else 'identified'}") in said


def test_a_letter_tells_the_dates() -> None:
    assert "Open from 1 December 2026, 08:00 to 18 December 2026, 18:00." in letter(
        occasion(), "en", reminder=False, linked=True
    )
    assert "截止时间：2026年12月18日18:00。" in letter(
        occasion(opens=None), "zh-Hans", reminder=False, linked=True
    )


def test_both_languages_have_the_same_phrases() -> None:
    tags = catalogue_languages("cosyn.fielding.invitations")
    assert tags == ("en", "zh-Hans")
    one, other = (phrases(tag).phrases for tag in tags)
    assert set(one) == set(other)
    for key, phrase in one.items():
        assert set(re.findall(r"{\w+}", phrase)) == set(re.findall(r"{\w+}", other[key])), key


def test_cards_as_pages_escape_what_others_wrote() -> None:
    links = some_links()
    files = {
        name: page.decode() for name, page in card_files(links, occasion(), as_pdf=False).items()
    }
    assert set(files) == {"cards/D01.html", "posters/D01.html", "cards/D02.html"}
    page = files["cards/D01.html"]
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;{{ 7*7 }}" in page
    assert page.count("<svg") == 2
    assert qr_svg(f"{BASE}/f/{links[0].token}") in page
    assert spelt(links[0].token) in page
    assert "Card D01/1" in page
    assert "卡片 D01/1" in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://x", "")
    assert links[2].token not in page.replace("-", "")
    assert f'href="{BASE}/f/{links[2].token}"' in files["posters/D01.html"]


def test_a_person_whose_language_is_known_gets_a_card_in_it() -> None:
    person = Link("p1", "D01", new_token(), "Li", language="zh-Hans")
    page = card_files([person], occasion(), as_pdf=False)["cards/D01.html"].decode()
    assert "共同工作</h2>" in page
    assert "Working together</h2>" not in page


def test_cards_as_pdf_are_one_file_a_department() -> None:
    assert can_be_pdf()
    some = some_links()
    files = card_files(some, occasion(), as_pdf=True)
    assert set(files) == {"cards/D01.pdf", "posters/D01.pdf", "cards/D02.pdf"}
    assert all(content.startswith(b"%PDF-") for content in files.values())
    poster = f"{BASE}/f/{some[2].token}".encode()
    assert poster in files["posters/D01.pdf"]
    assert poster not in files["cards/D01.pdf"]
    assert files == card_files(some, occasion(), as_pdf=True)
