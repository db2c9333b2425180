"""The whole chain by the commands a user types: roster, server, answers, status, data, report.

Twelve departments; simulated respondents answer over HTTP in both languages, some leave out
questions, some switch the language, some come back on another device, some never finish, some never
begin. The data must be what was sent, cell by cell, and nothing else.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.chain.fielded_study import served, survey, told
from tests.chain.respondent import Browser, answer_page, begin, finish

from cosyn.instrument.load import load_instrument
from cosyn.store import read
from cosyn.study import bundled, create

WHO = {"department", "wave", "language", "instrument", "version", "digest", "form", "simulated"}
Row = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What one respondent answered, and how they went about it."""

    department: str
    language: str
    answers: dict[str, str]
    way: str


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def plan_respondents(drawn: list[dict[str, str]], chance: random.Random) -> list[Sent]:
    ways = ["straight", "straight", "resumed", "switched", "gaps"]
    found = []
    for number, row in enumerate(drawn):
        answers = {item: code for item, code in row.items() if item not in WHO and code}
        way = ways[number % len(ways)]
        if way == "gaps":
            for item in chance.sample(sorted(answers), 4):
                if not item.startswith(("BGAGREE", "BGPART")):
                    del answers[item]
        found.append(Sent(row["department"], ("en", "zh-Hans")[number % 2], answers, way))
    return found


def go(base: str, link: str, sent: Sent) -> None:
    browser = begin(base, link, sent.language)
    if sent.way == "resumed":
        for _ in range(3):
            answer_page(browser, sent.answers)
        before = browser.path
        browser.close()
        browser = Browser(base)
        browser.open(link)
        assert browser.path == before
        assert browser.language == sent.language
    if sent.way == "switched":
        asked = browser.asked()
        typed = {item: sent.answers[item] for item in asked if item in sent.answers}
        other = {"en": "zh-Hans", "zh-Hans": "en"}[sent.language]
        browser.send(typed, _language=other)
        assert browser.language == other
    finish(browser, sent.answers)


def abandon(base: str, link: str, sent: Sent) -> None:
    browser = begin(base, link, sent.language)
    answer_page(browser, sent.answers)
    browser.close()


def expected(sent: list[Sent]) -> Counter[Row]:
    """What the data must hold: values, or why there is none."""
    instrument = load_instrument(bundled() / "instrument")
    formats = {f.id: f for f in instrument.response_formats}
    reasons = {
        item.id: {str(m.code): m.reason.value for m in formats[item.response_format].missing}
        for item in instrument.items
    }
    asked = [item.id for item in instrument.items_of(instrument.default_form)]

    def cell(item: str, answers: dict[str, str]) -> str:
        code = answers.get(item, "")
        return reasons[item].get(code, str(float(code))) if code else "not_answered"

    return Counter(
        (one.department, tuple(sorted((item, cell(item, one.answers)) for item in asked)))
        for one in sent
    )


def stored(study: Path) -> Counter[Row]:
    submissions = read(study / "data" / "responses.sqlite").submissions
    return Counter(
        (
            one.department,
            tuple(
                sorted(
                    (item, cell.missing.value if cell.value is None else str(float(cell.value)))
                    for item, cell in one.answers.items()
                    if cell.missing.value != "not_shown"
                )
            ),
        )
        for one in submissions
    )


@pytest.mark.slow
def test_the_whole_chain(tmp_path: Path) -> None:
    study = create(tmp_path / "study").root
    survey(study, "lock", "--quiet")
    survey(study, "simulate", "--departments", "12", "--out", "drawn.csv", "--quiet")
    sent = plan_respondents(rows_of(study / "drawn.csv"), random.Random(7))  # noqa: S311
    assert len(sent) >= 120
    sizes = Counter(one.department for one in sent)
    invited = "".join(f"{code},{count + 3}\n" for code, count in sorted(sizes.items()))
    (study / "roster.csv").write_text(f"department,invited\n{invited}", encoding="utf-8")
    address = "http://127.0.0.1:8000"
    words = ("--links", "person", "--no-cards", "--base-url", address, "--quiet")
    survey(study, "roster", "roster.csv", *words)
    [listed] = study.glob("fielding/1/links/*/links.csv")
    links: dict[str, list[str]] = {}
    for row in rows_of(listed):
        links.setdefault(row["department"], []).append(row["link"].removeprefix(address))
    with served(study) as base, ThreadPoolExecutor(8) as crowd:
        work = [crowd.submit(go, base, links[one.department].pop(), one) for one in sent]
        work += [
            crowd.submit(abandon, base, links[one.department].pop(), one) for one in sent[::25]
        ]
        for done in work:
            done.result()
    survey(study, "field", "draw", "--quiet")
    status = told(study, "status")
    assert len(sent) - 5 < status["completed"] <= len(sent)
    survey(study, "field", "close", "--yes", "--quiet")
    survey(study, "import", "--fielded", "--quiet")
    assert stored(study) == expected(sent)
    again = told(study, "import", "--fielded")
    assert stored(study) == expected(sent), again
    # A model that is inadmissible in so few answers is told by the exit code; all else is written.
    survey(study, "analyze", "--quick", "--quiet", fine=(0, 4))
    findings = json.loads((study / "results" / "findings.json").read_text(encoding="utf-8"))
    counted = [f for f in findings["findings"] if f["analysis"] == "sample"]
    assert any(len(sent) in (f.get("n"), f.get("value")) for f in counted)
    for language in ("en", "zh-Hans"):
        assert list((study / "results").glob(f"report.{language}.html"))
