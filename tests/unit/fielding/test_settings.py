"""Settings of fielding: strict, with defaults, and frozen by a lock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cosyn.errors import InstrumentError, StoreError
from cosyn.fielding.settings import Settings, load_settings
from cosyn.lock import read_lock
from cosyn.study import create
from cosyn.workflow import check, versions

LANGUAGES = ("en", "zh-Hans")


def written(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "instrument"
    folder.mkdir()
    (folder / "fielding.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_default_study_says_what_the_defaults_are(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    assert load_settings(study.instrument, LANGUAGES) == Settings()
    (study.instrument / "fielding.yaml").unlink()
    assert load_settings(study.instrument, LANGUAGES) == Settings()


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("mode: open\n", "fielding.wrong-value", 1),
        ("mode: anonymous\nsmallest_batch: 2\n", "fielding.wrong-value", 2),
        ("keep: {minutes: seconds}\n", "fielding.wrong-value", 1),
        ("orders: 24\nkep: {}\n", "fielding.unknown-key", 2),
        ("contact:\n  en: Room 201\n", "fielding.contact", 2),
        ("contact:\n  en: A\n  zh-Hans: B\n  fr: C\n", "fielding.contact", 4),
        ("", "fielding.empty", None),
    ],
)
def test_faults_are_named_with_their_line(
    tmp_path: Path, text: str, code: str, line: int | None
) -> None:
    with pytest.raises(InstrumentError) as caught:
        load_settings(written(tmp_path, text), LANGUAGES)
    assert caught.value.code == code
    where = "instrument/fielding.yaml"
    assert caught.value.where == (where if line is None else f"{where}:{line}")


def test_check_names_faults_of_fielding(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    (study.instrument / "fielding.yaml").write_text("mode: secret\n", encoding="utf-8")
    faults = check(study.root).faults
    assert [fault.code for fault in faults] == ["fielding.wrong-value"]


def test_a_lock_freezes_how_it_is_handed_out(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    first = versions.lock(study.root)
    assert first.lock.fielding == Settings().digest
    path = study.instrument / "fielding.yaml"
    path.write_text("# a remark\nmode: anonymous\n", encoding="utf-8")
    assert not versions.lock(study.root).made
    path.write_text("mode: identified\n", encoding="utf-8")
    with pytest.raises(InstrumentError, match=r"locked with another fielding\.yaml"):
        versions.lock(study.root)


def test_a_lock_of_the_first_schema_still_holds(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    done = versions.lock(study.root)
    path = done.folder / "lock.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    with pytest.raises(StoreError, match="not what was written"):
        _first_schema(path, held, held["lock"])
    # The id that version 1 of the schema gave: over these five, in this spelling.
    felt = [held[name] for name in ("instrument", "version", "digest", "plan", "forms")]
    spelt = json.dumps(felt, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    import hashlib

    named = hashlib.sha256(spelt.encode()).hexdigest()
    _first_schema(path, held, named)
    again = versions.lock(study.root)
    assert not again.made
    assert again.lock.id == named
    assert again.lock.fielding == Settings().digest


def _first_schema(path: Path, held: dict[str, object], named: str) -> None:
    content = {name: value for name, value in held.items() if name != "fielding"}
    content |= {"schema": "cosyn.lock/1", "lock": named}
    path.write_text(json.dumps(content), encoding="utf-8")
    read_lock(path.parent)
