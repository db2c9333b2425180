"""A headless Chromium as referee of web pages: rules, measures, the keyboard alone, printing.

A visit opens one page in a browser of its own and does some acts there, one after the other;
`browse` starts Chromium once for all visits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.referees.tools import ask, chromium_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

NEEDED = ("chromium", "node", "axe-core", "puppeteer-core")
WIDTHS = (320, 375, 1280)

Act = dict[str, Any]
Visit = dict[str, Any]
Found = dict[str, Any]


def browse(visits: Iterable[Visit]) -> list[Found]:
    """Pay the visits in order, and return what was found in each.

    That is `requests` (addresses the page asked for beside its own file), `console` (warnings and
    errors it caused) and `acts`: what each act tells, see there.
    """
    found: list[Found] = ask("browser.mjs", {"chromium": chromium_path(), "visits": list(visits)})
    return found


def visit(
    page: Path | str,
    *acts: Act,
    javascript: bool = True,
    forced_colors: bool = False,
    downloads: Path | None = None,
) -> Visit:
    """Describe a visit of a file, or of an address.

    Without a folder for downloads, nothing can be downloaded.
    """
    return {
        "file": str(page),
        "acts": acts,
        "javascript": javascript,
        "forcedColors": forced_colors,
        "downloads": None if downloads is None else str(downloads),
    }


def audit(
    widths: Sequence[int] = WIDTHS,
    *,
    without: Sequence[str] = (),
    screenshots: Path | None = None,
) -> Act:
    """Look at the page at each of the widths; tells `views`, one a width.

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
        "widths": widths,
        "without": without,
        "screenshots": None if screenshots is None else str(screenshots),
    }


def answer(answers: Mapping[str, str], *, save: str, press: str | None = None) -> Act:
    """Go through the page with the keyboard alone.

    Tells `stops` (how often Tab was pressed), `unreached` (names never reached), `hidden` (what had
    the focus without being seen to have it) and `saved` (the file that came, if one did).

    Parameters
    ----------
    answers : Mapping[str, str]
        Name of an input -> the value to choose, or to type.
    save : str
        CSS selector of the control that saves the answers.
    press : str, optional
        CSS selector of controls to press on the way: a box to tick, a button to the next page.
    """
    return {"kind": "answer", "answers": dict(answers), "save": save, "press": press}


def print_out(pdf: Path) -> Act:
    """Print the page as it is to a file."""
    return {"kind": "print", "pdf": str(pdf)}


def go(url: str) -> Act:
    """Open another page. Tells what `look` tells, as `press` does."""
    return {"kind": "go", "url": url}


def press(selector: str) -> Act:
    """Press a control that leads to another page."""
    return {"kind": "press", "selector": selector}


def choose(answers: Mapping[str, str]) -> Act:
    """Answer with the pointer."""
    return {"kind": "choose", "answers": dict(answers)}


def keys(name: str, typed: str) -> Act:
    """Focus a field and type, Enter for a new line; tells `values`, `focus` and `url` after it."""
    return {"kind": "keys", "name": name, "typed": typed}


def look() -> Act:
    """Tell `url`, `language`, `heading`, `names` of questions, `weight` and `requests`.

    `weight` is the bytes of the page on the wire, `requests` are those for other files.
    """
    return {"kind": "look"}


def send(answers: Mapping[str, str], *, save: str) -> Act:
    """Answer a page with the keyboard alone, and press what sends it; tells as `answer` does."""
    return {"kind": "send", "answers": dict(answers), "save": save, "press": None}


def slow(bits: int, latency: int) -> Act:
    """Load the page anew over a slow network (bits a second, milliseconds); tells what that took.

    `seconds` until all of it was there, on this machine; `bytes` on the wire for that; and `trips`, how
    often an answer had to be waited for.
    """
    return {"kind": "slow", "bits": bits, "latency": latency}


def zoom(factor: float, width: int = 1280, height: int = 1024) -> Act:
    """Zoom in on a screen of that size; tells `overflow`."""
    return {"kind": "zoom", "factor": factor, "width": width, "height": height}
