"""Wenjuanxing gets lines that its parser cannot take for others, and a way back from its answers."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import yaml

from cosyn.errors import InstrumentError
from cosyn.exporters import EXPORTERS, Exported, Feature, losses
from cosyn.instrument.arrange import arranged
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import (
    Block,
    Question,
    Questionnaire,
    QuestionnairePage,
    questionnaire,
)
from cosyn.instrument.types import Instrument, Missing, MissingOption, Option, ResponseFormat
from cosyn.publish import publish
from cosyn.roster import Department
from cosyn.structures import READERS
from cosyn.study import bundled

TAG = re.compile(r"^[0-9]+\. .+\[(单选题|矩阵单选题|填空题)\]（选填）$")


def both(text: str) -> dict[str, str]:
    return {"en": text, "zh-Hans": text}


def formats(*labels: str, missing: str = "") -> ResponseFormat:
    options = tuple(Option(code, both(label)) for code, label in enumerate(labels))
    reasons = (MissingOption(98, Missing.DONT_KNOW, both(missing), offered=True),)
    return ResponseFormat("f", "options", options, reasons if missing else (), 0, len(labels))


NUMBER = ResponseFormat("n", "numeric", (), (), 0.0, 1234567.5)


def asked(
    *questions: tuple[str, ResponseFormat], matrix: bool = False, **other: object
) -> Questionnaire:
    """One page with these questions."""
    made = tuple(
        Question(f"Q{i}", both(text), kind, bool(kind.missing), "C", "F", scale=True)
        for i, (text, kind) in enumerate(questions, start=1)
    )
    block = Block("b1", "matrix" if matrix else "single", made)
    page = QuestionnairePage("p1", both("Title"), both("Instruction"), (block,))
    empty = Questionnaire(
        instrument="s",
        version="1.0.0",
        digest="0" * 64,
        form="f",
        languages=("en", "zh-Hans"),
        title=both("Survey"),
        introduction=both("Welcome"),
        consent={},
        closing=both("Thanks"),
        screened_out={},
        pages=(page,),
    )
    return replace(empty, **other)  # type: ignore[arg-type]


def pasted(form: Questionnaire, language: str = "en") -> tuple[list[str], Exported]:
    exported = EXPORTERS["wjx"].write(form, language)
    (text,) = (c for name, c in exported.files.items() if name.endswith(".wjx.txt"))
    return text.decode().split("\n"), exported


def sent(form: Questionnaire, language: str = "en") -> tuple[list[dict[str, object]], Exported]:
    exported = EXPORTERS["wjxjson"].write(form, language)
    (text,) = (c for name, c in exported.files.items() if name.endswith(".wjx.jsonl"))
    return [json.loads(line) for line in text.decode().splitlines()], exported


def way_back(exported: Exported) -> tuple[dict[str, object], list[str]]:
    """The mapping file's content and its notes."""
    (text,) = (c.decode() for name, c in exported.files.items() if name.endswith(".mapping.yaml"))
    return yaml.safe_load(text), [line for line in text.splitlines() if line.startswith("#")]


AGREE = formats("No", "Hm", "Yes", missing="Don't know")


def test_a_single_question_has_lettered_options_and_may_be_left_out() -> None:
    lines, exported = pasted(asked(("I agree", formats("I agree", "A lot"))))
    start = lines.index("2. I agree[单选题]（选填）")
    assert lines[start + 1 : start + 3] == ["A. I agree", "B. A lot"]
    assert exported.losses == ()


def test_more_options_than_letters() -> None:
    lines, _ = pasted(asked(("q", formats(*(f"o{i}" for i in range(28))))))
    assert [line[:2] for line in lines[-4:-1]] == ["Z.", "A.", "B."]


def test_a_matrix_has_its_columns_on_one_line_with_dont_know_last() -> None:
    lines, exported = pasted(asked(("row one", AGREE), ("row two", AGREE), matrix=True))
    start = lines.index("2. Instruction[矩阵单选题]（选填）")
    assert lines[start + 1 : start + 4] == ["No Hm Yes Don't_know", "row one", "row two"]
    assert {loss.item for loss in exported.losses} == {"Q1", "Q2"}
    assert all("labels are written with _" in loss.what for loss in exported.losses)


def test_a_matrix_of_two_columns_would_lose_them_and_is_taken_apart() -> None:
    yes_no = formats("no way", "by all means")
    lines, exported = pasted(asked(("row one", yes_no), ("row two", yes_no), matrix=True))
    assert "2. row one[单选题]（选填）" in lines
    assert "A. no way" in lines
    assert exported.losses == ()
    kinds = [line["qtype"] for line in sent(asked(("a", yes_no), ("b", yes_no), matrix=True))[0]]
    assert kinds[-2:] == ["单选", "单选"]


def test_a_number_is_filled_in_and_its_bounds_are_for_somebody_to_set() -> None:
    lines, exported = pasted(asked(("How many?", NUMBER)))
    assert "2. How many?[填空题]（选填）" in lines
    assert "# - Question 2: number, from 0 to 1234567.5." in way_back(exported)[1]
    assert Feature.NUMBERS in EXPORTERS["wjx"].cannot


@pytest.mark.parametrize(
    ("text", "written", "why"),
    [
        ("two\nlines", "two lines", "line breaks"),
        ("a\tb\n\nc", "a b c", "line breaks"),
        ("name [单选题] it", "name ［\u200b单选题］ it", "begins the kind"),
        ("open [ bracket", "open ［ bracket", "begins the kind"),
        ("which?（选填）", "which?（\u200b选填）", "unseen mark"),
        ("【段落说明】", "【\u200b段落说明】", "unseen mark"),
        ("=== 分页 ===", "\u200b=== 分页 ===", "unseen mark"),
        ("___", "\u200b___", "unseen mark"),
        ("<b>x</b>", "＜b＞x＜/b＞", "HTML"),
        ("\ufeffmarked", "marked", "unseen mark is left out"),
        ("\ufeff", "…", "unseen mark is left out"),
    ],
)
def test_a_text_that_means_something_is_written_otherwise_and_said(
    text: str, written: str, why: str
) -> None:
    lines, exported = pasted(asked((text, AGREE)))
    assert f"2. {written}[单选题]（选填）" in lines
    assert any(loss.item == "Q1" and why in loss.what for loss in exported.losses)
    lines, _ = pasted(asked(("q", formats(text, "x"))))
    assert f"A. {written}" in lines


@pytest.mark.parametrize(
    "text", ["（第3题）", "(see below)", "1. A. first", "=1+1", "a | b", "{x}"]
)
def test_what_means_nothing_is_left_alone(text: str) -> None:
    lines, exported = pasted(asked((text, AGREE)))
    assert f"2. {text}[单选题]（选填）" in lines
    assert exported.losses == ()


@pytest.mark.parametrize("text", ["A different subject", "3 things", "b) this"])
def test_a_paragraph_is_not_taken_for_an_option_or_a_question(text: str) -> None:
    form = asked(("q", AGREE))
    page = replace(form.pages[0], title=both(text))
    lines, _ = pasted(replace(form, introduction=both(text), pages=(page,)))
    assert f"\u200b{text}" in lines
    assert f"\u200b{text}[段落说明]" in lines


def test_pages_are_parted_and_begin_with_their_texts() -> None:
    form = asked(("q", AGREE))
    (page,) = form.pages
    second = replace(page, id="p2", blocks=(replace(page.blocks[0], id="b2"),))
    lines, _ = pasted(replace(form, pages=(page, second)))
    after = [line for line in lines[lines.index("[分页栏]") + 1 :] if line]
    assert after[:3] == ["Title[段落说明]", "Instruction[段落说明]", "3. q[单选题]（选填）"]
    assert lines.count("[分页栏]") == 1


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("form", ["core-40", "core-40-five", "long", "retest", "coordinator"])
def test_every_question_of_the_default_instrument_is_a_question_there(
    form: str, language: str
) -> None:
    written = questionnaire(load_instrument(bundled() / "instrument"), form)
    lines, exported = pasted(written, language)
    numbered = [line for line in lines if re.match(r"[0-9]+\. ", line)]
    assert all(map(TAG.match, numbered))
    assert [int(line.partition(".")[0]) for line in numbered] == [*range(1, len(numbered) + 1)]
    content, _ = way_back(exported)
    columns = content["columns"]
    assert isinstance(columns, dict)
    assert list(columns.values()) == [q.id for q in written.questions]
    assert content["constants"] == {"form": form, "language": language}
    assert (exported.losses == ()) is (language == "zh-Hans")
    named, other = sent(written, language)
    assert other.losses == ()
    assert len([line for line in named if "requir" in line]) == len(numbered)
    assert all(line["requir"] is False for line in named if "requir" in line)
    assert way_back(other) == way_back(exported)


def test_lines_of_json_keep_labels_with_blanks_and_brackets() -> None:
    lines, exported = sent(asked(("[Q1]", AGREE), ("row two", AGREE), matrix=True), "zh-Hans")
    assert lines[0] == {
        "qtype": "问卷基础信息",
        "title": "Survey",
        "introduction": "Welcome",
        "endpageinformation": "Thanks",
        "language": "zh",
        "atype": 1,
    }
    assert lines[-1] == {
        "qtype": "矩阵单选",
        "title": "Instruction",
        "rowtitle": ["[Q1]", "row two"],
        "select": ["No", "Hm", "Yes", "Don't know"],
        "requir": False,
    }
    assert exported.losses == ()


def test_a_megabyte_is_the_most() -> None:
    form = asked(*(("x" * 5000, AGREE) for _ in range(210)))
    with pytest.raises(InstrumentError, match=r"1\.1 MB; Wenjuanxing takes 1 MB") as caught:
        EXPORTERS["wjxjson"].write(form, "en")
    assert caught.value.code == "export.too-big"


def test_the_mapping_leads_positions_back_to_codes() -> None:
    form = asked(("row one", AGREE), ("row two", AGREE), matrix=True)
    content, notes = way_back(EXPORTERS["wjx"].write(form, "en"))
    assert content == {
        "department": EXPORTED_DEPARTMENT,
        "columns": {"row one": "Q1", "row two": "Q2"},
        "labels": {"f": {"1": 0, "2": 1, "3": 2, "4": 98}},
        "missing": {
            "-3": "not_shown",
            "(跳过)": "not_shown",
            "-2": "not_answered",
            "(空)": "not_answered",
        },
        "constants": {"form": "f", "language": "en"},
    }
    assert notes[-1] == "# - Text after handing in: Thanks"


EXPORTED_DEPARTMENT = (
    "Department code, as given by the survey team (leave empty if you were given none)"
)


def test_a_format_with_and_without_dont_know_has_the_longer_list() -> None:
    form = asked(("one", AGREE), ("two", AGREE))
    first, second = form.questions
    block = Block("b1", "single", (first, replace(second, dont_know=False)))
    form = replace(form, pages=(replace(form.pages[0], blocks=(block,)),))
    labels = way_back(EXPORTERS["wjx"].write(form, "en"))[0]["labels"]
    assert labels == {"f": {"1": 0, "2": 1, "3": 2, "4": 98}}


def test_what_somebody_has_to_click_is_listed() -> None:
    form = asked(("one", AGREE), ("two", AGREE), matrix=True, screened_out=both("Sorry"))
    first, second = form.questions
    block = Block("b1", "matrix", (first, replace(second, screen_out=(0, 2))))
    page = replace(form.pages[0], blocks=(block,), shuffle=True)
    form = replace(form, pages=(page,))
    _, notes = way_back(EXPORTERS["wjx"].write(form, "en"))
    assert "# - Question 2 (2), option 1, 3: jump to the end of the questionnaire." in notes
    assert any("random order of rows" in note for note in notes)
    assert notes[-1].endswith(": Sorry")
    lost = {loss.what.partition(":")[0] for loss in losses(EXPORTERS["wjx"], form)}
    assert {"shuffled items", "an answer that ends the questionnaire", "item codes"} <= lost
    _, calm = way_back(EXPORTERS["wjx"].write(arranged(form, 1), "en"))
    assert not any("random order of rows" in note for note in calm)


def test_a_wording_of_any_length_is_a_key() -> None:
    long = "很长" * 700
    columns = way_back(EXPORTERS["wjx"].write(asked((long, AGREE), ("no", AGREE)), "en"))[0]
    assert columns["columns"] == {long: "Q1", "no": "Q2"}


def test_items_that_say_the_same_are_left_to_be_named_by_hand() -> None:
    form = asked(("Trust!", AGREE), ("trust!", AGREE), ("other", AGREE))
    exported = EXPORTERS["wjx"].write(form, "en")
    assert way_back(exported)[0]["columns"] == {"other": "Q3"}
    assert [loss.item for loss in exported.losses if "same wording" in loss.what] == ["Q1", "Q2"]


def test_numbers_that_wenjuanxing_writes_for_no_answer_are_reported() -> None:
    below_zero = ResponseFormat("n", "numeric", (), (), -10.0, 10.0)
    exported = EXPORTERS["wjx"].write(asked(("How warm?", below_zero), ("Many?", NUMBER)), "en")
    assert [loss.item for loss in exported.losses] == ["Q1"]


def test_a_departments_own_questionnaire_does_not_ask_for_it(instrument: Instrument) -> None:
    words = {"M": {"en": "water", "zh-Hans": "治水"}, "P": {"en": "Roads", "zh-Hans": "交通局"}}
    published = publish(instrument, ["wjx"], ["zh-Hans"], departments=[Department("D7", words)])
    text, mapping = (content.decode() for content in published.files.values())
    assert "部门代码" not in text
    assert "[段落说明]" not in text.partition("1. ")[0]
    content = yaml.safe_load(mapping)
    assert content["constants"]["department"] == "D7"
    assert "department" not in content
    assert any("治水" in column for column in content["columns"])


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


def test_an_instruments_own_language_speaks_its_own_phrases() -> None:
    form = asked(("q", AGREE))
    french = {"wjx.department": "Code du service"}
    speaks = {"languages": ("en", "fr"), "phrases": {"fr": french}}
    texts = both("mot") | {"fr": "mot"}
    options = tuple(Option(code, texts) for code in range(3))
    question = replace(
        form.questions[0], text=texts, response_format=replace(AGREE, options=options, missing=())
    )
    block = Block("b1", "single", (question,))
    page = QuestionnairePage("p1", texts, texts, (block,))
    form = replace(form, title=texts, introduction=texts, closing=texts, pages=(page,), **speaks)  # type: ignore[arg-type]
    lines, exported = pasted(form, "fr")
    assert "1. Code du service[填空题]（选填）" in lines
    assert way_back(exported)[0]["department"] == "Code du service"
    for name, content in exported.files.items():
        if name.endswith(".txt"):
            assert len(READERS["wjx"].read(content).questions) == 1
