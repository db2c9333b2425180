"""`survey release` under other settings than the usual ones, each file held against pandas."""

from __future__ import annotations

import json
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest
import yaml

from cosyn.cli import main
from cosyn.study import bundled

KEYS = ["wave", "language", "form", "BGRANK", "BGTENURE"]
PLAIN = [{"variable": name} for name in KEYS]
LOOSE = {"cells": 1.0, "records": 0.5}
RECORD = ["RCSTATE", "RCLEADERS", "RCMEETINGS", "RCREQUESTS", "RCONTIME"]


def run(*arguments: object) -> int:
    before, sys.argv = sys.argv, ["survey", *map(str, arguments)]
    try:
        main()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    finally:
        sys.argv = before
    return 0


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    root = tmp_path_factory.mktemp("drawn")
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, root / part)
    assert run("simulate", "--departments", 12, "-q", "--study", root) == 0
    drawn = pd.read_csv(root / "data" / "simulated.csv", dtype=str, encoding="utf-8-sig")
    drawn["RCMONTHS"] = [str(7 * i % 100) for i in range(len(drawn))]
    return drawn


def released(
    source: pd.DataFrame, root: Path, **settings: object
) -> tuple[int, pd.DataFrame, dict[str, Any]]:
    """Exit code, records and disclosure report of a study with these answers and settings."""
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, root / part)
    file = root / "analysis" / "release.yaml"
    content = yaml.safe_load(file.read_text("utf-8")) | settings
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    source.to_csv(root / "answers.csv", index=False)
    assert run("import", root / "answers.csv", "-q", "--study", root) == 0
    code = run("release", "-q", "--study", root)
    out = root / "results" / "release"
    if code:
        assert not out.exists()
        return code, pd.DataFrame(), {}
    records = pd.read_csv(out / "records.csv", dtype=str, keep_default_na=False)
    report = frictionless.Package(str(out / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])
    return code, records, json.loads((out / "disclosure.json").read_text("utf-8"))


def smallest(records: pd.DataFrame, keys: list[str]) -> int:
    return int(records.groupby(keys).size().min())


def test_departments_by_name_are_shared_by_k(source: pd.DataFrame, tmp_path: Path) -> None:
    code, records, _ = released(
        source,
        tmp_path,
        department={"publish": "name"},
        quasi_identifiers=PLAIN[:3],
        left_out=[*RECORD, "RCMONTHS", "BGRANK", "BGTENURE"],
        limits=LOOSE,
    )
    assert code == 0
    assert smallest(records, ["department", *KEYS[:3]]) >= 5
    assert set(records["department"]) - {"suppressed"} <= set(source["department"])
    assert records["department"].nunique() > 5


def test_departments_by_group_do_not_tell_their_name(source: pd.DataFrame, tmp_path: Path) -> None:
    names = sorted(set(source["department"]))
    groups = {"south": names[:5], "north": names[5:10]}
    code, records, _ = released(
        source, tmp_path, department={"publish": "group", "groups": groups}, limits=LOOSE
    )
    assert code == 0
    assert smallest(records, ["department", *KEYS]) >= 5
    assert {"south", "north"} <= set(records["department"])
    assert not set(records["department"]) & set(names)


def test_numbers_are_published_in_bands(source: pd.DataFrame, tmp_path: Path) -> None:
    cuts = [20, 50, 80]
    code, records, _ = released(
        source,
        tmp_path,
        quasi_identifiers=[*PLAIN[:3], {"variable": "RCMONTHS", "cuts": cuts}],
        left_out=[*RECORD, "BGRANK", "BGTENURE"],
        tables=[["RCMONTHS", "wave"]],
        limits=LOOSE,
    )
    assert code == 0
    bands = pd.cut(source["RCMONTHS"].astype(int), [-1, *(c - 1 for c in cuts), 1e9], labels=False)
    given = (bands + 1).astype(str).value_counts().to_dict()
    shown = records["RCMONTHS"].value_counts().to_dict()
    assert set(shown) <= {*given, "suppressed"}
    assert all(shown.get(band, 0) <= given[band] for band in given)
    assert sum(shown.get(band, 0) for band in given) > 0.9 * len(records)
    schema = json.loads((tmp_path / "results/release/datapackage.json").read_text("utf-8"))
    fields = {f["name"]: f for r in schema["resources"][:1] for f in r["schema"]["fields"]}
    told = json.dumps(fields["RCMONTHS"], ensure_ascii=False)
    assert all(str(low) in told and str(high) in told for low, high in pairwise(cuts))


def test_what_is_left_out_is_in_no_file(source: pd.DataFrame, tmp_path: Path) -> None:
    left_out = [*RECORD, "RCMONTHS", "BGRANK", "BGTENURE", "CSW1"]
    code, records, told = released(
        source, tmp_path, quasi_identifiers=PLAIN[:3], left_out=left_out, limits=LOOSE
    )
    assert code == 0
    assert not set(left_out) & set(records.columns)
    assert "CSW1" in told["summary"]["dropped_items"]


def test_a_sensitive_answer_is_not_certain(source: pd.DataFrame, tmp_path: Path) -> None:
    alike = source.copy()
    first = (alike["BGRANK"] == "1") & (alike["BGTENURE"] == "1")
    alike.loc[first, "CSW1"] = "7"
    code, records, told = released(alike, tmp_path, sensitive=["CSW1"], l=2, limits=LOOSE)
    assert code == 0
    answered = records[records["CSW1"].str.fullmatch("[0-9]")]
    assert answered.groupby(KEYS)["CSW1"].nunique().min() >= 2
    cost = told["summary"]["sensitive"][0]
    assert cost["name"] == "CSW1"
    assert cost["suppressed"] == int((records["CSW1"] == "suppressed").sum())


def test_the_same_person_twice_is_no_crowd(source: pd.DataFrame, tmp_path: Path) -> None:
    again = source.assign(respondent=[f"P{i}" for i in range(len(source))], wave="1")
    both = pd.concat([again, again.assign(wave="2")], ignore_index=True)
    few: dict[str, Any] = {"quasi_identifiers": PLAIN[1:], "tables": [], "limits": LOOSE}
    code, records, told = released(both, tmp_path, **few)
    assert code == 0
    assert 0 < told["summary"]["repeated"] <= len(records)
    # The file does not tell who is who, and both answers of a person are the same here.
    items = [column for column in records if column not in {"id", *KEYS, "simulated"}]
    people = records.groupby(KEYS[1:])[items].apply(lambda part: len(part.drop_duplicates()))
    assert people.min() >= 5
