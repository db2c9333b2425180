"""What each remark takes for its matter, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.instrument.small import edit, write_small

from cosyn.instrument.lint import RULES, Note, Subject
from cosyn.instrument.lint.privacy import alone
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.reading import characters, minutes, seconds, words
from cosyn.instrument.types import Instrument
from cosyn.workflow import check


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    return load_instrument(write_small(tmp_path_factory.mktemp("study")) / "instrument")


def notes(rule: str, instrument: Instrument, **by_form: dict[str, float]) -> list[Note]:
    return [*RULES[rule].find(Subject(instrument, by_form, minimum_cell=5, department=10))]


def saying(instrument: Instrument, language: str, text: str) -> Instrument:
    """The instrument with one text of its first item changed."""
    first, *others = instrument.items
    changed = replace(first, text={**first.text, language: text})
    return replace(instrument, items=(changed, *others))


def codes(instrument: Instrument, language: str, text: str) -> set[str]:
    return {note.code for note in notes("wording", saying(instrument, language, text))}


@pytest.mark.parametrize(
    "text",
    [
        "The pay and the hours are fair.",
        "Our department plans, and reports on, {M}.",
        "It is quick and/or cheap.",
        "Staff or funds are missing.",
        "It knows its own part and leaves the rest.",
    ],
)
def test_english_that_asks_two_things(small: Instrument, text: str) -> None:
    assert codes(small, "en", text) == {"double-barrelled"}


@pytest.mark.parametrize(
    "text",
    [
        "Our department and {P} want the same.",
        "{P} and our department want the same.",
        "The division of duties between our department and others is clear.",
        "Does this make you less or more willing?",
        "Rewards and penalties complement each other.",
        "To check this page, please choose 'Slow and late'.",
        "The evaluation-and-incentive scheme covers it.",
        "The brand of the order is oriental.",
    ],
)
def test_english_that_asks_one_thing(small: Instrument, text: str) -> None:
    assert codes(small, "en", text) == set()


@pytest.mark.parametrize(
    "text",
    ["本部门投入了人力和时间。", "任务明确并按时完成。", "工作快捷且便宜。", "涉及人员以及经费。", "经费或人员不缺。"],
)  # fmt: skip
def test_chinese_that_asks_two_things(small: Instrument, text: str) -> None:
    assert "double-barrelled" in codes(small, "zh-Hans", text)


@pytest.mark.parametrize(
    "text",
    [
        "本部门和{P}看法一致。",
        "部门关系和谐，沟通及时。",
        "本事项涉及本部门，总和稳定。",
        "资料合并上报，一并处理。",
        "暂且如此，或许更好。",
        "奖励和惩戒相互配合。",
        "本行请选择“快捷和便宜”。",
    ],
)
def test_chinese_that_asks_one_thing(small: Instrument, text: str) -> None:
    assert codes(small, "zh-Hans", text) == set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Our department does not plan."),
        ("en", "It never works."),
        ("en", "There is no plan."),
        ("en", "They don't help."),
        ("en", "They don’t help."),
        ("en", "Nobody cannot help."),
        ("zh-Hans", "本部门不愿意参与。"),
        ("zh-Hans", "本部门不了解情况。"),
        ("zh-Hans", "没有专人负责。"),
        ("zh-Hans", "尚未明确分工。"),
        ("zh-Hans", "并非每次如此。"),
        ("zh-Hans", "无人负责协调。"),
    ],
)
def test_denials(small: Instrument, language: str, text: str) -> None:
    assert codes(small, language, text) == {"negated"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It not only helps."),
        ("en", "It helps, no matter when."),
        ("en", "In this row please choose 'Not true'."),
        ("en", "The notice is noted at noon."),
        ("zh-Hans", "合作不断扩大。"),
        ("zh-Hans", "各部门意见不一、重点不同。"),
        ("zh-Hans", "不仅如此，不论何时，效果不错。"),
        ("zh-Hans", "无论忙时闲时，非常平稳。"),
        ("zh-Hans", "未来两年继续。"),
        ("zh-Hans", "使本部门更不愿意还是更愿意参与？"),
        ("zh-Hans", "本行请选择“不符合”。"),
        ("zh-Hans", "如不了解可以跳过。"),
    ],
)
def test_what_is_no_denial(small: Instrument, language: str, text: str) -> None:
    assert codes(small, language, text) == set()


def test_languages_whose_words_are_unknown_are_left_alone(small: Instrument) -> None:
    assert codes(small, "de", "Sie planen und berichten nicht or not.") == set()


def test_words_and_characters_are_counted_as_they_are_read() -> None:
    assert words("Our department's one-stop service, 24 hours.") == 6
    assert (words("本事项的2个目标。"), characters("本事项的2个目标。")) == (8, 7)
    assert words("!?… — ") == 0
    assert seconds("word " * 238) == pytest.approx(60)
    assert seconds("字" * 330) == pytest.approx(60)


def test_a_question_that_stands_alone_takes_ten_seconds(small: Instrument) -> None:
    """The figure that the allowance for an answer was chosen by."""
    question = "word " * 20 + "one two three four five six seven eight"
    assert seconds(question) + 3 == pytest.approx(10, abs=0.5)
    asked = questionnaire(small, "brief")
    read = "Small It is about this matter. First Please choose."
    items = "Working on this matter is easy. Our department finishes its part early."
    labels = "Not true In between True"
    total = seconds(f"{read} {items} {labels}") + 2 * 3
    assert minutes(asked, "en") == pytest.approx(total / 60)


def test_the_share_of_those_who_are_alone() -> None:
    """Against counting: all ways in which 4 people fall into 3 cells."""
    cells, people = 3, 4
    ways = [[(way // cells**who) % cells for who in range(people)] for way in range(cells**people)]
    single = sum(way.count(cell) == 1 for way in ways for cell in way)
    assert alone(cells, people) == pytest.approx(single / (people * len(ways)))
    assert alone(1, 1) == 0
    assert alone(31, 10) < 0.75 < alone(32, 10)


def test_bands_that_tell_somebody_apart_by_form(small: Instrument) -> None:
    years, others = small.response_formats[-1], small.response_formats[:-1]
    fine = replace(small, response_formats=(*others, replace(years, maximum=40.0)))
    (note,) = notes("privacy", fine)
    assert note.address == ("forms", "whole")  # the other form does not ask
    assert "41 combinations; 91% of a department of 5 and 80% of a department of 10" in note.what


def test_lists_of_hundreds_of_like_items_are_told_of_once_each(small: Instrument) -> None:
    first = small.items[0]
    items = tuple(
        replace(first, id=f"A{n}", text={"en": f"We like part {n} of the work here.", "zh-Hans": f"喜欢{n}"})
        for n in range(300)
    )  # fmt: skip
    found = notes("similar", replace(small, items=items))
    told = [note.address[1] for note in found if "en" in note.what]
    assert len(told) == len(set(told)) > 250


def test_similar_texts_are_those_of_comparing_all(small: Instrument) -> None:
    """The shortcut leaves out no pair that comparing every text with every other finds."""
    texts = [f"{word} is {how} to plan with {whom}" for word in ("work", "Work", "words") for how in ("easy", "easier", "uneasy") for whom in ("them", "then", "others")]  # fmt: skip
    first = small.items[0]
    items = tuple(
        replace(first, id=f"A{n}", text={"en": text, "zh-Hans": f"{chr(0x4E00 + 97 * n) * 9}"})
        for n, text in enumerate(texts)
    )
    told = {note.address[1] for note in notes("similar", replace(small, items=items))}

    def pairs(text: str) -> set[str]:
        return {text.casefold()[i : i + 2] for i in range(len(text) - 1)}

    def share(one: str, other: str) -> float:
        a, b = pairs(one), pairs(other)
        return 2 * len(a & b) / (len(a) + len(b))

    expected = {
        f"A{n}" for n, text in enumerate(texts) if any(share(text, t) >= 0.9 for t in texts[:n])
    }
    assert told == expected
    assert 0 < len(expected) < len(texts)


def test_no_keying_is_no_matter_and_a_balanced_one_neither(small: Instrument) -> None:
    def keyed(*reverse: int) -> Instrument:
        items = tuple(replace(i, reverse=n in reverse) for n, i in enumerate(small.items))
        return replace(small, items=items)

    assert notes("scales", keyed()) == []
    assert notes("scales", keyed(0)) == []  # one of three, and one of two in the brief form
    (note,) = notes("scales", keyed(0, 1))
    assert note.what == "construct A has reversed items only: form brief"


def test_a_construct_accepts_for_its_items_and_an_item_for_itself(tmp_path: Path) -> None:
    study = write_small(tmp_path / "study")
    items, constructs = "instrument/items/A.yaml", "instrument/constructs.yaml"
    edit(study, items, "is easy", "is not easy")
    edit(study, items, "Colleagues offer", "Colleagues never offer")
    digest = load_instrument(study / "instrument").digest
    assert [r.code for r in check(study).remarks] == ["remark.negated"] * 2
    edit(study, items, "- id: A3", "- id: A3\n    accept: [negated]")
    assert [r.where for r in check(study).remarks] == [f"{items}:8"]
    edit(study, constructs, "- id: A\n", "- id: A\n    accept: [negated]\n")
    checked = check(study)
    assert (checked.remarks, checked.accepted) == ((), 2)
    assert load_instrument(study / "instrument").digest == digest


def test_an_accepted_code_that_is_none_is_corrected(tmp_path: Path) -> None:
    study = write_small(tmp_path / "study")
    edit(study, "instrument/items/A.yaml", "- id: A3", "- id: A3\n    accept: [negatd, thin-facet]")
    told = [remark.what for remark in check(study).remarks]
    assert told == [
        "A3 accepts 'negatd', which is no remark; perhaps 'negated' is meant",
        "A3 accepts 'thin-facet', which is not remarked of it",
    ]
