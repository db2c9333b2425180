"""House rules that no other tool knows: length of functions, nothing private in tracked files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
# Written in pieces, so that the rule does not find itself.
PRIVATE = re.compile(
    "|".join(
        ("py" + r"pi\.org", "python" + "hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian")
    ),
    re.IGNORECASE,
)


def main() -> int:
    """Print every breach; return 1 if there is one."""
    breaches = [*_long_functions(), *_private_text()]
    sys.stdout.write("".join(f"{breach}\n" for breach in breaches))
    return int(bool(breaches))


def _long_functions() -> list[str]:
    found = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if text.count("\n") > LONGEST_FILE:
            found.append(f"{name}: more than {LONGEST_FILE} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1 - _documented(node)
                if length > LONGEST_FUNCTION:
                    found.append(f"{name}:{node.lineno}: {node.name} has {length} lines")
    return found


def _documented(node: ast.FunctionDef) -> int:
    """Lines of the docstring: they may be as long as they need to be."""
    first = node.body[0]
    if ast.get_docstring(node) is None or not isinstance(first, ast.Expr):
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1


def _private_text() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ).stdout.decode()
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        found += [
            f"{name}:{number}: names a registry's host"
            for number, line in enumerate(text.splitlines(), start=1)
            if PRIVATE.search(line)
        ]
    return found


if __name__ == "__main__":
    sys.exit(main())
