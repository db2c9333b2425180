"""A headless Chromium as referee of web pages: rules, measures, the keyboard alone, printing.

Each job is one page opened in a browser of its own; `browse` starts Chromium once for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.referees.tools import ask, chromium_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

NEEDED = ("chromium", "node", "axe-core", "puppeteer-core")
WIDTHS = (320, 375, 1280)

Job = dict[str, Any]


def browse(jobs: Iterable[Job]) -> list[dict[str, Any]]:
    """Do the jobs in order, and return what was found.

    Every finding has `requests` (addresses the page asked for beside its own file) and `console`
    (warnings and errors it caused), and what the kind of its job tells besides.
    """
    found: list[dict[str, Any]] = ask(
        "browser.mjs", {"chromium": chromium_path(), "jobs": list(jobs)}
    )
    return found


def audit(
    page: Path,
    widths: Sequence[int] = WIDTHS,
    *,
    javascript: bool = True,
    forced_colors: bool = False,
    without: Sequence[str] = (),
    screenshots: Path | None = None,
) -> Job:
    """Describe an audit; it finds `views`, one a width.

    A view has `overflow` (CSS pixels that must be scrolled sideways), `targets` (how many controls
    are shown), `small` (those under 24 by 24 CSS pixels, their labels included), `violations` (of
    WCAG 2.0 to 2.2, A and AA), `practice` (of axe's best practice) and `undecided` (what axe leaves
    to a human eye).

    Parameters
    ----------
    without : Sequence[str]
        Rules of axe to leave out. Half of its time goes to ``target-size``, which `small` covers.
    screenshots : Path, optional
        Folder for a picture of the whole page at each width: ``320.png``.
    """
    return {
        "kind": "audit",
        "file": str(page),
        "widths": list(widths),
        "javascript": javascript,
        "forcedColors": forced_colors,
        "without": list(without),
        "screenshots": str(screenshots) if screenshots else None,
    }


def answer(
    page: Path, answers: Mapping[str, str], downloads: Path, *, save: str, press: str | None = None
) -> Job:
    """Describe a run through the page with the keyboard alone.

    It finds `stops` (how often Tab was pressed), `unreached` (names never reached), `hidden` (what
    had the focus without being seen to have it) and `saved` (the file that was downloaded).

    Parameters
    ----------
    answers : Mapping[str, str]
        Name of an input -> the value to choose, or to type.
    save : str
        CSS selector of the control that saves the answers.
    press : str, optional
        CSS selector of controls to press on the way: a box to tick, a button to the next page.
    """
    return {
        "kind": "answer",
        "file": str(page),
        "answers": dict(answers),
        "downloads": str(downloads),
        "save": save,
        "press": press,
    }


def print_out(page: Path, pdf: Path) -> Job:
    """Describe a print of the page on paper."""
    return {"kind": "print", "file": str(page), "pdf": str(pdf)}
