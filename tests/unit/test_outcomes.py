"""Steps side by side and from the cache: the same findings, and only what has to be is run."""

from __future__ import annotations

import json
import os
import pickle
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cosyn import crew, outcomes, run, steps, stored, workflow
from cosyn.analysis import ANALYSES, Context
from cosyn.coded import Coded
from cosyn.derivation import with_models
from cosyn.errors import Faults, PlanError, StoreError
from cosyn.findings import findings_json
from cosyn.instrument.load import load_instrument
from cosyn.plan import load_plan, quick
from cosyn.study import create, locate
from cosyn.terminal import silent
from cosyn.workflow import _analyze
from cosyn.workflow.importing import import_

STEPS = ("sample", "reliability", "items", "structure", "coupling", "hypotheses")


@pytest.fixture(scope="module")
def fielded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with answers of thirty departments and a plan of some steps."""
    root = tmp_path_factory.mktemp("outcomes") / "study"
    create(root)
    plan = root / "analysis" / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    text = re.sub(r"(?s)steps: \[.*?\]", f"steps: [{', '.join(STEPS)}]", text, count=1)
    plan.write_text(text, encoding="utf-8")
    drawn = workflow.simulate(root, departments=30)
    import_(root, drawn.file)
    return root


@pytest.fixture
def study(fielded: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    root = tmp_path / "study"
    for path in fielded.rglob("*"):
        if path.is_file() and "results" not in path.parts:
            copy = root / path.relative_to(fielded)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return root


def analyzed(study: Path, *, jobs: int = 1, cache: bool = True) -> tuple[bytes, tuple[str, ...]]:
    """The findings file of a run, and the steps it took from the cache."""
    place = locate(study)
    instrument = load_instrument(place.instrument)
    loaded = with_models(load_plan(place.analysis), instrument)
    loaded = replace(loaded, plan=quick(loaded.plan))
    responses = stored.responses_of(place.store, instrument, loaded)
    context = run.context_of(instrument, loaded, responses, silent)
    folder = place.results / ".cache" if cache else None
    with crew.crew(jobs, context) as hands:
        ran = steps.run_steps(context, hands, folder, run.versions(), silent)
    found = run.findings_of_steps(instrument, loaded, responses, ran.outcomes)
    return findings_json(found), ran.known


def changed(study: Path, old: str, new: str) -> None:
    plan = study / "analysis" / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    assert old in text
    plan.write_text(text.replace(old, new, 1), encoding="utf-8")


def entries(study: Path) -> list[Path]:
    return sorted((study / "results" / ".cache").glob("*.json"))


def test_a_run_from_the_cache_writes_the_same_bytes(study: Path) -> None:
    afresh, none = analyzed(study, cache=False)
    assert none == ()
    assert not entries(study)
    first, none = analyzed(study)
    assert none == ()
    again, known = analyzed(study)
    assert sorted(known) == sorted(STEPS)
    assert afresh == first == again


def test_the_command_says_what_it_took_from_the_cache(study: Path) -> None:
    changed(study, f"steps: [{', '.join(STEPS)}]", "steps: [sample, reliability]")
    written = []
    for cache, jobs in ((True, 2), (True, 1), (False, 1)):
        done = workflow.analyze(study, languages=["en"], hurried=True, jobs=jobs, cache=cache)
        record = json.loads((study / "results" / "run.json").read_bytes())
        assert record["from_cache"] == list(done.from_cache)
        results = study / "results"
        files = ("findings.json", "report.en.html")
        written.append((done.from_cache, [(results / name).read_bytes() for name in files]))
    assert [known for known, _ in written] == [(), ("sample", "reliability"), ()]
    assert written[0][1] == written[1][1] == written[2][1]


def test_any_number_of_processes_finds_the_same(study: Path) -> None:
    assert analyzed(study, jobs=1, cache=False)[0] == analyzed(study, jobs=3, cache=False)[0]


def test_only_what_depends_on_a_change_is_run_again(study: Path) -> None:
    analyzed(study)
    changed(study, "favourable: [IP, EP]", "favourable: [EP, IP]")
    _, known = analyzed(study)
    # Hypotheses may read everything before them.
    assert set(STEPS) - set(known) == {"coupling", "hypotheses"}
    changed(study, "smallest_effect: 0.10", "smallest_effect: 0.12")
    assert set(STEPS) - set(analyzed(study)[1]) == {"hypotheses"}
    model = study / "analysis" / "models" / "structure" / "additive.lav"
    model.write_text(model.read_text(encoding="utf-8") + "\nextra := b1 + b2\n", encoding="utf-8")
    assert set(STEPS) - set(analyzed(study)[1]) == {"structure", "hypotheses"}
    changed(study, "confidence: 0.95", "confidence: 0.90")
    assert analyzed(study)[1] == ()


def test_other_answers_are_other_findings(study: Path) -> None:
    analyzed(study)
    drawn = workflow.simulate(study, departments=29)
    import_(study, drawn.file, replace=True)
    assert analyzed(study)[1] == ()


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"{",
        b"[]",
        b'{"key": "x"}',
        b"\xff\xfe",
        b"[" * 100_000,
        pickle.dumps({"content": 1}),
    ],
)
def test_a_damaged_entry_is_written_again(study: Path, spoilt: bytes) -> None:
    whole, _ = analyzed(study)
    path = entries(study)[0]
    sound = path.read_bytes()
    path.write_bytes(spoilt)
    again, known = analyzed(study)
    assert len(known) == len(STEPS) - 1
    assert again == whole
    assert path.read_bytes() == sound


def test_an_entry_whose_content_was_changed_counts_as_none(study: Path) -> None:
    analyzed(study)
    path = entries(study)[0]
    entry = json.loads(path.read_bytes())
    entry["content"] = entry["content"].replace('"value": 0', '"value": 1')
    entry["content"] += " "
    path.write_text(json.dumps(entry), encoding="utf-8")
    assert outcomes.kept(path.parent, path.stem) is None


def test_an_entry_under_another_name_counts_as_none(study: Path) -> None:
    analyzed(study)
    first, second = entries(study)[:2]
    second.write_bytes(first.read_bytes())
    assert outcomes.kept(second.parent, second.stem) is None


def test_old_and_superfluous_entries_go_and_nothing_else_does(tmp_path: Path) -> None:
    for number in range(4):
        path = tmp_path / f"{number:064x}.json"
        path.write_bytes(b"x" * 100)
        os.utime(path, (1_000_000 * number, 2e9 - number))
    (tmp_path / "notes.json").write_text("mine", encoding="utf-8")
    outcomes.forget(tmp_path, most=250, days=1e6)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [f"{0:064x}.json", f"{1:064x}.json", "notes.json"]
    os.utime(tmp_path / left[0], (0, 0))
    outcomes.forget(tmp_path, days=1.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == left[1:]


def test_a_folder_that_cannot_be_written_to_costs_nothing_but_time(study: Path) -> None:
    (study / "results").mkdir()
    (study / "results" / ".cache").write_text("a file", encoding="utf-8")
    assert analyzed(study)[1] == ()
    assert analyzed(study)[1] == ()


@pytest.fixture(scope="module")
def context(fielded: Path) -> Context:
    """The whole plan, in a hurry, of the same answers."""
    create(fielded.parent / "whole")
    place = locate(fielded)
    instrument = load_instrument(place.instrument)
    loaded = with_models(load_plan(fielded.parent / "whole" / "analysis"), instrument)
    few = replace(loaded, plan=quick(loaded.plan))
    responses = stored.responses_of(place.store, instrument, few)
    return run.context_of(instrument, few, responses, silent)


@pytest.mark.parametrize("name", ANALYSES.names())
def test_a_step_reads_no_more_of_the_plan_than_it_says(context: Context, name: str) -> None:
    # Whoever adds a section to what a step reads must say so, or the cache would give old answers.
    analysis = ANALYSES[name]
    if analysis.reads is None or name == "robustness":
        return
    whole = analysis.run(replace(context, earlier=()))
    shown = analysis.run(steps.seen(context, analysis, ()))
    assert shown == whole
    assert shown.findings


def failing(_: object, kind: str) -> None:
    if kind == "fault":
        raise PlanError("plan.test", "here", "it is wrong", "Mend it")
    if kind == "faults":
        each = PlanError("plan.test", "here", "it is wrong", "Mend it")
        raise Faults((each, StoreError("store.test", "there", "it is full", "Empty it")))
    os._exit(3)


@pytest.mark.parametrize("kind", ["fault", "faults"])
def test_a_fault_comes_from_another_process_as_it_is(kind: str) -> None:
    with crew.crew(2, None) as hands:
        future = hands.submit(failing, kind)
        with pytest.raises(PlanError if kind == "fault" else Faults) as caught:
            future.result()
    assert caught.value.code == "plan.test"
    assert caught.value.fix == "Mend it"


def test_a_process_that_ends_suddenly_is_told() -> None:
    with pytest.raises(StoreError) as caught, crew.crew(2, None) as hands:
        hands.submit(failing, "end").result()
    assert caught.value.code == "crew.lost"


def test_very_many_answers_are_held_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_analyze, "cores", lambda: 4)
    assert _analyze._processes(None, _analyze.MANY) == 4
    assert _analyze._processes(None, _analyze.MANY + 1) == 1
    assert _analyze._processes(3, _analyze.MANY + 1) == 3


def test_a_changed_answer_changes_the_digest_of_coded_answers(study: Path) -> None:
    place = locate(study)
    plan = load_plan(place.analysis)
    table = stored.responses_of(place.store, load_instrument(place.instrument), plan).table
    assert isinstance(table.matrix, Coded)
    same = replace(table, matrix=table.matrix[np.arange(table.n)])
    assert steps.table_digest(same) == steps.table_digest(table)
    other = replace(table, matrix=table.matrix.turned(1, 8))
    assert steps.table_digest(other) != steps.table_digest(table)
