"""Hostile YAML is refused with its line, at once, and nothing in it is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from cosyn import yamltree
from cosyn.yamltree import compose

ROOT = Path(__file__).resolve().parents[2]
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture(params=["C", "Python"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library has no C loader, the one in Python must do the same."""
    if request.param == "Python":
        monkeypatch.setattr(yamltree, "LOADER", yaml.SafeLoader)


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("z: 1\n" + LAUGHS, "alias", 3),
        ("a: &a [*a]", "alias", 1),
        ("a: 1\nb: " + "[" * 100_000 + "]" * 100_000, "too-deep", 2),
        ("{a: " * 100_000, "too-deep", 1),
        ("- " * 100_000 + "x", "too-deep", 1),
        ("\n".join(f"{' ' * n}a:" for n in range(1000)), "too-deep", 41),
        ("a: !include /etc/passwd", "tag", 1),
        ("a: 1\nb: !!python/object/apply:os.system ['false']", "tag", 2),
        ("a: !!binary aGFsbG8=", "tag", 1),
        ("!!set {a}", "tag", 1),
        ("a: 1\nb: 2\na: 3", "duplicate-key", 3),
        ("a:\n\t- 1", "not-yaml", 2),
        ("\ta: 1", "not-yaml", 1),
        ("a: 'x", "not-yaml", 1),
        ("a: 1\n---\nb: 2", "not-yaml", 2),
        ("a: 1\n? [b]\n: c", "not-yaml", 2),
        ("a: 1\nb: \x00", "control-character", 2),
        ("a: 1\nb: \x1b[31m", "control-character", 2),
        ('a: 1\nb: "\\0"', "control-character", 2),
        ('a: 1\n"\\x07": b', "control-character", 2),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_refused(text: str, code: str, line: int) -> None:
    problem = compose(text).problems[0]
    assert (problem.code, problem.line) == (code, line)


@pytest.mark.usefixtures("_loader")
def test_values_are_those_of_the_safe_loader_and_keys_are_as_written() -> None:
    text = "{no: no, 010: 010, 1: 0x1F, e: ~, f: 1.5, g: 'no', h: 12:30, i: 2026-01-01, <<: x}"
    assert compose(text).data == {
        "no": False, "010": 8, "1": 31, "e": None, "f": 1.5, "g": "no", "h": 750,
        "i": "2026-01-01", "<<": "x",
    }  # fmt: skip


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize("number", [".inf", "-.INF", ".nan", "9" * 5000, "1" * 400 + ".5", "0x_"])
def test_what_is_no_number_that_counts_stays_a_text(number: str) -> None:
    assert compose(f"a: {number}").data == {"a": number}


@pytest.mark.usefixtures("_loader")
def test_all_files_of_the_default_study_are_read_as_the_safe_loader_reads_them() -> None:
    files = [*(ROOT / "instrument").rglob("*.yaml"), *(ROOT / "analysis").rglob("*.yaml")]
    assert len(files) > 15
    for file in files:
        text = file.read_text(encoding="utf-8")
        usual = json.loads(json.dumps(yaml.safe_load(text), default=str))
        assert json.loads(json.dumps(compose(text).data)) == usual


def test_nothing_is_an_empty_tree() -> None:
    for text in ("", "# a remark\n", "---\n"):
        tree = compose(text)
        assert tree.data is None
        assert tree.problems == ()
