"""The whole chain by the commands a user types: roster, server, answers, status, data, report.

Twelve departments; simulated respondents answer over HTTP in both languages, some leave out
questions, some switch the language, some come back on another device, some never finish, some never
begin. Some answer on paper, which clerks key in twice, with slips, after the pages have closed. The
data must be what was sent, cell by cell, and nothing else.
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
from tests.chain.clerk import Sheet, key_in
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
    ways = ["straight", "resumed", "switched", "gaps", "paper", "straight", "gaps", "paper gaps"]
    found = []
    for number, row in enumerate(drawn):
        answers = {item: code for item, code in row.items() if item not in WHO and code}
        way = ways[number % len(ways)]
        if way.endswith("gaps"):
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


def key_all(study: Path, base: str, on_paper: list[Sent]) -> None:
    """Two clerks, each with a link of their own, key what came back on paper."""
    sheets = [
        Sheet(f"{number}", one.department, one.language, number % 3, one.answers)
        for number, one in enumerate(on_paper, start=1)
    ]
    links = [
        told(study, "field", "keying-link", "--base-url", base)["link"].removeprefix(base)
        for _ in range(2)
    ]
    chances = [random.Random(number) for number in range(2)]  # noqa: S311
    with ThreadPoolExecutor(2) as clerks:
        halves = (sheets[0::2], sheets[1::2])
        decided = clerks.map(key_in, [base] * 2, links, halves, chances)
        assert min(decided) > 5
    assert told(study, "field", "keying")["waiting"] == []


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
        on_line = [one for one in sent if not one.way.startswith("paper")]
        work = [crowd.submit(go, base, links[one.department].pop(), one) for one in on_line]
        work += [
            crowd.submit(abandon, base, links[one.department].pop(), one) for one in sent[::25]
        ]
        for done in work:
            done.result()
        survey(study, "field", "schedule", "--closes", "2026-01-01", "--quiet")
        late = Browser(base)
        late.open(links[sent[0].department].pop())
        assert late.status == 403
        late.close()
        key_all(study, base, [one for one in sent if one not in on_line])
    survey(study, "field", "draw", "--quiet")
    status = told(study, "status")
    assert len(sent) - 5 < status["completed"] <= len(sent)
    survey(study, "field", "close", "--yes", "--quiet")
    survey(study, "import", "--fielded", "--quiet")
    assert stored(study) == expected(sent)
    again = told(study, "import", "--fielded")
    assert stored(study) == expected(sent), again
    check_report(study, len(sent))


def check_report(study: Path, respondents: int) -> None:
    """The analysis counts everybody; what it must not rely on, it says: by exit code and report.

    Some of the plan's models are too large for so few answers (Heywood cases): everything is
    written, those models are named, and the exit code is 4, not 0.
    """
    doubtful = told(study, "analyze", "--quick", code=4)["not_sound"]
    models = {model.partition(":")[0] for model in doubtful}
    findings = json.loads((study / "results" / "findings.json").read_text(encoding="utf-8"))
    warned = {
        one["values"]["model"]
        for one in findings["warnings"]
        if one["code"] in {"inadmissible", "not_converged"}
    }
    assert models
    assert models <= warned
    counted = [f for f in findings["findings"] if f["analysis"] == "sample"]
    assert any(respondents in (f.get("n"), f.get("value")) for f in counted)
    said = {"en": "Model {} cannot be relied on", "zh-Hans": "模型{}的结果不可采信"}
    for language, sentence in said.items():
        [report] = (study / "results").glob(f"report.{language}.html")
        text = report.read_text(encoding="utf-8")
        assert any(sentence.format(model) in text for model in models)
