"""Write docs/reference/parity.md: how close the engine comes to lavaan, semTools and psych.

``python scripts/make_parity.py`` runs the golden tests and writes what they compared.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
TARGET = ROOT / "docs" / "reference" / "parity.md"
#: Numbers smaller than this are compared by their difference from it: what is near zero has no
#: relative deviation worth the name.
SMALL = 0.1
HEAD = f"""<!-- Written by scripts/make_parity.py; do not edit. -->

# Parity with lavaan, semTools and psych

Every number below is computed by cosyn and compared with what R found, at each run of the tests;
the scripts that made the expected numbers lie beside them in `tests/golden/cases`. A deviation is
the difference over the expected number (over {SMALL} where that is smaller): the largest of all the
numbers of a case. lavaan ends its search up to 5e-5 of an estimate before the minimum; where a
script does not polish its estimates, that is the deviation seen. Continuous integration fails
where a test's own limit is passed.
"""


def main() -> int:
    """Run the golden tests and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "compared.json")
        command = [sys.executable, "-m", "pytest", "tests/golden", "-q", "-p", "no:xdist"]
        done = subprocess.run([*command, "--parity", str(file)], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
        TARGET.write_text(page(json.loads(file.read_text(encoding="utf-8"))), encoding="utf-8")
    print(f"Wrote {TARGET}")
    return 0


def page(rows: list[tuple[str, float, float]]) -> str:
    """The page from rows of test, found and expected."""
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    for test, ours, theirs in rows:
        module, _, name = test.partition("::")
        what, _, case = name.partition("[")
        deviation = abs(ours - theirs) / max(abs(theirs), SMALL)
        cases = found.setdefault(module, {}).setdefault(words(what), {})
        cases.setdefault(case.rstrip("]"), []).append(deviation)
    parts = [HEAD]
    for module in sorted(found):
        parts.append(f"\n## {title(ROOT / module)}\n\n`{module}`\n")
        parts += [*by_case(found[module]), *by_test(found[module])]
    return "\n".join(parts) + "\n"


def words(function: str) -> str:
    """What a test compares, from its name."""
    plain = function.removeprefix("test_").replace("_", " ")
    return re.sub(r"^(standardised )?rows$", r"\1estimates and standard errors", plain)


Compared = dict[str, dict[str, list[float]]]


def by_case(compared: Compared) -> Iterator[str]:
    """A row a case, a column each test that has the same cases as another."""
    together = sharing(compared)
    if not together:
        return
    yield "| Case | " + " | ".join(together) + " | Numbers |"
    yield "|---|" + "--:|" * (len(together) + 1)
    for case in compared[together[0]]:
        cells = [compared[what].get(case, []) for what in together]
        worst = [f"{max(cell):.0e}" if cell else "" for cell in cells]
        yield f"| {case} | " + " | ".join(worst) + f" | {sum(map(len, cells))} |"
    yield ""


def by_test(compared: Compared) -> Iterator[str]:
    """A row each of the other tests."""
    others = [what for what in compared if what not in sharing(compared)]
    if not others:
        return
    yield "| Compared | Cases | Numbers | Largest deviation |"
    yield "|---|--:|--:|--:|"
    for what in others:
        numbers = [x for case in compared[what].values() for x in case]
        cells = (what, str(len(compared[what])), str(len(numbers)), f"{max(numbers):.0e}")
        yield "| " + " | ".join(cells) + " |"


def sharing(compared: Compared) -> list[str]:
    """Tests that have the same cases as another, and more than one."""
    sets = {what: frozenset(cases) for what, cases in compared.items() if len(cases) > 1}
    values = list(sets.values())
    return [what for what, cases in sets.items() if values.count(cases) > 1]


def title(module: Path) -> str:
    """What the first line of a test file says, without its full stop."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or module.stem
    return text.partition("\n")[0].rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
