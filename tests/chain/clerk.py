"""A clerk as a program: keys sheets of paper twice, with slips, and decides by the sheet."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from tests.chain.respondent import Browser


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper that came back: what stands at its foot, and what is ticked."""

    number: str
    department: str
    language: str
    order: int
    answers: Mapping[str, str]


def key_in(base: str, link: str, sheets: list[Sheet], chance: random.Random) -> int:
    """Key all sheets once, then once more; return how many differences had to be decided."""
    clerk = Browser(base)
    clerk.open(link)
    assert clerk.path.endswith("/key")
    for sheet in sheets:
        foot = {"_department": sheet.department, "_sheet": sheet.number, "_order": f"{sheet.order}"}
        clerk.send({**foot, "_printed": sheet.language}, _go="next")
        _key(clerk, sheet, "ab", _slipped(sheet, chance) if chance.random() < 0.5 else {})
    decided = 0
    for sheet in sheets:
        clerk.open(f"/key/{sheet.number}/2")
        _key(clerk, sheet, "cd", _slipped(sheet, chance) if chance.random() < 0.5 else {})
        if clerk.path == f"/key/{sheet.number}/3":
            decided += _decide(clerk, sheet)
        assert clerk.path.endswith(f"/{sheet.order}/{sheet.language}/{sheet.number}"), clerk.text
        assert sheet.number in clerk.page.xpath('string(//*[@class="told"])')
    assert not clerk.page.xpath('//*[@class="waiting"]//a')
    clerk.close()
    return decided


def _slipped(sheet: Sheet, chance: random.Random) -> dict[str, str]:
    """An answer left out, and one mistyped; never one that would end the questionnaire."""
    out, wrong = chance.sample([i for i in sorted(sheet.answers) if not i.startswith("BG")], 2)
    return {out: "", wrong: "1" if sheet.answers[wrong] != "1" else "2"}


def _key(clerk: Browser, sheet: Sheet, who: str, slips: Mapping[str, str]) -> None:
    stage = clerk.path
    assert stage.rpartition("/")[0].endswith(f"/key/{sheet.number}")
    typed = {**sheet.answers, **slips, "_keyer": who}
    clerk.send({**typed, "_keyer": ""} if who == "cd" else {**typed, "BGAGREE": "77"}, _go="next")
    assert (clerk.status, clerk.path) == (422, stage)  # a wrong code; the second keyer unnamed
    clerk.send(typed, _go="next")
    assert clerk.status == 200


def _decide(clerk: Browser, sheet: Sheet) -> int:
    """Choose on the page of differences what stands on the sheet."""
    chosen: dict[str, str] = {}
    rows = clerk.page.xpath('//div[@role="radiogroup"]')
    for row in rows:
        [item] = {str(name) for name in row.xpath('.//input[@type="radio"]/@name')}
        wanted = sheet.answers.get(item, "")
        shown = [" ".join(kept.text_content().split()) for kept in row.xpath(".//b")]
        codes = [text.split(" · ")[0] if "·" in text else "" for text in shown]
        if wanted in codes:
            chosen[item] = str(codes.index(wanted) + 1)
        else:
            chosen.update({item: "3", f"_other_{item}": wanted})
    clerk.send(chosen, _go="next")
    assert clerk.status == 200, clerk.text
    return len(rows)
