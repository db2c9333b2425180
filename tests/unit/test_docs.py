"""What the documents say of the program is what the program is."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_reference", ROOT / "scripts" / "make_reference.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_program_would_write() -> None:
    """Run scripts/make_reference.py if this fails."""
    for name, text in reference().pages().items():
        assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == text, name


def test_every_golden_test_is_in_the_table_of_parity() -> None:
    """Run scripts/make_parity.py if this fails."""
    page = (ROOT / "docs" / "reference" / "parity.md").read_text(encoding="utf-8")
    modules = sorted((ROOT / "tests" / "golden").glob("test_*.py"))
    compared = [m for m in modules if re.search(r"approx|assert_allclose", m.read_text("utf-8"))]
    assert re.findall(r"^`(tests/golden/.*)`$", page, re.MULTILINE) == [
        module.relative_to(ROOT).as_posix() for module in compared
    ]


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", *sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "docs").rglob("*.md"))])  # fmt: skip
def test_links_and_named_files_exist(name: str) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), target


def test_the_page_on_the_engine_runs_from_top_to_bottom() -> None:
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)  # noqa: S102 - our own page
    assert names["fit"].fit_measures["chisq"] == pytest.approx(85.306, abs=5e-4)
    assert names["fit"].fit_measures["cfi_robust"] == pytest.approx(0.930, abs=5e-4)
    assert names["compare"](names["metric"], names["configural"]).pvalue == pytest.approx(
        0.224, abs=5e-4
    )
    assert names["ladder"].reached
    assert names["ordinal"].status.converged


def test_every_command_of_the_readme_exists() -> None:
    module = reference()
    known = set(re.findall(r"## survey (\w+)", module.commands()))
    used = set(re.findall(r"survey (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    used -= {"platform", "platforms", "methodologist"}
    assert used <= known, used - known


def words_of_the_instrument() -> set[str]:
    """Ids of constructs, facets and items of the default instrument, and latents of its models."""
    instrument = ROOT / "instrument"
    constructs = yaml.safe_load((instrument / "constructs.yaml").read_text(encoding="utf-8"))
    ids = {c["id"] for c in constructs["constructs"]}
    ids |= {f["id"] for c in constructs["constructs"] for f in c["facets"]}
    for file in (instrument / "items").glob("*.yaml"):
        ids |= {i["id"] for i in yaml.safe_load(file.read_text(encoding="utf-8"))["items"]}
    models = "\n".join(
        p.read_text(encoding="utf-8") for p in (ROOT / "analysis" / "models").rglob("*.lav")
    )
    return ids | set(re.findall(r"^(\w+) =~", models, re.MULTILINE))


# Ids that are also ordinary words or symbols of the program's own.
ORDINARY = {"IN", "G", "INT", "POS", "DRIVE", "EB"}


def test_the_program_names_nothing_of_the_instrument() -> None:
    """The same machinery serves any instrument: ids may stand in docstrings' examples only."""
    ids = words_of_the_instrument() - ORDINARY
    assert len(ids) > 80
    word = re.compile(r"\b(" + "|".join(sorted(ids, key=len, reverse=True)) + r")\b")
    found = []
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix not in {".py", ".yaml", ".j2", ".js"}:
            continue
        text = path.read_text(encoding="utf-8")
        code = re.sub(r'"""[\s\S]*?"""|#.*', "", text) if path.suffix == ".py" else text
        found += [f"{path.name}: {m.group()}" for m in word.finditer(code)]
    assert found == []
