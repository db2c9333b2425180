"""The report says what the findings say, in both languages, and nothing more."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from tests.planned import planned

from cosyn.analysis import ANALYSES, Context
from cosyn.findings import Finding, Findings, Provenance, Statistic, Warned
from cosyn.i18n import catalogue, catalogue_languages
from cosyn.importers import read_responses
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.plan import LoadedPlan, load_population, quick
from cosyn.report import RENDERERS, SECTIONS, build, laid_out
from cosyn.report._parts import restriction_cell, slug
from cosyn.report._types import Material
from cosyn.report.numbers import numbers_of
from cosyn.responses import response_table
from cosyn.scoring import facet_scores, keyed
from cosyn.simulation import draw, to_csv
from cosyn.study import bundled

LANGUAGES = ("en", "zh-Hans")
OVERCLAIMS = re.compile(
    r"\b(prove[sd]?|proof|confirm\w*|causes?|caused|leads? to|no effect|demonstrates?)\b"
    r"|证明|证实|导致|促进|无影响",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    """Every step of the plan, few draws, and of each choice of robustness one other option."""
    whole = planned()
    assert whole.plan.robustness is not None
    keys = whole.plan.robustness.keys[:1]
    fewer = {"hypotheses": ("H1", "H5"), "without": ("CSI",), "keys": keys, "flagged": False}
    grid = whole.plan.robustness.model_copy(update=fewer)
    sections = {"steps": whole.plan.steps, "robustness": grid}
    return dataclasses.replace(whole, plan=quick(whole.plan).model_copy(update=sections))


def origin(instrument: Instrument, *, simulated: bool) -> Provenance:
    digests = {"data": "0" * 64, "instrument": instrument.digest, "plan": "1" * 64}
    return Provenance(
        instrument.id, instrument.version, "core-40", simulated, 7, digests, {"cosyn": "0"}
    )


@pytest.fixture(scope="module")
def findings(
    instrument: Instrument, plan: LoadedPlan, tmp_path_factory: pytest.TempPathFactory
) -> Findings:
    population = load_population(bundled() / "analysis").model_copy(update={"departments": 60})
    file = tmp_path_factory.mktemp("report") / "answers.csv"
    drawn = draw(instrument, population, "core-40", 5)
    file.write_bytes(to_csv(drawn, instrument, "core-40", "2026", 5))
    submissions = read_responses(file, instrument).submissions
    table = response_table(
        submissions, [i.id for i in instrument.items_of("core-40")], simulated=True
    )
    items = keyed(table, instrument)
    facets = facet_scores(items, instrument, 2)
    rows: list[Finding] = []
    warnings: list[Warned] = []
    for step in plan.plan.steps:
        outcome = ANALYSES[step].run(Context(instrument, plan, table, items, facets, tuple(rows)))
        rows += outcome.findings
        warnings += outcome.warnings
    return Findings(origin(instrument, simulated=True), tuple(rows), tuple(warnings))


class Page(HTMLParser):
    """The tags of a page, the cells of its tables and its visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.stack: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.stack.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self.stack:
            return
        self.text += data
        if self.rows and ("td" in self.stack or "th" in self.stack):
            self.rows[-1][-1] += data


def page_of(
    findings: Findings, instrument: Instrument, plan: LoadedPlan, language: str
) -> tuple[Page, str]:
    text = RENDERERS["html"].render(build(findings, instrument, plan, language)).decode()
    return Page(text), text


@pytest.fixture(scope="module", params=LANGUAGES)
def page(
    request: pytest.FixtureRequest, findings: Findings, instrument: Instrument, plan: LoadedPlan
) -> tuple[str, Page, str]:
    return (request.param, *page_of(findings, instrument, plan, request.param))


def test_catalogues_have_the_same_keys_and_gaps() -> None:
    assert set(catalogue_languages("cosyn.report")) >= set(LANGUAGES)
    first, *others = (catalogue("cosyn.report", lang).phrases for lang in LANGUAGES)
    gaps = re.compile(r"\{\w*\}")
    for other in others:
        assert set(first) == set(other)
        for key in first:
            assert sorted(set(gaps.findall(first[key]))) == sorted(set(gaps.findall(other[key]))), (
                key
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_statistic_and_section_has_a_name(language: str) -> None:
    t = catalogue("cosyn.report", language)
    assert all(t.has(f"statistic.{s.value}") for s in Statistic)
    assert all(t.has(f"section.{s.name}") for s in SECTIONS)
    assert t.has("robustness.all")  # a choice that is left out of the grid here
    assert t.has("robustness.unflagged")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_claims_too_much(language: str) -> None:
    phrases = catalogue("cosyn.report", language).phrases
    assert {k: v for k, v in phrases.items() if OVERCLAIMS.search(v)} == {}


def test_every_warning_that_is_raised_has_a_sentence() -> None:
    source = Path(bundled(), "src", "cosyn", "analysis")
    files = (
        source.glob("*.py")
        if source.is_dir()
        else Path(ANALYSES.package.replace(".", "/")).glob("*.py")
    )
    codes = {
        code
        for file in files
        for code in re.findall(r'Warned\(\s*\w+,\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert len(codes) >= 8
    t = catalogue("cosyn.report", "en")
    assert {code for code in codes if not t.has(f"warning.{code}")} == set()


def test_sections_come_in_order_with_numbered_tables_and_figures(
    page: tuple[str, Page, str],
) -> None:
    language, found, _ = page
    anchors = [str(a["id"]) for tag, a in found.tags if tag == "section"]
    assert anchors == [s.name for s in sorted(SECTIONS, key=lambda s: s.order)]
    t = catalogue("cosyn.report", language)
    tables = sum(tag == "table" for tag, _ in found.tags)
    assert tables > 15
    assert all(t("table_label", number=n) in found.text for n in range(1, tables + 1))
    figures = sum(tag == "figure" for tag, _ in found.tags)
    assert figures >= 9


def test_the_page_is_whole_by_itself(page: tuple[str, Page, str]) -> None:
    _, found, text = page
    assert not any(tag in {"script", "link", "img", "iframe"} for tag, _ in found.tags)
    outside = set(re.findall(r"https?://[^\s\"'<)]+", text))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    ids = [str(a["id"]) for _, a in found.tags if a.get("id")]
    assert len(ids) == len(set(ids))


def test_simulated_data_are_marked_everywhere(page: tuple[str, Page, str]) -> None:
    language, found, text = page
    t = catalogue("cosyn.report", language)
    assert t("simulated") in found.text
    assert "@top-center" in text
    labels = len(re.findall(re.escape(f"[{t('simulated_short')}]"), text))
    assert labels == sum(tag in {"table", "figure"} for tag, _ in found.tags)


def test_real_data_are_not_marked(
    findings: Findings, instrument: Instrument, plan: LoadedPlan
) -> None:
    real = dataclasses.replace(findings, provenance=origin(instrument, simulated=False))
    found = Page(RENDERERS["html"].render(laid_out(real, instrument, plan, "en")).decode())
    assert "SIMULATED" not in found.text
    assert "[simulated]" not in found.text


def test_the_numbers_are_those_of_the_findings(
    page: tuple[str, Page, str], findings: Findings, instrument: Instrument
) -> None:
    language, found, _ = page
    numbers = numbers_of(language)
    for item in instrument.items_of("core-40"):
        mean = findings.find(Statistic.MEAN, (item.id,))
        assert mean is not None
        assert mean.value is not None
        row = next(r for r in found.rows if r[0] == item.id and len(r) == 10)
        assert row[2] == numbers.plain(mean.value)
    for finding in findings.select(statistic=Statistic.CHI_SQUARE_SCALED):
        assert finding.value is not None
        assert numbers.plain(finding.value) in found.text


def test_every_hypothesis_is_decided_in_words(
    page: tuple[str, Page, str], findings: Findings, plan: LoadedPlan
) -> None:
    language, found, _ = page
    t = catalogue("cosyn.report", language)
    assert plan.plan.hypotheses
    for test in plan.plan.hypotheses.tests:
        decision = findings.find(Statistic.DECISION, (test.id,))
        assert decision is not None
        row = next(r for r in found.rows if r and r[0] == test.id and len(r) == 8)
        assert row[-1].startswith(t(f"decision.{decision.label}"))


def test_a_restriction_is_told_with_its_degrees_of_freedom() -> None:
    m = cast(Material, SimpleNamespace(numbers=numbers_of("en")))
    found = Finding("hypotheses", Statistic.EFFECT, ("H",), 398.5327, df=5)
    assert restriction_cell(m, found).text == "χ²(5) = 398.53"
    assert restriction_cell(m, None).text == "—"


def test_no_gap_of_a_phrase_is_left_open(page: tuple[str, Page, str]) -> None:
    _, found, _ = page
    assert not re.search(r"\{\w+\}", found.text)
    cells = {cell.strip() for row in found.rows for cell in row}
    assert not cells & {"None", "nan", "inf"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_model_files_define_is_shown_by_its_name(
    instrument: Instrument, plan: LoadedPlan, language: str
) -> None:
    """No defined parameter, product or item of a grouping stands there by its id alone."""
    rows = (
        Finding("structure", Statistic.STATUS, label="ok", n=90, model="a"),
        Finding("structure", Statistic.DEFINED, ("locusbal",), 0.1, se=0.05, model="a"),
        Finding("structure", Statistic.STATUS, label="ok", n=90, model="c"),
        Finding("structure", Statistic.PATH, ("CS", "IPxEP"), 0.1, se=0.05, model="c"),
        Finding("invariance", Statistic.INVARIANCE, ("BGROLE",), reason="not converged"),
    )
    found, _ = page_of(
        Findings(origin(instrument, simulated=False), rows), instrument, plan, language
    )
    cells = {cell.strip() for row in found.rows for cell in row}
    assert not cells & {"locusbal", "IPxEP"}
    assert plan.plan.labels["locusbal"][language] in cells
    factors = (f"{instrument.label(name, language)} ({name})" for name in ("IP", "EP"))
    assert " × ".join(factors) in cells
    assert {"en": "BGROLE (", "zh-Hans": "BGROLE（"}[language] in found.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_conventions_come_from_is_said_in_the_language(
    plan: LoadedPlan, language: str
) -> None:
    """What is no citation has a phrase."""
    t = catalogue("cosyn.report", language)
    for convention in plan.plan.conventions:
        cited = re.search(r"\d{4}", convention.source)
        assert cited or t.has(f"source.{slug(convention.source)}"), convention.source


def test_missing_findings_leave_sections_out(instrument: Instrument, plan: LoadedPlan) -> None:
    nothing = Findings(origin(instrument, simulated=False), ())
    document = build(nothing, instrument, plan, "en")
    assert {"design", "appendix"} <= {part.anchor for part in document.parts}
    assert RENDERERS["html"].render(document)


def test_a_value_that_is_missing_shows_its_reason(instrument: Instrument, plan: LoadedPlan) -> None:
    rows = (
        Finding("structure", Statistic.STATUS, label="not converged", reason="not converged", n=90, model="a"),
        Finding("sample", Statistic.COUNT, ("departments",), reason="no department recorded"),
    )  # fmt: skip
    found, _ = page_of(
        Findings(origin(instrument, simulated=False), rows), instrument, plan, "zh-Hans"
    )
    assert "未记录部门" in found.text
    assert "未收敛" in found.text


def test_a_sign_that_figures_cannot_show_is_named(instrument: Instrument, plan: LoadedPlan) -> None:
    nothing = Findings(origin(instrument, simulated=False), ())
    assert "方框" not in page_of(nothing, instrument, plan, "zh-Hans")[0].text
    first = instrument.constructs[0]
    rare = dataclasses.replace(first, label={"en": "Auspice", "zh-Hans": "𠮷兆"})
    changed = dataclasses.replace(instrument, constructs=(rare, *instrument.constructs[1:]))
    assert "缺少以下字符：𠮷，" in page_of(nothing, changed, plan, "zh-Hans")[0].text


def test_texts_of_the_instrument_are_escaped(instrument: Instrument, plan: LoadedPlan) -> None:
    title = dict.fromkeys(LANGUAGES, "<script>alert(1)</script>")
    hostile = dataclasses.replace(instrument, title=title)
    _, text = page_of(Findings(origin(instrument, simulated=False), ()), hostile, plan, "en")
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("language", "value", "expected"),
    [("en", 0.714, ".71"), ("zh-Hans", 0.714, "0.71"), ("en", -0.05, "−.05"), ("en", 1.0, "1.00"), ("en", -0.001, ".00")],
)  # fmt: skip
def test_bounded_numbers(language: str, value: float, expected: str) -> None:
    assert numbers_of(language).bounded(value) == expected


def test_small_p_values() -> None:
    assert numbers_of("en").p(0.00001) == "< .001"
    assert numbers_of("zh-Hans").p(0.0124) == "0.012"
