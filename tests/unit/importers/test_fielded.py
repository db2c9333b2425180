"""Answers to a wave of one's own: imported cell by cell as they were sent, and once."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fielded_wave import add_departments, admitted, answer, invite
from typer.testing import CliRunner

from cosyn import store
from cosyn.cli._app import app
from cosyn.errors import InstrumentError, ResponseError, StoreError
from cosyn.fielding.database import writing
from cosyn.fielding.desk import Desk, begin, change, hand_in, open_desk
from cosyn.fielding.envelopes import deposit
from cosyn.fielding.opening import make_wave
from cosyn.fielding.settings import Settings
from cosyn.fielding.types import Change
from cosyn.fielding.urn import draw
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.types import Missing
from cosyn.responses import Submission
from cosyn.study import Study, create
from cosyn.workflow import versions
from cosyn.workflow.fielded import import_fielded
from cosyn.workflow.importing import import_

FORM = "core-40"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """One locked study; each test takes a wave of its own in it and a store of its own."""
    study = create(tmp_path_factory.mktemp("locked") / "study")
    versions.lock(study.root)
    return study


@pytest.fixture
def study(locked: Study, tmp_path: Path) -> Study:
    root = tmp_path / "study"
    root.mkdir()
    for part in ("instrument", "analysis", "locks"):
        shutil.copytree(locked.root / part, root / part)
    return Study(root)


@pytest.fixture
def desk(study: Study) -> Iterator[Desk]:
    opened = wave(study, "1", Settings(smallest_batch=3))
    yield opened
    opened.close()


def wave(study: Study, code: str, settings: Settings, *, simulated: bool = False) -> Desk:
    folder = study.root / "fielding" / code
    instrument = load_instrument(study.instrument)
    make_wave(folder, instrument, settings, lock="0" * 64, form=FORM, simulated=simulated)
    opened = open_desk(folder)
    add_departments(opened, ("D1", "D2"))
    return opened


def pages() -> dict[str, list[str]]:
    from tests.fielded_wave import instrument

    return {p.id: [q.id for q in p.questions] for p in questionnaire(instrument(), FORM).pages}


def stored(study: Study) -> list[Submission]:
    return list(store.read(study.store).submissions)


def fill(desk: Desk, department: str, answers: dict[str, str], language: str = "en") -> None:
    """Show every page, answer what is given, hand in."""
    admission = admitted(desk, invite(desk, department, person=f"P-{department}"))
    begin(desk, admission, language)
    for page, items in pages().items():
        given = {item: answers[item] for item in items if item in answers}
        change(desk, admission, Change(nonce=page, page_id=page, answers=given))
    assert hand_in(desk, admission)


def on_paper(desk: Desk, department: str, sheets: int) -> None:
    told = {"language": "en", "order": 0, "ended": "", "answers": codes(), "seen": list(pages())}
    with writing(desk.answers) as connection:
        for _ in range(sheets):
            deposit(connection, desk.wave, desk.keys, department, told, origin="paper")


def codes() -> dict[str, str]:
    """A valid answer to every item: the first code on offer."""
    from tests.fielded_wave import instrument

    asked = questionnaire(instrument(), FORM).questions
    return {
        q.id: str(q.offered[0][0] if q.offered else int(q.response_format.minimum)) for q in asked
    }


def test_data_equal_what_was_sent_cell_by_cell(desk: Desk, study: Study) -> None:
    full = codes()
    first, *_, last = full
    some = {item: value for item, value in full.items() if item not in (first, last)}
    for answers in (full, some, full):
        fill(desk, "D1", answers)
    draw(desk)
    done = import_fielded(study.root)
    assert done.added
    assert done.imported.report.rows_kept == done.total == 3
    assert not done.imported.report.refused
    found = stored(study)
    sent = sorted([full, some, full], key=len)
    got = sorted(({i: c.raw for i, c in s.answers.items() if c.raw} for s in found), key=len)
    assert got == sent
    gaps = next(s for s in found if s.answers[first].missing is Missing.NOT_ANSWERED)
    assert gaps.answers[last].missing is Missing.NOT_ANSWERED
    for submission in found:
        assert set(submission.answers) == set(full)
        assert (submission.department, submission.wave, submission.form) == ("D1", "1", FORM)
        assert submission.digest == desk.wave.digest
        assert 1 <= int(submission.order) <= 24
        assert submission.seconds == 90
        assert submission.respondent == ""


def test_what_was_never_shown_is_told_from_what_was_left_out(desk: Desk, study: Study) -> None:
    (page, items), *others = pages().items()
    for _ in range(3):
        token = invite(desk)
        hand_in(desk, answer(desk, token, {items[0]: codes()[items[0]]}, page_id=page))
    draw(desk)
    import_fielded(study.root)
    cells = stored(study)[0].answers
    assert cells[items[0]].missing is Missing.ANSWERED
    assert {cells[item].missing for item in items[1:]} <= {Missing.NOT_ANSWERED}
    unseen = {cells[item].missing for _, page_items in others for item in page_items}
    assert unseen == {Missing.NOT_SHOWN}


def test_reasons_keep_their_code(desk: Desk, study: Study) -> None:
    asked = load_instrument(study.instrument)
    question = next(q for q in questionnaire(asked, FORM).questions if q.missing)
    reason = question.missing[0]
    for _ in range(3):
        fill(desk, "D1", {question.id: str(reason.code)})
    draw(desk)
    import_fielded(study.root)
    cell = stored(study)[0].answers[question.id]
    assert (cell.raw, cell.value, cell.missing) == (str(reason.code), None, reason.reason)


def test_only_released_envelopes_are_read_and_each_once(desk: Desk, study: Study) -> None:
    for _ in range(2):
        fill(desk, "D1", codes())
    draw(desk)
    first = import_fielded(study.root)
    assert (first.added, first.total) == (False, 0)
    assert first.notes[0].startswith("2 more were handed in")
    fill(desk, "D1", codes())
    draw(desk)
    assert import_fielded(study.root).total == 3
    again = import_fielded(study.root)
    assert (again.added, again.total) == (False, 3)
    for _ in range(3):
        fill(desk, "D2", codes())
    draw(desk)
    more = import_fielded(study.root)
    assert (more.imported.report.rows_kept, more.total) == (3, 6)


def test_a_language_is_told_where_a_batch_used_it(desk: Desk, study: Study) -> None:
    for language in ("en", "en", "en", "zh-Hans"):
        fill(desk, "D1", codes(), language)
    for language in ("zh-Hans",) * 3:
        fill(desk, "D2", codes(), language)
    draw(desk)
    import_fielded(study.root)
    told = {(s.department, s.language) for s in stored(study)}
    # Three blanks less than four rows would say who the fourth was.
    assert told == {("D1", ""), ("D2", "zh-Hans")}


def test_paper_is_told_from_pages_where_a_batch_used_both(desk: Desk, study: Study) -> None:
    for department, sheets in (("D1", 3), ("D2", 2)):
        on_paper(desk, department, sheets)
        for _ in range(3):
            fill(desk, department, codes())
    draw(desk)
    import_fielded(study.root)
    told = Counter((s.department, s.metadata["mode"]) for s in stored(study))
    assert told == {("D1", "web"): 3, ("D1", "paper"): 3, ("D2", ""): 5}


def test_no_language_is_told_where_the_settings_say_so(study: Study) -> None:
    desk = wave(study, "2", Settings(smallest_batch=3, language=False))
    for _ in range(3):
        fill(desk, "D1", codes())
    draw(desk)
    desk.close()
    import_fielded(study.root)
    assert {s.language for s in stored(study)} == {""}


def test_people_who_agreed_are_named_by_their_codes(study: Study) -> None:
    desk = wave(study, "2", Settings(mode="identified"))
    fill(desk, "D1", codes(), "zh-Hans")
    draw(desk)
    desk.close()
    import_fielded(study.root, "2")
    (found,) = stored(study)
    assert (found.respondent, found.language) == ("P-D1", "zh-Hans")


def test_paper_is_said_to_be_paper(desk: Desk, study: Study) -> None:
    on_paper(desk, "D1", 3)
    draw(desk)
    done = import_fielded(study.root)
    assert done.imported.report.warnings == ("3 of them on paper",)
    (found, *_) = stored(study)
    assert (found.order, found.seconds) == ("0", None)


def test_training_never_mixes_with_real_answers(desk: Desk, study: Study) -> None:
    practice = wave(study, "practice", Settings(smallest_batch=3), simulated=True)
    for opened in (desk, practice):
        for _ in range(3):
            fill(opened, "D1", codes())
        draw(opened)
    practice.close()
    import_fielded(study.root, "practice")
    assert store.read(study.store).simulated
    with pytest.raises(ResponseError) as caught:
        import_fielded(study.root, "1")
    assert caught.value.code == "response.mixed-simulated"


def test_the_private_key_may_lie_elsewhere_and_must_be_the_waves_own(
    desk: Desk, study: Study, tmp_path: Path
) -> None:
    for _ in range(3):
        fill(desk, "D1", codes())
    draw(desk)
    kept = tmp_path / "stick" / "answers.key"
    kept.parent.mkdir()
    (desk.folder / "keys" / "answers.key").replace(kept)
    with pytest.raises(StoreError) as caught:
        import_fielded(study.root)
    assert caught.value.code == "field.no-key"
    other = wave(study, "2", Settings())
    other.close()
    with pytest.raises(StoreError) as caught:
        import_fielded(study.root, "1", key=other.folder / "keys" / "answers.key")
    assert caught.value.code == "field.other-key"
    assert import_fielded(study.root, "1", key=kept).total == 3


def test_a_store_named_as_a_file_is_recognised(desk: Desk, study: Study) -> None:
    with pytest.raises(ResponseError, match="survey import --fielded 1") as caught:
        import_(study.root, desk.folder / "answers.sqlite")
    assert caught.value.code == "response.own-store"
    with pytest.raises(ResponseError, match="the roster of wave 1"):
        import_(study.root, desk.folder / "roster.sqlite")


def test_which_wave_is_asked_where_it_is_not_clear(study: Study) -> None:
    with pytest.raises(InstrumentError, match="no wave in the field"):
        import_fielded(study.root)
    for code in ("1", "2"):
        wave(study, code, Settings()).close()
    with pytest.raises(InstrumentError, match="Name one of: 1, 2"):
        import_fielded(study.root)
    with pytest.raises(StoreError, match="Waves of this study: 1, 2"):
        import_fielded(study.root, "3")


def test_the_command(desk: Desk, study: Study) -> None:
    for _ in range(3):
        fill(desk, "D1", codes())
    draw(desk)
    told = CliRunner().invoke(
        app, ["import", "--fielded", "1", "--study", str(study.root), "--json"]
    )
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["respondents_in_store"] == 3
    again = CliRunner().invoke(app, ["import", "--fielded", "--study", str(study.root)])
    assert "Nothing new: nothing was added." in again.stdout
    assert CliRunner().invoke(app, ["import", "--study", str(study.root)]).exit_code == 2
