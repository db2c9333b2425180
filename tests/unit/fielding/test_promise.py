"""What respondents are promised fits the mode, wherever they meet the questionnaire."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.served_pages import INSTRUMENT, FakeDesk, respondent

from cosyn import workflow
from cosyn.errors import InstrumentError
from cosyn.exporters._paper_sheet import sheet
from cosyn.fielding.opening import make_wave
from cosyn.fielding.settings import load_settings
from cosyn.fielding.types import Mode
from cosyn.fielding.wave import instrument_of
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.lock import lock
from cosyn.plan import load_plan
from cosyn.study import Study, create

PROMISES = {
    "en": ("are anonymous: no name", "are not anonymous"),
    "zh-Hans": ("为匿名", "不是匿名"),
}


@pytest.fixture
def identified(tmp_path: Path) -> Study:
    study = create(tmp_path / "study")
    edit(study.instrument / "fielding.yaml", "mode: anonymous", "mode: identified")
    return study


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def locked(study: Study) -> str:
    return lock(study, load_instrument(study.instrument), load_plan(study.analysis))[0].id


@pytest.mark.parametrize("target", ["html", "limesurvey", "surveyjs", "qualtrics"])
def test_every_exported_form_makes_the_promise_of_its_mode(identified: Study, target: str) -> None:
    files = workflow.export(identified.root, [target], ()).files
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    for untrue, true in PROMISES.values():
        assert true in text
        assert untrue not in text


def test_limesurvey_is_told_to_keep_who_answered_only_then(identified: Study) -> None:
    [file] = workflow.export(identified.root, ["limesurvey"], ()).files
    assert "\tanonymized\t" in file.read_text(encoding="utf-8")
    edit(identified.instrument / "fielding.yaml", "mode: identified", "mode: anonymous")
    before = file.read_text(encoding="utf-8")
    workflow.export(identified.root, ["limesurvey"], ())
    assert file.read_text(encoding="utf-8") != before


def test_a_promise_that_was_not_written_is_demanded(identified: Study) -> None:
    edit(identified.instrument / "instrument.yaml", "consent_identified:", "consent_other:")
    text = (identified.instrument / "instrument.yaml").read_text(encoding="utf-8")
    start, end = text.index("consent_other:"), text.index("closing:")
    (identified.instrument / "instrument.yaml").write_text(text[:start] + text[end:], "utf-8")
    assert "field.promise" in {fault.code for fault in workflow.check(identified.root).faults}
    for refused in (
        lambda: locked(identified),
        lambda: workflow.export(identified.root, ["html"], ()),
    ):
        with pytest.raises(InstrumentError) as caught:
            refused()
        assert caught.value.code == "field.promise"


def test_the_lock_freezes_the_promise_and_a_wave_makes_it(identified: Study) -> None:
    frozen = locked(identified)
    instrument = load_instrument(identified.instrument)
    settings = load_settings(identified.instrument, instrument.languages)
    folder = identified.root / "fielding" / "1"
    wave = make_wave(folder, instrument, settings, lock=frozen)
    assert instrument_of(folder, wave).consent == instrument.consent_identified
    edit(identified.instrument / "instrument.yaml", "by the code who answered", "who answered")
    assert load_instrument(identified.instrument).digest == instrument.digest
    with pytest.raises(InstrumentError) as caught:
        locked(identified)
    assert caught.value.code == "lock.taken"


def test_no_mode_makes_the_promise_of_the_other() -> None:
    assert INSTRUMENT.in_mode("anonymous").consent == INSTRUMENT.consent
    silent = replace(INSTRUMENT, consent_identified={})
    assert silent.in_mode("identified").consent == {}
    assert INSTRUMENT.in_mode("identified").in_mode("identified").consent == (
        INSTRUMENT.consent_identified
    )


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("mode", ["anonymous", "identified"])
def test_the_first_page_and_the_page_of_what_is_stored_say_the_same(
    language: str, mode: Mode
) -> None:
    desk, shown = FakeDesk(), INSTRUMENT.in_mode(mode)
    headers = {"accept-language": language}
    person = respondent(desk, headers=headers, mode=mode, instrument=shown)
    person.get(f"/f/{desk.token()}")
    untrue, true = PROMISES[language][:: 1 if mode == "identified" else -1]
    banner = {"en": "Not anonymous: your answers are", "zh-Hans": "非匿名：您的回答"}[language]
    for page in ("/q/", "/about"):
        text = person.get(page).text
        assert true in text
        assert untrue not in text
        assert (banner in text) is (mode == "identified")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_sheet_of_paper_asks_for_the_code_where_answers_bear_it(language: str) -> None:
    asked = {"en": "personal code", "zh-Hans": "个人编号"}[language]
    for mode in ("anonymous", "identified"):
        printed = sheet(questionnaire(INSTRUMENT.in_mode(mode)), language)
        assert (asked in printed.how) is (mode == "identified")
