"""The browser finds the faults of pages that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.referees import browser
from tests.referees.tools import needs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs(*browser.NEEDED)

FRAME = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Page</title>
<meta name="viewport" content="width=device-width">{head}</head><body><main><h1>Page</h1>
<form>{body}</form></main></body></html>"""
RADIOS = "".join(
    f'<label><input type="radio" name="{name}" value="{value}"> {name} {value}</label>'
    for name in ("A", "B")
    for value in (1, 2, 3)
)
SAVE = """<button type="button" id="save" style="min-height: 3rem">Save</button><script>
document.getElementById("save").onclick = () => {
  const text = Array.from(new FormData(document.querySelector("form")), (pair) => pair.join("=")).join("&");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = "saved.txt";
  link.click();
};
</script>"""
FAULTY = """<img src="http://127.0.0.1:8999/pixel.png"><style>input { width: 9px; height: 9px; margin: 0 }</style>
<input name="C"><input name="D">
<p style="color: #bbb; width: 50rem">Faint and wide.</p><h4>Low</h4>"""
COMPLAINS = """<script>
if (matchMedia("(forced-colors: active)").matches) console.error("forced");
else if (innerWidth) console.error("scripted");
</script>"""
# Nobody sees where the focus is, B cannot be reached.
BLIND = RADIOS.replace('name="B"', 'name="B" tabindex="-1"') + "<style>* {outline: none}</style>"
CURTAIN = '<div style="position: fixed; inset: 0; background: #fff"></div>'
PAGED = f"""<label><input type="checkbox" id="consent"> I agree</label>
<div id="one">{RADIOS}<button type="button" id="next">Next</button></div>
<div id="two" hidden><label>C <input name="C"></label></div>{SAVE}
<script>document.getElementById("next").onclick = () => {{
  document.getElementById("two").hidden = !document.getElementById("consent").checked;
}}</script>"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("pages")

    def page(name: str, body: str, head: str = "") -> Path:
        file = folder / f"{name}.html"
        file.write_text(FRAME.format(head=head, body=body), encoding="utf-8")
        return file

    def filled(name: str, body: str, chosen: dict[str, str], press: str = "") -> browser.Visit:
        (folder / name).mkdir()
        act = browser.answer(chosen, save="#save", press=press or None)
        return browser.visit(page(name, body), act, downloads=folder / name)

    faulty, complains = page("faulty", FAULTY), page("complains", "", COMPLAINS)
    narrow = browser.audit([320])
    visits = {
        "faulty": browser.visit(
            faulty,
            browser.audit(screenshots=folder),
            browser.audit([320], without=["image-alt"]),
            browser.print_out(folder / "faulty.pdf"),
        ),
        "scripted": browser.visit(complains, narrow),
        "silenced": browser.visit(complains, narrow, javascript=False),
        "forced": browser.visit(complains, narrow, forced_colors=True),
        "blind": filled("blind", BLIND + SAVE, {"A": "3", "B": "1"}),
        "covered": filled("covered", RADIOS + CURTAIN, {"A": "3", "B": "1"}),
        "paged": filled("paged", PAGED, {"A": "3", "B": "1", "C": "=x"}, "#consent, #next"),
    }
    results = dict(zip(visits, browser.browse(visits.values()), strict=True))
    return {**results, "folder": {"path": folder}}


def test_faults_of_a_page_are_found(found: dict[str, dict[str, Any]]) -> None:
    narrow, _, wide = found["faulty"]["acts"][0]["views"]
    assert narrow["width"] == 320
    assert {rule["id"] for rule in narrow["violations"]} >= {
        "color-contrast", "image-alt", "label", "target-size",
    }  # fmt: skip
    assert [rule["id"] for rule in narrow["practice"]] == ["heading-order"]
    assert narrow["small"][0]["target"] == "C"
    assert narrow["overflow"] > 400
    assert wide["overflow"] == 0
    assert found["faulty"]["requests"] == ["http://127.0.0.1:8999/pixel.png"]
    assert "Failed to load resource" in found["faulty"]["console"][0]


def test_each_width_has_its_picture(found: dict[str, dict[str, Any]]) -> None:
    for width in browser.WIDTHS:
        picture = (found["folder"]["path"] / f"{width}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")


def test_scripts_and_forced_colours_are_as_asked_for(found: dict[str, dict[str, Any]]) -> None:
    assert found["scripted"]["console"] == ["scripted"]
    assert found["silenced"]["console"] == []
    assert found["silenced"]["acts"][0]["views"][0]["violations"] == []
    assert found["forced"]["console"] == ["forced"]


def test_what_the_keyboard_cannot_reach_or_show_is_named(
    found: dict[str, dict[str, Any]],
) -> None:
    assert found["blind"]["acts"][0]["unreached"] == ["B"]
    assert "A" in found["blind"]["acts"][0]["hidden"]
    assert found["blind"]["acts"][0]["saved"] is None
    assert found["covered"]["acts"][0]["hidden"] == ["A", "B"]
    assert found["covered"]["acts"][0]["unreached"] == []


def test_a_page_with_steps_is_answered_and_saved(found: dict[str, dict[str, Any]]) -> None:
    assert found["paged"]["acts"][0]["unreached"] == []
    assert found["paged"]["acts"][0]["hidden"] == []
    saved = (found["folder"]["path"] / "paged" / "saved.txt").read_text(encoding="utf-8")
    assert saved == "A=3&B=1&C==x"
    assert found["paged"]["acts"][0]["saved"].endswith("saved.txt")


def test_a_rule_can_be_left_out(found: dict[str, dict[str, Any]]) -> None:
    (view,) = found["faulty"]["acts"][1]["views"]
    rules = {rule["id"] for rule in view["violations"]}
    assert "label" in rules
    assert "image-alt" not in rules


def test_a_page_is_printed(found: dict[str, dict[str, Any]]) -> None:
    assert (found["folder"]["path"] / "faulty.pdf").read_bytes().startswith(b"%PDF")
