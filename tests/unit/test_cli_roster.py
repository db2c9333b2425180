"""`survey roster` and `survey remind`, from the tables of a field team to their files."""

from __future__ import annotations

import csv
import io
import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cosyn import workflow
from cosyn.cli._app import app
from cosyn.errors import SurveyError
from cosyn.fielding.desk import admit, begin, hand_in, open_desk
from cosyn.fielding.events import events
from cosyn.fielding.tokens import read_token
from cosyn.workflow import versions

DEPARTMENTS = """department,name:en,name:zh-Hans,level,invited,M:en,M:zh-Hans,phone
D01,Tax office,税务局,city,6,the permit,一件事,+86
D02,Archive,档案局,city,,,,
"""
PEOPLE = """person,name,email,department,language
p1,=1+1,a@example.org,D02,zh-Hans
p2,<b>Li</b>,b@example.org,D02,
"""
BASE = ["--base-url", "https://survey.example.org"]


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("roster") / "study"
    workflow.init(study)
    versions.lock(study)
    return study


@pytest.fixture
def study(locked: Path, tmp_path: Path) -> Path:
    made = tmp_path / "study"
    shutil.copytree(locked, made)
    (made / "departments.csv").write_text(DEPARTMENTS, encoding="utf-8")
    (made / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return made


def ask(study: Path, *words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--study", str(study), "--json"], catch_exceptions=True)
    if isinstance(done.exception, SurveyError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def say(study: Path, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--study", str(study)])
    assert done.exit_code == 0, done.output
    return done.output


def enrol(study: Path, *more: str) -> Any:
    files = ("roster", str(study / "departments.csv"), "--people", str(study / "people.csv"))
    return ask(study, *files, *(more or BASE))


def links_in(file: Path) -> dict[str, dict[str, str]]:
    text = file.read_bytes().decode("utf-8-sig")
    return {row["code"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def test_from_tables_to_links_that_open(study: Path) -> None:
    done = enrol(study, *BASE, "--closes", "2026-12-18T18:00+08:00")
    assert (done["links"], done["cards"], done["shared"]) == (2, 6, 0)
    assert done["made"]
    assert done["unread"] == ["phone"]
    assert done["small"] == ["D02"]
    folder = Path(done["folder"])
    assert folder == study / "fielding" / "1" / "links" / "1"
    names = {Path(file).relative_to(folder).as_posix() for file in done["files"]}
    assert names == {
        "links.csv",
        "links.xlsx",
        "invitation.en.txt",
        "invitation.zh-Hans.txt",
        "cards/D01.pdf",
        "cards/D02.pdf",
    }
    assert {stat.S_IMODE(Path(file).stat().st_mode) for file in done["files"]} == {0o600}
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    links = links_in(folder / "links.csv")
    assert set(links) == {"p1", "p2", *(f"D01/{n}" for n in range(1, 7))}
    assert links["p1"]["name"] == "'=1+1"
    desk = open_desk(study / "fielding" / "1")
    for row in links.values():
        token = read_token(row["link"].rpartition("/")[2])
        assert token is not None
        assert token == read_token(row["token"])
        admission = admit(desk, token)
        assert admission is not None
        assert admission.department == row["department"]
    desk.close()
    (event,) = events(study / "fielding" / "1")
    assert event.verb == "roster"
    spelt = json.dumps(event.told)
    assert "p1" not in spelt
    assert "example.org" not in spelt


def test_the_whole_life_of_a_roster(study: Path) -> None:
    enrol(study)
    (study / "more.csv").write_text("department,invited\nD01,7\nD03,2\n")
    (study / "new.csv").write_text("person,department,email\np3,D03,c@example.org\n")
    with pytest.raises(SurveyError, match=r"\[roster\.invited\]"):
        ask(study, "roster", "--add", str(study / "more.csv"), "--add", str(study / "new.csv"))
    (study / "more.csv").write_text("department,invited\nD01,7\nD03,\n")
    done = ask(study, "roster", "--add", str(study / "more.csv"), "--add", str(study / "new.csv"))
    assert (done["departments"], done["people"], done["links"], done["cards"]) == (1, 1, 1, 1)
    assert done["changed"] == 1
    again = ask(study, "roster", "--add", str(study / "more.csv"))
    assert (again["files"], again["cards"], again["changed"]) == ([], 0, 0)
    back = ask(study, "roster", "--withdraw", "d01/3,P2")
    assert (back["withdrawn"], back["answered"]) == (2, 0)
    new = ask(study, "roster", "--reissue", "p1", "--reissue", "D01/1")
    assert (new["links"], new["cards"], new["withdrawn"]) == (1, 1, 2)
    listed = {line["department"]: line for line in ask(study, "roster", "--list")["departments"]}
    assert (listed["D01"]["cards"], listed["D01"]["withdrawn"]) == (6, 2)
    assert (listed["D02"]["people"], listed["D02"]["withdrawn"]) == (1, 2)
    assert (listed["D03"]["people"], listed["D03"]["marked"]) == (1, 0)
    assert "Tax office" in say(study, "roster", "--list")
    assert [event.verb for event in events(study / "fielding" / "1")] == [
        "roster",
        "roster-add",
        "roster-add",
        "roster-withdraw",
        "roster-reissue",
    ]


def test_who_has_answered_is_reminded_until_a_batch_is_full(study: Path) -> None:
    people = "".join(f"q{i},N{i},q{i}@example.org,D02,\n" for i in range(5))
    (study / "people.csv").write_text(PEOPLE + people, encoding="utf-8")
    folder = Path(enrol(study)["folder"])
    links = links_in(folder / "links.csv")
    desk = open_desk(study / "fielding" / "1")

    def hand_in_of(code: str) -> None:
        admission = admit(desk, links[code]["link"].rpartition("/")[2])
        assert admission is not None
        begin(desk, admission, "en")
        assert hand_in(desk, admission)

    for i in range(4):
        hand_in_of(f"q{i}")
    first = ask(study, "remind")
    assert (first["people"], first["departments"], first["linked"]) == (7, 2, False)
    hand_in_of("q4")
    second = ask(study, "remind", "--links-file", str(folder / "links.csv"))
    assert (second["people"], second["linked"]) == (2, True)
    (table,) = (Path(f) for f in second["files"] if f.endswith("reminders.csv"))
    assert {code: row["link"] for code, row in links_in(table).items()} == {
        code: links[code]["link"] for code in ("p1", "p2")
    }
    assert stat.S_IMODE(table.stat().st_mode) == 0o600
    assert {Path(f).name for f in second["files"]} == {
        "reminders.csv",
        "reminders.xlsx",
        "departments.csv",
        "departments.xlsx",
        "reminder.en.txt",
        "reminder.zh-Hans.txt",
    }
    told = say(study, "remind")
    assert "batches of at least 5" in told
    assert "--links-file" in told
    desk.close()


def test_departments_as_a_whole_get_a_poster(study: Path) -> None:
    done = ask(study, "roster", str(study / "departments.csv"), "--links", "department", *BASE)
    names = {Path(file).name for file in done["files"] if "posters" in file}
    assert names == {"D01.pdf", "D02.pdf"}
    assert done["shared"] == 2
    assert done["small"] == []


def test_pages_stand_in_for_pdf_where_it_cannot_be_set(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cosyn.fielding.invitations.cards.can_be_pdf", lambda: False)
    done = enrol(study)
    assert not done["as_pdf"]
    assert any(file.endswith("cards/D01.html") for file in done["files"])


def test_many_cards_are_written_only_if_asked_for(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cosyn.workflow.fielding_roster.MOST_CARDS", 3)
    done = enrol(study)
    assert done["without_cards"]
    assert not any("cards" in Path(file).parts for file in done["files"])


def test_what_needs_attention_is_said(study: Path) -> None:
    files = ("roster", str(study / "departments.csv"), "--people", str(study / "people.csv"))
    told = say(study, *files, "--base-url", "http://10.0.0.8:8000")
    for words in ("not encrypted", "column 'phone'", "Fewer than 5", "then delete", "survey field"):
        assert words in told
    assert "Only this machine" in say(
        study, "roster", "--reissue", "p1", "--base-url", "http://127.0.0.1"
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "roster.no-address"),
        (("--base-url", "survey"), "roster.address"),
        ((*BASE, "--links", "all"), "roster.way"),
        ((*BASE, "--lang", "fr"), "language.unknown"),
        ((*BASE, "--form", "none"), "instrument.unknown-form"),
        ((*BASE, "--closes", "soon"), "field.time"),
        ((*BASE, "--wave", "a b"), "field.wave-code"),
    ],
)
def test_nothing_is_made_of_a_request_that_is_refused(
    study: Path, words: tuple[str, ...], code: str
) -> None:
    with pytest.raises(SurveyError) as caught:
        enrol(study, *(words or ("--wave", "1")))
    assert caught.value.code == code
    assert not (study / "fielding").exists()


def test_an_unlocked_study_is_refused(study: Path) -> None:
    settings = study / "instrument" / "fielding.yaml"
    settings.write_text(settings.read_text().replace("smallest_batch: 5", "smallest_batch: 6"))
    with pytest.raises(SurveyError) as caught:
        enrol(study)
    assert caught.value.code == "field.not-locked"
    shutil.rmtree(study / "locks")
    with pytest.raises(SurveyError) as other:
        enrol(study)
    assert other.value.code == "field.not-locked"


def test_a_second_roster_is_an_addition(study: Path) -> None:
    enrol(study)
    with pytest.raises(SurveyError) as caught:
        enrol(study)
    assert caught.value.code == "roster.exists"
    with pytest.raises(SurveyError) as absent:
        ask(study, "roster", "--list", "--wave", "2")
    assert absent.value.code == "field.no-wave"


def test_one_action_at_a_time(study: Path) -> None:
    for words in ((), ("--list", "--withdraw", "p1"), ("--list", "--closes", "2026-12-01")):
        done = CliRunner().invoke(app, ["roster", *words, "--study", str(study)])
        assert done.exit_code == 2
