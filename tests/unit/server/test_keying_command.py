"""`survey field keying-link` and `survey field keying`, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fielded_wave import new_desk
from typer.testing import CliRunner

from cosyn.cli._app import app
from cosyn.errors import ResponseError
from cosyn.fielding.desk import open_desk
from cosyn.fielding.ending import close
from cosyn.fielding.paper import KeyedSheet, begin_sheet, waiting_sheets
from cosyn.study import create


@pytest.fixture
def study(tmp_path: Path) -> Path:
    root = create(tmp_path / "study").root
    new_desk(root / "fielding" / "1").close()
    return root


def said(study: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["field", *words, "--study", str(study)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def token_of(link: str) -> str:
    base, _, token = link.rpartition("/f/")
    assert base == "https://survey.example.org/s"
    return token


def test_a_link_is_issued_its_sheets_are_listed_and_one_is_freed(study: Path) -> None:
    base = "https://survey.example.org/s"
    made = json.loads(said(study, "keying-link", "--base-url", base, "--json"))
    assert said(study, "keying") == "No sheet is being keyed.\n"
    desk = open_desk(study / "fielding" / "1")
    for number in ("7", "8"):
        assert begin_sheet(desk, token_of(made["link"]), KeyedSheet(number, "D1", 0, "en"))
    assert "  7  D1  first pass to be keyed\n" in said(study, "keying")
    with pytest.raises(ResponseError) as caught:
        said(study, "keying", "--discard", "7,9")
    assert caught.value.code == "field.no-sheet"
    assert len(waiting_sheets(desk)) == 2
    told = json.loads(said(study, "keying", "--discard", "7", "--json"))
    assert told["discarded"] == ["7"]
    assert [one["sheet"] for one in told["waiting"]] == ["8"]
    assert begin_sheet(desk, token_of(made["link"]), KeyedSheet("7", "D2", 0, "en"))
    desk.close()
    assert "Withdrawn: 1 keying link\n" in said(study, "keying-link", "--withdraw")


def test_the_end_of_keying_is_set_apart_from_the_hours_of_the_pages(study: Path) -> None:
    told = said(study, "schedule", "--keying-until", "2027-01-15T18:00+08:00")
    assert "keyed in until 2027-01-15T18:00+08:00" in told
    assert "Sheets of paper" not in said(study, "schedule", "--keying-until", "")


def test_a_closed_wave_lists_what_was_left_and_gives_out_no_link(study: Path) -> None:
    desk = open_desk(study / "fielding" / "1")
    close(desk)
    desk.close()
    assert "No sheet" in said(study, "keying")
    done = CliRunner().invoke(app, ["field", "keying-link", "--study", str(study)])
    assert getattr(done.exception, "code", "") == "field.closed"


def test_who_closes_is_told_of_sheets_that_are_not_finished(study: Path) -> None:
    def asked() -> str:
        done = CliRunner().invoke(app, ["field", "close", "--study", str(study)], input="n\n")
        assert done.exit_code == 1
        return str(done.stderr)

    assert "Not finished" not in asked()
    desk = open_desk(study / "fielding" / "1")
    assert begin_sheet(desk, "t" * 26, KeyedSheet("7", "D1", 0, "en"))
    desk.close()
    assert "Not finished, and not in the answers: 7 (sheets of paper)" in asked()
