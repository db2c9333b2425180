"""The command line: what it prints, how it exits, and what it leaves on the disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cosyn.cli import main
from cosyn.study import bundled


class Ran(NamedTuple):
    """What a run of the command left."""

    code: int
    out: str
    err: str


class Survey:
    """Runs `survey` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: object) -> Ran:
        self.monkeypatch.setattr(sys, "argv", ["survey", *map(str, arguments)])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = self.capsys.readouterr()
        code = caught.value.code
        return Ran(code if isinstance(code, int) else 0, out, err)


@pytest.fixture
def survey(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Survey:
    return Survey(monkeypatch, capsys)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small study with simulated answers that has been through the whole job once, in a hurry."""
    root = tmp_path_factory.mktemp("finished") / "study"
    python = (sys.executable, "-m", "cosyn")
    for verb in (
        ("init", str(root)),
        ("simulate", "--departments", "40", "--study", str(root), "--quiet"),
        ("import", str(root / "data" / "simulated.csv"), "--study", str(root), "--quiet"),
    ):
        subprocess.run((*python, *verb), check=True, capture_output=True)
    subprocess.run((*python, "analyze", "--quick", "--study", str(root), "--quiet"), check=False)
    assert (root / "results" / "findings.json").is_file()
    return root


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Path:
    """Return a copy of the finished study that a test may spoil, in a path that is not plain."""
    return Path(shutil.copytree(finished, tmp_path / "研究 study"))


def results(study: Path) -> dict[str, bytes]:
    folder = study / "results"
    kept = (folder.iterdir(), (folder / "models").rglob("*"))
    return {p.name: p.read_bytes() for part in kept for p in part if p.is_file()}


def answers(study: Path) -> list[list[str]]:
    text = (study / "data" / "simulated.csv").read_text(encoding="utf-8-sig")
    return [line.split(",") for line in text.splitlines()]


def write(path: Path, rows: list[list[str]]) -> Path:
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    return path


def real(study: Path) -> list[list[str]]:
    """Return the answers without the mark of simulation, so that they count as someone's."""
    rows = answers(study)
    at = rows[0].index("simulated")
    return [row[:at] + row[at + 1 :] for row in rows]


def test_version_and_help(survey: Survey) -> None:
    assert survey("--version").out.startswith("survey (cosyn) ")
    text = survey("--help").out
    for verb in ("init", "check", "export", "simulate", "import", "analyze", "report", "demo"):
        assert verb in text


def test_help_imports_nothing_heavy() -> None:
    """Not a matter of seconds but of what they are spent on."""
    code = (
        "import sys; from cosyn.cli import main\n"
        "sys.argv = ['survey', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'semopy', 'pingouin', 'matplotlib', 'pydantic',"
        " 'yaml', 'jinja2', 'openpyxl', 'factor_analyzer'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("wanted", "kept"), [(None, "1"), ("4", "4")])
def test_linear_algebra_has_one_thread_unless_told(
    wanted: str | None, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, wanted or "")
        if wanted is None:
            monkeypatch.delenv(name)
    monkeypatch.setattr("sys.argv", ["survey", "--version"])
    with pytest.raises(SystemExit):
        main()
    assert os.environ["OPENBLAS_NUM_THREADS"] == kept


def test_completion_is_offered() -> None:
    environment = {**os.environ, "_SURVEY_COMPLETE": "complete_bash", "COMP_WORDS": "survey an", "COMP_CWORD": "1"}  # fmt: skip
    done = subprocess.run(
        [shutil.which("survey", path=str(Path(sys.executable).parent)) or "survey"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "analyze" in done.stdout


def test_a_wrong_command_exits_with_2(survey: Survey) -> None:
    ran = survey("analyse")
    assert ran.code == 2
    assert "analyze" in ran.err


def test_a_demonstration_is_not_made_in_somebodys_study(survey: Survey, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert survey("init", mine).code == 0
    before = sorted(mine.rglob("*"))
    ran = survey("demo", mine)
    assert (ran.code, "[study.exists]" in ran.err) == (3, True)
    assert sorted(mine.rglob("*")) == before


def test_check_prints_a_summary(survey: Survey) -> None:
    ran = survey("check", "--study", bundled())
    assert ran.code == 0
    assert "100 items" in ran.out
    assert "core-40 8 (en), 9 (zh-Hans)" in ran.out
    document = json.loads(survey("check", "--study", bundled(), "--json").out)
    assert document["schema"] == "cosyn.check/2"
    assert document["faults"] == document["remarks"] == []


def test_the_default_instrument_has_no_remark_that_it_does_not_accept(survey: Survey) -> None:
    ran = survey("check", "--study", bundled(), "--strict")
    assert ran.code == 0
    assert "For your judgement" not in ran.out


def test_check_groups_its_remarks_and_strict_exits_with_4(survey: Survey, study: Path) -> None:
    for name, old, new in (
        ("IP", "want {M} to achieve", "do not want {M} to achieve"),
        ("EN", "check how our", "never check how our"),
        ("EP", "    accept: [double-barrelled]  # either is a reward\n", ""),
    ):
        file = study / "instrument" / "items" / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
    version = study / "instrument" / "instrument.yaml"
    version.write_text(version.read_text("utf-8").replace("2.0.0", "2.0.1"), encoding="utf-8")
    ran = survey("check", "--study", study)
    lines = ran.out.splitlines()
    start = lines.index("For your judgement, 3 remarks:")
    assert ran.code == 0
    assert lines[start + 1].startswith("[remark.double-barrelled] Ask for one thing")
    assert lines[start + 2].startswith("  instrument/items/EP.yaml:")
    assert lines[start + 3].startswith("[remark.negated]")
    assert [line.split(":")[0] for line in lines[start + 4 : start + 6]] == [
        "  instrument/items/IP.yaml",
        "  instrument/items/EN.yaml",
    ]
    assert lines[-1] == "No faults."
    assert survey("check", "--study", study, "--strict").code == 4
    assert survey("check", "--study", study, "--strict", "--quiet").out == ""
    remarks = json.loads(survey("check", "--study", study, "--json").out)["remarks"]
    assert len(remarks) == 3
    assert remarks[0].keys() == {"code", "where", "what", "fix"}
    assert remarks[0]["what"] == 'item IPG1 says "not" (en)'


def test_check_prints_every_fault_and_exits_with_3(survey: Survey, study: Path) -> None:
    for name in ("IP", "EN"):
        file = study / "instrument" / "items" / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("fit7", "fit8", 1), encoding="utf-8")
    ran = survey("check", "--study", study)
    assert ran.code == 3
    assert ran.err.count("instrument.unknown-response-format") == 2
    assert "2 faults" in ran.out
    document = json.loads(survey("check", "--study", study, "--json").out)
    assert len(document["errors"]) == 2


def test_the_whole_job_leaves_results_in_both_languages(finished: Path) -> None:
    names = set(results(finished))
    models = {name for name in names if name.endswith(".lav")}
    assert names - models == {"findings.json", "run.json", "report.en.html", "report.zh-Hans.html"}
    assert {"additive.lav", "m6_cells_over_facets.lav", "cells_on_facets.lav"} <= models
    assert b"CS =~ CSW + CSR + CSI + CSX" in results(finished)["additive.lav"]
    record = json.loads((finished / "results" / "run.json").read_text(encoding="utf-8"))
    assert record["simulated"] is True
    assert set(record["digests"]) == {"data", "instrument", "plan"}
    assert record["versions"]["numpy"]
    assert record["seconds"] > 0


def test_the_same_data_give_the_same_findings(survey: Survey, study: Path) -> None:
    before = results(study)["findings.json"]
    survey("analyze", "--quick", "--no-cache", "--study", study, "--quiet")
    assert results(study)["findings.json"] == before


def test_a_report_can_be_made_again_alone(survey: Survey, study: Path) -> None:
    before = results(study)
    (study / "results" / "report.en.html").unlink()
    assert survey("report", "--lang", "en", "--study", study).code == 0
    assert results(study) == before


def test_a_report_of_another_wording_is_refused(survey: Survey, study: Path) -> None:
    file = study / "instrument" / "instrument.yaml"
    text = (
        file.read_text(encoding="utf-8").replace("Thank you.", "Thanks.").replace("2.0.0", "2.0.1")
    )
    file.write_text(text, encoding="utf-8")
    ran = survey("report", "--study", study)
    assert ran.code == 3
    assert "findings.other-instrument" in ran.err


def test_the_same_file_is_added_once(survey: Survey, study: Path) -> None:
    again = survey("import", study / "data" / "simulated.csv", "--study", study)
    assert again.code == 0
    assert "nothing was added" in again.out


def test_simulated_and_real_answers_do_not_mix(survey: Survey, study: Path) -> None:
    file = write(study / "real.csv", real(study))
    ran = survey("import", file, "--study", study)
    assert ran.code in {3, 6}
    assert "--replace" in ran.err
    assert survey("import", file, "--study", study, "--replace", "--quiet").code == 0
    survey("analyze", "--quick", "--study", study, "--quiet")
    assert json.loads((study / "results" / "run.json").read_bytes())["simulated"] is False


def test_quiet_says_nothing_and_json_says_one_document(survey: Survey, study: Path) -> None:
    assert survey("check", "--study", study, "--quiet").out == ""
    document = json.loads(
        survey("import", study / "data" / "simulated.csv", "--study", study, "--json").out
    )
    assert document["schema"] == "cosyn.import/2"
    assert document["added"] is False


# --- bad input: one clear error, a non-zero exit code, earlier outputs whole -------------------


def test_an_empty_study_folder(survey: Survey, tmp_path: Path) -> None:
    ran = survey("analyze", "--study", tmp_path)
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "survey init" in ran.err


def test_init_overwrites_nothing(survey: Survey, study: Path) -> None:
    ran = survey("init", study)
    assert ran.code == 3
    assert "study.exists" in ran.err


def test_another_population_is_drawn_by_its_name(survey: Survey, study: Path) -> None:
    file = study / "other.csv"
    drawn = ("simulate", "--study", study, "--out", file, "--departments", 5, "--population")
    ran = survey(*drawn, "independent")
    assert ran.code == 0
    assert "independent" in ran.out
    assert "independent" in file.read_text(encoding="utf-8-sig")
    ran = survey(*drawn, "nothing")
    assert (ran.code, ran.err.count("plan.unknown-population")) == (3, 1)
    assert "independent, one_factor" in ran.err
    spoilt = study / "analysis" / "populations" / "independent.yaml"
    spoilt.write_text(spoilt.read_text(encoding="utf-8") + "more: 1\n", encoding="utf-8")
    ran = survey("check", "--study", study)
    assert ran.code == 3
    assert "analysis/populations/independent.yaml" in ran.err


def test_an_analysis_without_responses(survey: Survey, tmp_path: Path) -> None:
    survey("init", tmp_path / "new")
    ran = survey("analyze", "--study", tmp_path / "new")
    assert (ran.code, ran.err.count("response.none")) == (3, 1)


def bad_files(study: Path) -> dict[str, Path]:
    rows = real(study)
    header, body = rows[0], rows[1:]
    first = header.index("IPG1")
    texts = [[*row[:first], *("quite so" for _ in row[first:])] for row in body]
    files = {
        "doubled header": write(study / "doubled.csv", [header, header, *body]),
        "one column twice": write(study / "twice.csv", [[*header[:-1], "IPG1"], *body]),
        "text for codes": write(study / "text.csv", [header, *texts]),
        "0 rows": write(study / "none.csv", [header]),
        "no item": write(study / "other.csv", [["a", "b"], ["1", "2"]]),
        "a PDF": study / "report.xlsx",
        "nothing": study / "empty.csv",
    }
    files["a PDF"].write_bytes(b"%PDF-1.7\n" + b"x" * 100)
    files["nothing"].write_bytes(b"")
    return files


@pytest.mark.parametrize(
    "kind",
    [
        "doubled header",
        "one column twice",
        "text for codes",
        "0 rows",
        "no item",
        "a PDF",
        "nothing",
    ],
)
def test_a_bad_file_changes_nothing(survey: Survey, study: Path, kind: str) -> None:
    before, store = results(study), (study / "data" / "responses.sqlite").read_bytes()
    ran = survey("import", bad_files(study)[kind], "--study", study, "--replace")
    assert ran.code == 3, ran
    assert ran.err.strip()
    assert "Traceback" not in ran.err
    assert ran.err.rstrip().endswith("]")
    assert results(study) == before
    assert (study / "data" / "responses.sqlite").read_bytes() == store


def test_a_file_that_is_not_there(survey: Survey, study: Path) -> None:
    assert survey("import", study / "nowhere.csv", "--study", study).code in {3, 6}


def test_a_file_of_200_mb_is_refused_with_the_way_round(survey: Survey, study: Path) -> None:
    big = study / "big.csv"
    with big.open("wb") as stream:
        stream.truncate(200_000_000)
    ran = survey("import", big, "--study", study)
    assert ran.code == 3
    assert "--max-mb" in ran.err


def few(study: Path, kind: str) -> Path:
    rows = real(study)
    header, body = rows[0], rows[1:]
    first = header.index("IPG1")
    if kind == "one row":
        return write(study / "few.csv", [header, body[0]])
    if kind == "all equal":
        last = header.index("MK3") + 1
        alike = ["4"] * (last - first)
        return write(study / "few.csv", [header, *([*r[:first], *alike, *r[last:]] for r in body)])
    department = header.index("department")
    return write(
        study / "few.csv", [header, *([*r[:department], "D1", *r[department + 1 :]] for r in body)]
    )


@pytest.mark.parametrize(("kind", "code"), [("one row", 4), ("all equal", 4)])
def test_too_little_to_analyse_is_a_finding_with_a_reason(
    survey: Survey, study: Path, kind: str, code: int
) -> None:
    assert survey("import", few(study, kind), "--study", study, "--replace", "--quiet").code == 0
    ran = survey("analyze", "--quick", "--study", study)
    assert ran.code == code, ran
    assert "Traceback" not in ran.err
    findings = json.loads((study / "results" / "findings.json").read_bytes())["findings"]
    statuses = [f for f in findings if f["statistic"] == "status"]
    assert statuses
    assert all(f["label"] != "ok" and f["reason"] for f in statuses)
    decisions = {f["label"] for f in findings if f["statistic"] == "decision"}
    assert decisions == {"not_tested"}


def test_one_department_is_analysed_and_said(survey: Survey, study: Path) -> None:
    survey("import", few(study, "one department"), "--study", study, "--replace", "--quiet")
    assert survey("analyze", "--quick", "--study", study, "--strict", "--quiet").code == 4
    findings = json.loads((study / "results" / "findings.json").read_bytes())["findings"]
    iccs = [f for f in findings if f["statistic"] == "icc1"]
    assert iccs
    assert all("value" not in f and f["reason"] for f in iccs)


def test_half_written_yaml(survey: Survey, study: Path) -> None:
    before = results(study)
    plan = study / "analysis" / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8")[:-400], encoding="utf-8")
    ran = survey("analyze", "--study", study)
    assert ran.code == 3
    assert "analysis/plan.yaml:" in ran.err
    assert results(study) == before


@pytest.mark.parametrize("reason", [errno.EACCES, errno.ENOSPC, errno.EROFS])
def test_a_machine_that_refuses_leaves_the_results_whole(
    survey: Survey, study: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    before = results(study)

    def refuse(handle: int) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(os, "fsync", refuse)
    ran = survey("analyze", "--quick", "--study", study)
    assert ran.code == 6
    assert os.strerror(reason) in ran.err
    assert results(study) == before
