"""The launcher, run as a user runs it, in a tree with a pip of ours that needs no network."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).resolve().parents[2] / "start.py"

# Notes each call and installs a `survey` and a `pytest` that tell how they were called.
PIP = """
import json, os, sys
from pathlib import Path

here = Path(__file__).parent
if sys.argv[1:] == ["--version"]:
    print((here / "version").read_text())
    sys.exit()
python = Path(sys.argv[sys.argv.index("--python") + 1])
kept = {key: os.environ.get(key) for key in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")}
with (here / "calls").open("a") as calls:
    calls.write(json.dumps({"arguments": sys.argv[1:], "settings": kept}) + "\\n")
if (here / "broken").exists():
    print("ERROR: no such package")
    sys.exit(1)
survey = python.parent / "survey"
survey.write_text("#!/bin/sh\\nprintf '%s\\\\n' survey \\"$@\\"\\nexit 4\\n")
survey.chmod(0o755)
library = next((python.parent.parent / "lib").iterdir()) / "site-packages"
(library / "pytest.py").write_text("import sys; print(sys.argv[1:]); sys.exit(5)")
"""


@dataclass(frozen=True, slots=True)
class Tree:
    """A copy of the repository as far as the launcher sees it."""

    root: Path
    pip: Path

    @property
    def environment(self) -> Path:
        return self.root / ".venv"

    def start(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("COSYN_", "PIP_"))}
        return subprocess.run(
            [sys.executable, str(self.root / "start.py"), *arguments],
            cwd=self.root,
            env=clean | {"PYTHONPATH": str(self.pip.parent)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[dict[str, object]]:
        noted = self.pip / "calls"
        return (
            [json.loads(line) for line in noted.read_text().splitlines()] if noted.exists() else []
        )


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root, pip = tmp_path / "合作 study", tmp_path / "library" / "pip"
    root.mkdir()
    pip.mkdir(parents=True)
    shutil.copy(LAUNCHER, root)
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "requirements.lock").write_text("numpy==2.0\n")
    (pip / "__init__.py").touch()
    (pip / "__main__.py").write_text(PIP)
    (pip / "version").write_text("pip 99.1 from here (python 3)")
    return Tree(root, pip)


def test_sets_up_once_then_finds_everything_ready(tree: Tree) -> None:
    first, second = tree.start("setup"), tree.start("setup")
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(tree.calls()) == 1
    assert "Installing" in first.stderr
    assert second.stderr == "The command is .venv/bin/survey\n"


def test_the_lock_binds_the_installation_and_its_builds(tree: Tree) -> None:
    tree.start("setup")
    [call] = tree.calls()
    lock = (tree.root / "requirements.lock").as_uri()
    assert " " not in lock
    assert call["settings"] == {"PIP_CONSTRAINT": lock, "PIP_BUILD_CONSTRAINT": lock}


def test_demo_passes_arguments_output_and_exit_code_on(tree: Tree) -> None:
    done = tree.start("demo", "my folder", "--json")
    assert done.returncode == 4
    assert done.stdout.splitlines() == ["survey", "demo", "my folder", "--json"]
    assert done.stderr.endswith("The command is .venv/bin/survey; try: .venv/bin/survey --help\n")


def test_test_installs_the_extra_and_runs_pytest_on_some_processes(tree: Tree) -> None:
    done = tree.start("test", "-k", "x")
    arguments = tree.calls()[0]["arguments"]
    assert isinstance(arguments, list)
    assert arguments[-2:] == ["--editable", ".[dev]"]
    assert done.returncode == 5
    assert done.stdout.startswith("['-n', '")
    assert done.stdout.endswith("'-k', 'x']\n")


def test_a_development_environment_serves_the_demonstration_but_not_the_reverse(tree: Tree) -> None:
    for verb in (["demo"], ["test"], ["demo"], ["test"]):
        tree.start(*verb)
    assert len(tree.calls()) == 2


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_a_changed_requirement_is_installed_into_the_same_environment(
    tree: Tree, name: str
) -> None:
    tree.start("setup")
    kept = tree.environment / "kept"
    kept.touch()
    (tree.root / name).write_text("changed\n")
    assert tree.start("setup").returncode == 0
    assert len(tree.calls()) == 2
    assert kept.exists()


def test_a_failed_installation_is_explained_and_then_made_anew(tree: Tree) -> None:
    (tree.pip / "broken").touch()
    failed = tree.start("setup")
    assert failed.returncode == 1
    assert "ERROR: no such package\nstart.py: pip could not install cosyn" in failed.stderr
    half_installed = tree.environment / "half-installed"
    half_installed.mkdir()
    (tree.pip / "broken").unlink()
    assert tree.start("setup").returncode == 0
    assert not half_installed.exists()


def test_an_interruption_before_pip_began_is_mended(tree: Tree) -> None:
    tree.environment.mkdir()
    (tree.environment / "cosyn.mark").touch()
    (tree.environment / "bin").mkdir()
    assert tree.start("setup").returncode == 0
    assert len(tree.calls()) == 1


def test_a_moved_tree_gets_a_new_environment(tree: Tree) -> None:
    tree.start("setup")
    moved = Tree(tree.root.rename(tree.root.with_name("moved")), tree.pip)
    assert moved.start("setup").returncode == 0
    assert len(moved.calls()) == 2
    assert str(moved.root) in (moved.environment / "bin" / "activate").read_text()


def test_a_vanished_interpreter_is_replaced(tree: Tree) -> None:
    tree.start("setup")
    python = tree.environment / "bin" / "python"
    python.unlink()
    assert tree.start("setup").returncode == 0
    assert python.exists()


def test_a_folder_of_somebody_else_is_left_alone(tree: Tree, tmp_path: Path) -> None:
    precious = tmp_path / "papers" / "thesis.txt"
    precious.parent.mkdir()
    precious.touch()
    done = tree.start("setup", COSYN_VENV=str(precious.parent))
    assert done.returncode == 1
    assert "was not made by start.py and is left alone" in done.stderr
    assert list(precious.parent.iterdir()) == [precious]


def test_the_environment_may_lie_elsewhere(tree: Tree, tmp_path: Path) -> None:
    done = tree.start("setup", COSYN_VENV=str(tmp_path / "elsewhere"))
    assert done.stderr.endswith(f"The command is {tmp_path}/elsewhere/bin/survey\n")
    assert not tree.environment.exists()


def test_a_place_that_cannot_be_written_is_one_line(tree: Tree) -> None:
    occupied = tree.root / "pyproject.toml"
    done = tree.start("setup", COSYN_VENV=str(occupied))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"start.py: {occupied} cannot be written: File exists."


@pytest.mark.parametrize("version", ["pip 22.2.1 from here", ""])
def test_without_a_usable_pip_the_way_to_get_one_is_named(tree: Tree, version: str) -> None:
    (tree.pip / "version").write_text(version)
    # As on Debian, whose Python has no ensurepip: a lookup that fails.
    (tree.pip.parent / "sitecustomize.py").write_text(
        "import sys\nsys.modules['ensurepip'] = None\n"
    )
    done = tree.start("setup")
    assert done.returncode == 1
    assert done.stderr.endswith("On Debian and Ubuntu: apt-get install python3-pip.\n")
    assert not tree.environment.exists()


def test_an_older_python_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and .* is 3\.10\."):
        runpy.run_path(str(LAUNCHER))


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["--help"], 0), (["x"], 2)])
def test_usage_is_shown(tree: Tree, arguments: list[str], code: int) -> None:
    done = tree.start(*arguments)
    assert done.returncode == code
    assert "python3 start.py demo" in done.stderr


def test_setup_refuses_what_it_does_not_know(tree: Tree) -> None:
    assert tree.start("setup", "--develop").returncode == 2
    assert tree.calls() == []
