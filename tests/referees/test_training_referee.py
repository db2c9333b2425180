"""Training pages opened from the disk in a real browser without scripts: everyone can use them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.referees import browser
from tests.referees.tools import needs
from tests.served_pages import survey

from cosyn.server.training import training_files

pytestmark = needs(*browser.NEEDED)

KINDS = ("link", "consent", "page-1", "page-3", "review", "end")
LANGUAGES = ("en", "zh-Hans")
WIDTHS = (390, 1280)
GO = "#main a.go"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, browser.Found]:
    folder: Path = tmp_path_factory.mktemp("training")
    for name, content in training_files(survey(demonstration=True)).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    # target-size is covered by `small`, which costs less.
    audit = browser.audit(WIDTHS, without=("target-size",))
    visits = {"index": browser.visit(folder / "index.html", audit, javascript=False)}
    for number, kind in enumerate(KINDS):
        tag = LANGUAGES[number % 2]
        visits[f"{tag} {kind}"] = browser.visit(
            folder / tag / f"{kind}.html", audit, javascript=False
        )
    walk = [browser.press(GO)] * 12
    visits["walk"] = browser.visit(
        folder / "en" / "enter.html", *walk, browser.look(), javascript=False
    )
    switch = browser.press("a.plain")
    visits["switch"] = browser.visit(folder / "en" / "page-2.html", switch, javascript=False)
    return dict(zip(visits, browser.browse(visits.values()), strict=True))


def test_every_kind_of_page_keeps_the_rules(seen: dict[str, browser.Found]) -> None:
    views = [
        (name, view)
        for name, found in seen.items()
        for act in found["acts"]
        for view in act.get("views", ())
    ]
    assert len(views) == len(WIDTHS) * (1 + len(KINDS))
    for name, view in views:
        assert view["violations"] == view["practice"] == [], (name, view["width"])
        assert view["overflow"] == 0, (name, view["width"])
        assert view["small"] == [], (name, view["width"])


def test_the_pages_lead_from_the_code_to_the_thanks(seen: dict[str, browser.Found]) -> None:
    assert seen["walk"]["acts"][-1]["url"].endswith("/en/done.html")


def test_the_language_is_switched_on_the_same_page(seen: dict[str, browser.Found]) -> None:
    (there,) = seen["switch"]["acts"]
    assert there["url"].endswith("/zh-Hans/page-2.html")
    assert there["language"] == "zh-Hans"


def test_nothing_is_loaded_and_the_browser_has_no_complaint(seen: dict[str, browser.Found]) -> None:
    for name, found in seen.items():
        assert found["console"] == [], name
        assert all(request.startswith("file://") for request in found["requests"]), name
