"""How long `survey check` takes, and the export of a large instrument to every target.

First the default study as it is: `workflow.check` in a process of its own (what it imports
included), and again when everything is loaded. Then an instrument of 1,000 items in three
languages, written as files: its check, one line a target of the registry, and all targets in one
go, as `survey export --to all` has them. No peer does the same job; the figures are there to be
compared with those of an earlier version. Run as

    python benchmarks/check_and_export.py [ITEMS]

Seconds on the clock, on an idle machine; the best of three.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.publish import publish
from cosyn.study import bundled
from cosyn.workflow import check

if TYPE_CHECKING:
    from collections.abc import Callable


LANGUAGES = ("en", "zh-Hans", "de")
A_CONSTRUCT, A_PAGE = 50, 20
COLD = """
import time
from cosyn import workflow
started = time.perf_counter()
workflow.check(None)
print(time.perf_counter() - started)
"""
SYLLABLES = [consonant + vowel for consonant in "bdfghklmnprstvwz" for vowel in "aeiou"]
SIGNS = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]


def main() -> None:
    """Print a line for each figure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    command = [sys.executable, "-c", COLD]
    cold = min(
        float(subprocess.run(command, cwd=bundled(), capture_output=True, check=True).stdout)
        for _ in range(3)
    )
    print(f"default study, first check {cold:6.2f} s")
    print(f"default study, next check  {best(partial(check, bundled())):6.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        study = write_study(Path(folder) / "large", count)
        instrument = load_instrument(study / "instrument")
        size = sum(file.stat().st_size for file in study.rglob("*.yaml")) / 1e6
        print(f"{count:,} items in {len(LANGUAGES)} languages, {size:.1f} MB of YAML:")
        print(f"  {'check':14}{best(partial(check, study)):6.2f} s")
        for name in EXPORTERS.names():
            seconds = best(partial(publish, instrument, [name], LANGUAGES))
            print(f"  {name:14}{seconds:6.2f} s")
        seconds = best(partial(publish, instrument, EXPORTERS.names(), LANGUAGES))
        print(f"  {'all targets':14}{seconds:6.2f} s")


def best(run: Callable[[], object]) -> float:
    """Seconds of the quickest of three runs."""
    took = []
    for _ in range(3):
        started = time.perf_counter()
        run()
        took.append(time.perf_counter() - started)
    return min(took)


def write_study(root: Path, count: int) -> Path:
    """Write an instrument of so many items: fifty a construct, twenty a page."""
    folder = root / "instrument"
    constructs = [f"C{number}" for number in range(-(-count // A_CONSTRUCT))]
    draw = random.Random(count)  # noqa: S311 - no secret
    for number, construct in enumerate(constructs):
        mine = range(number * A_CONSTRUCT, min(count, (number + 1) * A_CONSTRUCT))
        entries = "".join(
            f"  - {{id: Q{n}, facet: {construct}F, response_format: agree, dont_know: true,\n"
            f"     text: {statement(draw)}}}\n"
            for n in mine
        )
        write(folder / "items" / f"{construct}.yaml", f"construct: {construct}\nitems:\n{entries}")
    write(folder / "constructs.yaml", "constructs:\n" + "".join(map(spelt_construct, constructs)))
    write(folder / "response_formats.yaml", response_formats())
    write(folder / "instrument.yaml", main_file(constructs, count))
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def statement(draw: random.Random) -> str:
    """A statement of usual length, in words that no language has."""
    words = ["".join(draw.choices(SYLLABLES, k=draw.choice((1, 2, 2, 3)))) + "n" for _ in range(30)]
    signs = "".join(draw.choices(SIGNS, k=25))
    said = (f"{{M}} {' '.join(words[:15])}.", f"{{M}}{signs}。", f"{{M}} {' '.join(words[15:])}.")
    return spelt(dict(zip(LANGUAGES, said, strict=True)))


def spelt(text: dict[str, str]) -> str:
    """A text in its languages on one line."""
    return "{" + ", ".join(f'{language}: "{words}"' for language, words in text.items()) + "}"


def alike(word: str) -> str:
    """The same word in every language, told apart by the language's name."""
    return spelt({language: f"{word} {language}" for language in LANGUAGES})


def spelt_construct(name: str) -> str:
    facet = f"{{id: {name}F, label: {alike('facet')}}}"
    return f"  - {{id: {name}, label: {alike('construct')}, facets: [{facet}]}}\n"


def response_formats() -> str:
    options = "".join(
        f"      - {{code: {code}, label: {alike(f'option {code}')}}}\n" for code in range(1, 8)
    )
    missing = f"{{code: 98, reason: dont_know, offered: true, label: {alike('unknown')}}}"
    return (
        f"response_formats:\n  - id: agree\n    kind: options\n    options:\n{options}"
        f"    missing: [{missing}]\n"
    )


def main_file(constructs: list[str], count: int) -> str:
    items = [f"Q{number}" for number in range(count)]
    pages = "".join(
        f"  - {{id: p{start}, title: {alike('page')}, instruction: {alike('choose')}, "
        f"shuffle: true, items: [{', '.join(items[start : start + A_PAGE])}]}}\n"
        for start in range(0, count, A_PAGE)
    )
    return (
        f"id: large\nversion: 1.0.0\nlanguages: [{', '.join(LANGUAGES)}]\n"
        f"title: {alike('title')}\nintroduction: {alike('introduction')}\n"
        f"closing: {alike('closing')}\nplaceholders:\n  M: {alike('matter')}\n"
        f"constructs: [{', '.join(constructs)}]\ndefault_form: all\n"
        f"forms:\n  - {{id: all, select: all, label: {alike('form')}}}\npages:\n{pages}"
    )


if __name__ == "__main__":
    main()
