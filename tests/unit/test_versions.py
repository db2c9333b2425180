"""Locks, comparisons of versions, and answers to several of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cosyn.errors import InstrumentError, PlanError, ResponseError, StoreError
from cosyn.instrument.load import ledger, load_instrument, record_version
from cosyn.instrument.types import Missing
from cosyn.lock import lock_of, locks
from cosyn.responses import Cell, Submission, submissions_of
from cosyn.study import Study, create
from cosyn.versions import carried, load_equivalences, with_known_orders
from cosyn.workflow import versions


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "研究 study")


def edit(file: Path, old: str, new: str, count: int = 1) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, count), encoding="utf-8")


def raised(study: Study) -> None:
    """Change one wording and raise the version."""
    edit(study.instrument / "instrument.yaml", "version: 2.0.0", "version: 2.1.0")
    edit(study.instrument / "items" / "IP.yaml", "achieve the same result", "reach the same end")


def test_a_lock_is_made_once_and_named_by_its_hash(study: Study) -> None:
    first = versions.lock(study.root)
    again = versions.lock(study.root)
    assert first.made
    assert not again.made
    assert first.lock == again.lock
    assert len(first.lock.id) == 64
    found = lock_of(study, load_instrument(study.instrument))
    assert found is not None
    assert found.id == first.lock.id
    assert (first.folder / "instrument" / "items" / "IP.yaml").is_file()
    assert (first.folder / "analysis" / "plan.yaml").is_file()


def test_what_python_writes_beside_scripts_is_no_part_of_a_study(study: Study) -> None:
    compiled = study.analysis / "__pycache__" / "01_sample.cpython-311.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"made by an interpreter")
    made = versions.lock(study.root)
    assert "analysis/01_sample.py" in made.lock.files
    assert not [name for name in made.lock.files if "__pycache__" in name]


def test_comments_do_not_change_a_lock_but_the_plan_does(study: Study) -> None:
    first = versions.lock(study.root)
    with (study.instrument / "constructs.yaml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    assert versions.lock(study.root).lock.id == first.lock.id
    edit(study.analysis / "plan.yaml", "seed: 20251123", "seed: 1")
    with pytest.raises(InstrumentError, match="another plan") as caught:
        versions.lock(study.root)
    assert caught.value.code == "lock.taken"


def test_a_new_version_is_locked_beside_the_old_one(study: Study) -> None:
    versions.lock(study.root)
    raised(study)
    versions.lock(study.root)
    assert [found.version for found in locks(study)] == ["2.0.0", "2.1.0"]
    assert set(ledger(study.instrument)) >= {"2.0.0", "2.1.0"}


@pytest.mark.parametrize("how", ["changed", "missing", "lock edited", "lock cut"])
def test_a_damaged_lock_is_refused(study: Study, how: str) -> None:
    folder = versions.lock(study.root).folder
    file = folder / "instrument" / "items" / "CS.yaml"
    if how == "changed":
        file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    elif how == "missing":
        file.unlink()
    elif how == "lock edited":
        edit(folder / "lock.json", '"version": "2.0.0"', '"version": "9.0.0"')
    else:
        text = (folder / "lock.json").read_text(encoding="utf-8")
        (folder / "lock.json").write_text(text[: len(text) // 2], encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        locks(study)
    assert caught.value.code == "lock.damaged"


def test_diff_names_the_text_in_its_language_and_the_items_that_stayed(study: Study) -> None:
    versions.lock(study.root)
    raised(study)
    edit(study.instrument / "items" / "IN.yaml", "dont_know: true", "dont_know: false")
    found = versions.diff(study.root, "2.0.0")
    assert {(c.subject, c.what) for c in found.changes} == {
        ("text items.IPG1.text", "en"),
        ("item INM1", "don't know offered"),
    }
    text = next(c for c in found.changes if c.what == "en")
    assert "achieve the same result" in text.old
    assert "reach the same end" in text.new
    assert set(found.unchanged) == {item.id for item in load_instrument(study.instrument).items} - {
        "IPG1",
        "INM1",
    }


def test_a_changed_option_touches_every_item_that_uses_it(study: Study) -> None:
    versions.lock(study.root)
    edit(study.instrument / "instrument.yaml", "version: 2.0.0", "version: 2.1.0")
    edit(study.instrument / "response_formats.yaml", "大大降低意愿", "明显降低意愿")
    found = versions.diff(study.root, "2.0.0")
    assert [(c.subject, c.what) for c in found.changes] == [
        ("text response_formats.push7.options.1.label", "zh-Hans")
    ]
    assert not any(item.startswith("DP") for item in found.unchanged)
    assert len(found.unchanged) == 94


def test_diff_of_what_is_not_there_says_what_is(study: Study) -> None:
    versions.lock(study.root)
    with pytest.raises(InstrumentError, match=r"2\.0\.0") as caught:
        versions.diff(study.root, "1.2.3")
    assert caught.value.code == "lock.unknown"


def submission(digest: str, **answers: float) -> Submission:
    cells = {k: Cell(str(v), v, Missing.ANSWERED) for k, v in answers.items()}
    return Submission(digest[:6] + str(answers), "", "D1", "", "en", "", digest, 2, cells)


def test_answers_to_another_version_need_a_mapping(study: Study) -> None:
    old = load_instrument(study.instrument)
    raised(study)
    new = load_instrument(study.instrument)
    record_version(study.instrument, new)
    both = (submission(old.digest, IPG1=1, IPG2=2), submission(new.digest, IPG1=3))
    known = ledger(study.instrument)
    with pytest.raises(ResponseError, match=r"1 of 2\.0\.0") as caught:
        carried(submissions_of(both), new, known, ())
    assert caught.value.code == "response.other-version"
    (study.analysis / "versions.yaml").write_text(
        "versions:\n  - version: 2.0.0\n    because: one word differs\n    same: [IPG2]\n"
        "    renamed: {IPG1: IPG3}\n",
        encoding="utf-8",
    )
    found = carried(submissions_of(both), new, known, load_equivalences(study.analysis, new))
    assert [set(s.answers) for s in found] == [{"IPG2", "IPG3"}, {"IPG1"}]


def test_orders_of_another_version_are_not_known(study: Study) -> None:
    instrument = load_instrument(study.instrument)
    own, other = submission(instrument.digest, IPG1=3), submission("0" * 64, IPG1=4)
    known = [replace(own, order="3"), replace(other, order="3")]
    found = with_known_orders(submissions_of(known), instrument)
    assert list(found.particulars["order"]) == ["3", ""]
    assert with_known_orders(submissions_of(known[:1]), instrument)[0].order == "3"


def test_an_unrecorded_version_is_told_by_its_digest(study: Study) -> None:
    instrument = load_instrument(study.instrument)
    with pytest.raises(ResponseError, match="unrecorded version \\(abababababab"):
        carried(
            submissions_of([submission("ab" * 32, IPG1=1)]),
            instrument,
            ledger(study.instrument),
            (),
        )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("versions:\n  - version: 1.0.0\n    because: x\n    same: [IPG9]\n", "plan.unknown-item"),
        ("versions:\n  - version: 1.0.0\n    because: x\n", "plan.wrong-value"),
        ("versions:\n  - version: 1.0.0\n    same: all\n", "plan.missing-key"),
        ("versions:\n  - version: one\n    same: all\n    because: x\n", "plan.wrong-value"),
    ],
)
def test_a_spoilt_mapping_of_versions_is_named_with_its_line(
    study: Study, text: str, code: str
) -> None:
    (study.analysis / "versions.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PlanError, match=r"analysis/versions\.yaml:\d") as caught:
        load_equivalences(study.analysis, load_instrument(study.instrument))
    assert caught.value.code == code


def test_verify_finds_what_a_platform_changed(study: Study) -> None:
    from cosyn import workflow

    (file,) = workflow.export(study.root, ["xlsform"], ["en"], out=study.root / "out").files
    assert versions.verify(study.root, file).differences == ()
    edit(study.instrument / "items" / "IP.yaml", "achieve the same result", "reach the same end")
    edit(study.instrument / "instrument.yaml", "version: 2.0.0", "version: 2.1.0")
    (difference,) = versions.verify(study.root, file).differences
    assert difference.place == "IPG1, en"
    assert "achieve" in difference.held
    (study.root / "broken.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InstrumentError) as caught:
        versions.verify(study.root, study.root / "broken.xlsx", kind="xlsform")
    assert caught.value.code == "verify.unreadable"
    with pytest.raises(InstrumentError) as caught:
        versions.verify(study.root, study.root / "instrument" / "constructs.yaml")
    assert caught.value.code == "verify.which-format"


def test_verify_knows_a_format_by_the_longest_ending_of_its_files(study: Study) -> None:
    from cosyn import workflow

    targets = ["limesurvey", "qsf", "qualtrics", "surveyjs"]
    files = workflow.export(study.root, targets, ["zh-Hans"], out=study.root / "out").files
    found = {versions.verify(study.root, f).kind: f for f in files if f.suffix != ".yaml"}
    assert sorted(found) == targets
    assert all(versions.verify(study.root, file).differences == () for file in found.values())


def test_the_lock_file_says_what_it_froze(study: Study) -> None:
    done = versions.lock(study.root)
    found = json.loads((done.folder / "lock.json").read_text(encoding="utf-8"))
    assert found["schema"] == "cosyn.lock/2"
    assert set(found["forms"]) == {"core-40", "core-40-five", "long", "retest", "coordinator"}
    assert len(set(found["forms"].values())) == 5
