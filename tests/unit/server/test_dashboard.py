"""The page of a wave's progress: who is let in, what it shows, and what it never does."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update
from tests.fielded_wave import Clock, complete, invite, new_desk
from tests.served_pages import BASE, FakeDesk, Respondent, respondent
from typer.testing import CliRunner

from cosyn.cli._app import app as cli
from cosyn.errors import StoreError
from cosyn.fielding import schema
from cosyn.fielding.database import reading, writing
from cosyn.fielding.desk import Desk, open_desk
from cosyn.fielding.progress import Progress, progress
from cosyn.fielding.settings import Settings
from cosyn.fielding.watch import told
from cosyn.fielding.watch.passes import new_pass, pass_ends
from cosyn.server import dashboard
from cosyn.server.dashboard import Dashboard
from cosyn.server.serving import Plan, app_of
from cosyn.server.texts import phrases
from cosyn.study import bundled, create

NAMES = {"en": "Audit <b>&</b> more", "zh-Hans": "审计处"}
NOWHERE = "/progress/1-" + "0" * 32


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    opened = new_desk(tmp_path / "1", settings=Settings(smallest_batch=3), clock=clock)
    row = json.dumps({"invited": 20, "names": NAMES})
    with writing(opened.roster) as connection:
        connection.execute(update(schema.departments).values(row=row, quota=8))
    yield opened
    opened.close()


def come(desk: Desk, count: int, department: str = "D1") -> None:
    for _ in range(count):
        complete(desk, invite(desk, department), {"IPG1": "3"})


def link(desk: Desk, **time: float) -> str:
    until = desk.clock() + timedelta(**(time or {"days": 1}))
    return f"/progress/{new_pass(desk.keys.watch, until)}"


def visitor(desk: Desk, language: str = "en") -> Respondent:
    headers = {"accept-language": language}
    return respondent(FakeDesk(), more=Dashboard(desk).pages(), headers=headers)


def words(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_it_shows_what_the_command_shows(desk: Desk, language: str) -> None:
    come(desk, 7)
    come(desk, 8, "D2")
    page = visitor(desk).get(f"{link(desk)}?lang={language}")
    shown, found = words(page), told(progress(desk), language)
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    said = [found.title, found.state, found.at, found.projection, *found.hints]
    said += [
        f"{line.name} {line.text}"
        for line in (*found.totals, *found.begun, *found.days, *found.pages)
    ]
    said += [f"{row.name} {row.invited} {row.completed} {row.rate}" for row in found.rows]
    assert [text for text in said if text not in shown] == []
    shares = [line.share for line in found.totals] + [row.share for row in found.rows]
    shares += [line.share for line in (*found.begun, *found.days, *found.pages)]
    drawn = [str(round(share * 1000)) for share in shares if share is not None]
    assert re.findall(r'class="share" width="(\d+)"', page.text) == drawn
    assert len(drawn) > 4


def test_a_number_that_is_not_shown_is_nowhere_in_the_page(desk: Desk) -> None:
    come(desk, 9)
    come(desk, 2, "D2")
    row = told(progress(desk), "en").rows[1]
    assert (row.completed, row.share) == ("not shown", None)
    text = visitor(desk).get(f"{link(desk)}?lang=en").text
    cells = text.partition("(D2)")[2].partition("</tr>")[0]
    assert re.findall(r">([^<>\n]+)</td>", cells) == ["20", "not shown", "not shown", "8"]
    assert "<svg" not in cells


def test_names_are_texts(desk: Desk) -> None:
    text = visitor(desk).get(f"{link(desk)}?lang=en").text
    assert "<b>&" not in text
    assert "Audit &lt;b&gt;&amp;&lt;/b&gt; more (D1)" in text


def test_a_pass_that_ended_or_is_none_of_ours_is_no_page(desk: Desk, clock: Clock) -> None:
    someone, good = visitor(desk), link(desk, hours=1)
    missing = someone.get("/nowhere")
    assert someone.get(good).status_code == 200
    end, _, signature = good.rpartition("/")[2].partition("-")
    changed = signature[:-1] + ("1" if signature[-1] == "0" else "0")
    others = (f"{int(end) + 1}-{signature}", f"{end}-{changed}", f"0{end}-{signature}", "x")
    elsewhere = new_pass(desk.keys.csrf, clock() + timedelta(days=1))
    refused = [someone.get(f"/progress/{shown}") for shown in (*others, elsewhere)]
    clock.later(hours=1)
    refused.append(someone.get(good))
    assert missing.status_code == 404
    for reply in refused:
        assert (reply.status_code, reply.text) == (404, missing.text)


def test_a_pass_ends_at_its_second(clock: Clock) -> None:
    key, until = bytes(32), clock() + timedelta(seconds=5)
    shown = new_pass(key, until)
    assert pass_ends(key, shown, until - timedelta(seconds=1)) == until
    assert pass_ends(key, shown, until) is None
    assert pass_ends(bytes([1] * 32), shown, clock()) is None
    assert pass_ends(key, f"{shown}\n", clock()) is None


def test_it_is_read_only_and_keeps_nothing_on_a_device(desk: Desk) -> None:
    someone = visitor(desk)
    page = someone.get(link(desk))
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    for forbidden in ("<form", "<script", "<button", "style=", "onclick"):
        assert forbidden not in page.text
    assert someone.post(link(desk)).status_code == 405


def test_it_is_read_anew_when_asked_alone(desk: Desk) -> None:
    someone = visitor(desk)
    assert "http-equiv" not in someone.get(link(desk)).text
    again = someone.get(f"{link(desk)}?lang=zh-Hans&renew=1").text
    assert '<meta http-equiv="refresh" content="60">' in again
    assert 'href="?lang=en&renew=1"' in unescape(again)


def test_the_language_is_the_browsers_unless_the_address_says(desk: Desk) -> None:
    someone = visitor(desk, "zh-CN")
    assert '<html lang="zh-Hans">' in someone.get(link(desk)).text
    assert '<html lang="zh-Hans">' in someone.get(f"{link(desk)}?lang=xx").text
    assert '<html lang="en">' in someone.get(f"{link(desk)}?lang=en").text


def test_many_who_look_count_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[Desk] = []

    def counting(opened: Desk) -> Progress:
        counted.append(opened)
        return progress(opened)

    monkeypatch.setattr(dashboard, "progress", counting)
    now = [1000.0]
    monkeypatch.setattr("cosyn.server.dashboard.time.monotonic", lambda: now[0])
    someone = visitor(desk)
    for _ in range(3):
        assert someone.get(link(desk)).status_code == 200
    assert len(counted) == 1
    now[0] += 60
    someone.get(link(desk))
    assert len(counted) == 2


def test_a_store_that_fails_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Desk) -> None:
        raise StoreError("store.no-space", "answers", "the disk is full", "Free some space")

    monkeypatch.setattr(dashboard, "progress", fails)
    assert visitor(desk).get(link(desk)).status_code == 503


def test_the_command_prints_a_link_that_opens(tmp_path: Path) -> None:
    study = create(tmp_path / "study").root
    shutil.copytree(study / "instrument", study / "locks" / "2.0.0" / "instrument")
    new_desk(study / "fielding" / "1").close()
    with_base = ["--base-url", "https://a.example/b", "--study", str(study)]
    said = CliRunner().invoke(cli, ["field", "dashboard-link", "--days", "2", "--json", *with_base])
    assert said.exit_code == 0, said.output
    made = json.loads(said.output)
    lines = CliRunner().invoke(cli, ["field", "dashboard-link", *with_base]).output
    opened = open_desk(study / "fielding" / "1")
    pages = Respondent(app_of(opened, Plan("", "https://a.example/b", 0)), base="https://a.example")
    assert made["link"].startswith("https://a.example/b/progress/")
    page = pages.get(made["link"])
    assert page.status_code == 200
    assert made["ends"][:16].replace("T", " ") in page.text
    assert pages.get(f"/b{NOWHERE}").status_code == 404
    assert pages.get(lines.splitlines()[0]).status_code == 200
    with reading(opened.answers) as connection:
        assert connection.execute(select(schema.envelopes.c.id)).all() == []
    opened.close()
    events = (study / "fielding" / "1" / "events.jsonl").read_text(encoding="utf-8")
    assert events.count('"dashboard-link"') == 2
    assert made["link"].rpartition("-")[2] not in events


@pytest.mark.parametrize(
    ("language", "stored", "made_up"),
    [
        ("en", "what you enter is stored", "all answers are made up"),
        ("zh-Hans", "会被保存", "均为模拟"),
    ],
)
def test_a_rehearsal_says_what_becomes_of_its_answers(
    tmp_path: Path, language: str, stored: str, made_up: str
) -> None:
    desk = new_desk(tmp_path / "study" / "fielding" / "1", simulated=True)
    shutil.copytree(bundled() / "instrument", tmp_path / "study" / "locks" / "2.0.0" / "instrument")
    pages = Respondent(app_of(desk, Plan("", BASE, 0)), {"accept-language": language})
    pages.get(f"/f/{invite(desk)}")
    demonstration = phrases(language)("demonstration")
    for place in ("/", "/q/", "/about", link(desk)):
        page = pages.get(place)
        assert page.status_code == 200
        assert (made_up if place.startswith("/progress") else stored) in page.text
        assert demonstration not in page.text
    assert made_up in told(progress(desk), language).state
