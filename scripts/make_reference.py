"""Write docs/reference from the program itself: commands, registries, statistics, error codes.

``python scripts/make_reference.py`` writes; a test compares what is there with what it would be.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cosyn.analysis import ANALYSES
from cosyn.cli import app
from cosyn.datasets import DATASETS
from cosyn.emitters import EMITTERS
from cosyn.exporters import EXPORTERS
from cosyn.findings import Statistic
from cosyn.i18n import catalogue
from cosyn.importers import IMPORTERS
from cosyn.instrument.check import known
from cosyn.instrument.types import Missing
from cosyn.report import RENDERERS, SECTIONS
from cosyn.screening import RULES
from cosyn.structures import READERS
from cosyn.synergy import SYNERGIES
from cosyn.tables import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.registry import Registry

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "reference"
HEAD = "<!-- Written by scripts/make_reference.py; do not edit. -->\n\n"
CODE = re.compile(r"^[a-z]+(\.[a-z0-9-]+)+$")
# Calls that put something before the code.
SHORT = {
    **dict.fromkeys(("fault", "Problem", "_Stop", "_note"), ""),
    "_impossible": "data",
    "data_fault": "data",
}
# Calls whose dotted names are no error codes.
NO_CODES = frozenset(
    {"_asset", "catalogue", "endswith", "files", "has", "joinpath", "phrases", "Registry", "t"}
)


def pages() -> dict[str, str]:
    """File name -> content of every reference page."""
    return {
        "commands.md": HEAD + commands(),
        "entries.md": HEAD + entries(),
        "errors.md": HEAD + errors(),
    }


def commands() -> str:
    """Every command with its arguments and options."""
    group: Any = typer.main.get_command(app)
    parts = ["# Commands\n"]
    for name, command in _verbs(group):
        parts.append(f"## survey {name}\n\n{command.help}\n")
        parts.append("| Argument or option | Meaning |\n|---|---|")
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                shown = f"`{parameter.metavar}`"
            else:
                shown = ", ".join(f"`{option}`" for option in parameter.opts)
            parts.append(f"| {shown} | {parameter.help or ''} |")
        parts.append("")
    return "\n".join(parts)


def _verbs(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its whole name; a group of commands gives its members."""
    for name, command in sorted(group.commands.items()):
        members = hasattr(command, "commands")
        if not members or command.invoke_without_command:
            yield prefix + name, command
        if members:
            yield from _verbs(command, f"{prefix}{name} ")


def entries() -> str:
    """What the registries hold, and the closed vocabularies."""
    parts = ["# Entries\n", "Each is one file; the file's name is its name.\n"]
    sections = sorted(SECTIONS, key=lambda section: section.order)
    described = (
        ("Exporters (`survey export --to`)", [(e.name, e.title) for e in EXPORTERS]),
        ("Formats read back (`survey verify --as`)", _modules(READERS)),
        ("Kinds of files (found by content)", [(e.name, e.title) for e in KINDS]),
        ("Importers (`survey import --importer`)", [(e.name, e.title) for e in IMPORTERS]),
        ("Data sets (`survey data --to`)", [(e.name, e.title) for e in DATASETS]),
        ("Programs (`survey analyze --emit`)", [(e.name, e.title) for e in EMITTERS]),
        ("Analyses (`steps` of the plan)", _modules(ANALYSES)),
        ("Rules of screening (`rules` of screening.yaml)", _modules(RULES)),
        ("Synergy models (`kind` in the plan)", _modules(SYNERGIES)),
        ("Sections of the report", [(e.name, _doc(SECTIONS.package, e.name)) for e in sections]),
        ("Renderers of the report", _modules(RENDERERS)),
    )
    for title, rows in described:
        parts.append(f"## {title}\n\n| Name | What it is |\n|---|---|")
        parts += [f"| `{name}` | {text} |" for name, text in rows]
        parts.append("")
    parts += _targets()
    labels = catalogue("cosyn.report", "en")
    parts.append("## Statistics in findings.json\n\n| Name | Label |\n|---|---|")
    parts += [f"| `{s.value}` | {labels(f'statistic.{s.value}')} |" for s in Statistic]
    parts.append("\n## Why a cell holds no number\n\n| Name | Label |\n|---|---|")
    parts += [
        f"| `{reason.value}` | {labels(f'missing.{reason.value}')} |"
        for reason in Missing
        if reason is not Missing.ANSWERED
    ]
    return "\n".join(parts) + "\n"


def _targets() -> list[str]:
    """What each exporter declares that its target cannot express."""
    rows = [
        f"| `{exporter.name}` | {feature.value} | {instead} |"
        for exporter in EXPORTERS
        for feature, instead in exporter.cannot.items()
    ]
    head = (
        "## What a target cannot express\n\n| Target | What | What happens instead |\n|---|---|---|"
    )
    return [head, *rows, ""]


def _modules(registry: Registry[Any]) -> list[tuple[str, str]]:
    """Names of a registry's entries, with what each module says it is."""
    return [(entry.name, _doc(registry.package, entry.name)) for entry in registry]


def _doc(package: str, name: str) -> str:
    """First line of a module's docstring."""
    path = ROOT / "src" / package.replace(".", "/") / f"{name}.py"
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return doc.splitlines()[0].rstrip(".")


def errors() -> str:
    """Every error code that stands in the source, by the file that raises it."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "src" / "cosyn").rglob("*.py")):
        for code in _codes(path):
            found.setdefault(code, set()).add(path.relative_to(ROOT / "src").as_posix())
    rows = [f"| `{code}` | {', '.join(sorted(files))} |" for code, files in sorted(found.items())]
    text = (
        "# Error codes\n\nEvery message ends with its code in brackets. Exit codes are described "
        "in ARCHITECTURE.md.\n\n| Code | Raised in |\n|---|---|\n"
    )
    return text + "\n".join(rows) + "\n" + remarks()


def remarks() -> str:
    """Every remark of `survey check`, when it is made and what to do."""
    text = (
        "\n## Remarks\n\nWhat `survey check` asks you to judge; `--strict` makes it exit with 4. A "
        "construct, facet, item, response format, page or form whose remark is meant so says it: "
        "`accept: [code]`, the code without `remark.`, and why in a comment. A construct accepts "
        "for its items too. Every threshold without a source is a convention.\n\n"
        "| Code | When | What to do |\n|---|---|---|\n"
    )
    rows = [
        f"| `remark.{code}` | {advice.when} | {advice.fix} |"
        for code, advice in sorted(known().items())
    ]
    return text + "\n".join(rows) + "\n"


def _codes(path: Path) -> Iterator[str]:
    """Dotted codes given to an error, and the last parts given to a reader of files."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        for argument in node.args[:2]:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                continue
            if called in SHORT:
                yield f"{SHORT[called] or _prefix(path)}.{argument.value}"
                break
            if CODE.match(argument.value) and called not in NO_CODES:
                yield argument.value


def _prefix(path: Path) -> str:
    """What a reader puts before the codes of this file."""
    if path.name in {"yamlfile.py", "yamltree.py"}:
        return "<kind of file>"
    if path.name == "versions.py":
        return "plan"
    if path.parent.name in {"panel", "plan", "translation", "release"}:
        return path.parent.name
    return "response" if {"importers", "tables"} & {*path.parts} else "instrument"


def main() -> None:
    """Write every page."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (TARGET / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"Wrote {TARGET / name}\n")


if __name__ == "__main__":
    main()
