"""The built wheel, installed outside the tree: what a user without the repository gets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=variables | {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of programs of an environment with the wheel and, from here, what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir")
    run(*build, folder, ROOT, cwd=folder)
    [wheel] = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    python = environment / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", wheel, cwd=folder)
    # As a line of a .pth file the folder is searched, but its own .pth files, which point to the
    # repository, are not read.
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    here = sysconfig.get_path("purelib")
    (Path(own.strip()) / "dependencies.pth").write_text(f"{here}\n", encoding="utf-8")
    return environment / "bin"


@pytest.mark.slow
def test_wheel_runs_the_main_job_outside_the_tree(installed: Path, tmp_path: Path) -> None:
    where = "import cosyn.study; print(cosyn.__file__, cosyn.study.bundled(), sep='\\n')"
    package, bundled = run(installed / "python", "-c", where, cwd=tmp_path).splitlines()
    assert Path(package).is_relative_to(installed.parent)
    assert Path(bundled) == Path(package).parent / "_study"
    run(installed / "survey", "demo", "--quiet", cwd=tmp_path)
    results = tmp_path / "demo" / "results"
    for name in ("report.en.html", "report.zh-Hans.html", "findings.json"):
        assert (results / name).stat().st_size > 100_000
    provenance = json.loads((results / "run.json").read_text(encoding="utf-8"))
    assert provenance["versions"]["cosyn"]
    findings = (results / "findings.json").read_bytes()
    run(installed / "survey", "demo", "--quiet", cwd=tmp_path)
    assert (results / "findings.json").read_bytes() == findings


def test_wheel_carries_the_same_study_as_the_repository(installed: Path, tmp_path: Path) -> None:
    run(installed / "survey", "init", "study", cwd=tmp_path)
    for part in ("instrument", "analysis"):
        mine, theirs = ({
            path.relative_to(root / part): path.read_bytes()
            for path in (root / part).rglob("*") if path.is_file()
        } for root in (ROOT, tmp_path / "study"))  # fmt: skip
        assert mine == theirs
        assert mine
    assert "0" in run(installed / "survey", "check", "--study", "study", cwd=tmp_path)
