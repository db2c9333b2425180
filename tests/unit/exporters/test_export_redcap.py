"""REDCap gets a dictionary that it takes as it is, and its raw export needs no mapping file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from tests.unit.importers.import_helpers import INSTRUMENT, read

from cosyn.exporters import EXPORTERS, Feature, losses
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.structures import READERS, Unreadable
from cosyn.study import bundled

Row = dict[str, str]
CHOICES, LOGIC = (
    "Choices, Calculations, OR Slider Labels",
    "Branching Logic (Show field only if...)",
)


def rows(form: Questionnaire, language: str = "en") -> dict[str, Row]:
    ((name, content),) = EXPORTERS["redcap"].write(form, language).files.items()
    assert name == f"{form.name}.{language}.redcap.csv"
    assert not content.startswith(b"\xef\xbb\xbf")
    header, *body = csv.reader(io.StringIO(content.decode(), newline=""))
    return {row[0]: dict(zip(header, row, strict=True)) for row in body}


@pytest.fixture(scope="module")
def small() -> Questionnaire:
    """Three rated items in a matrix and one number."""
    return questionnaire(INSTRUMENT)


def with_text(form: Questionnaire, text: str) -> Questionnaire:
    """Give the first question and the first option this text."""
    (page,) = form.pages
    block, *others = page.blocks
    first, *rest = block.questions
    kind = first.response_format
    labelled = (replace(kind.options[0], label=dict.fromkeys(form.languages, text)),)
    kind = replace(kind, options=(*labelled, *kind.options[1:]))
    first = replace(first, text=dict.fromkeys(form.languages, text), response_format=kind)
    block = replace(block, display="single", questions=(first, *rest))
    return replace(form, pages=(replace(page, blocks=(block, *others)),))


def test_a_matrix_has_one_group_equal_choices_and_the_pages_header(small: Questionnaire) -> None:
    found = rows(small)
    assert [name for name, row in found.items() if row["Matrix Group Name"]] == ["a1", "a2", "a3"]
    assert {found[name]["Matrix Group Name"] for name in ("a1", "a2", "a3")} == {"b1"}
    expected = "1, Not at all true | 2, In between | 3, True | 98, Don't know | 99, Does not apply"
    assert {found[name][CHOICES] for name in ("a1", "a2", "a3")} == {expected}
    assert found["a1"]["Section Header"] == "P<br>I"
    assert found["a2"]["Section Header"] == ""
    assert found["a1"]["Field Label"] == "We trust the partners."


def test_a_number_has_its_bounds_and_nothing_is_required(small: Questionnaire) -> None:
    found = rows(small)
    number = found["n1"]
    assert (number["Field Type"], number["Text Validation Min"], number["Text Validation Max"]) == (
        "text",
        "0",
        "100",
    )
    assert number["Text Validation Type OR Show Slider Number"] == "number"
    assert {row["Required Field?"] for row in found.values()} == {""}
    assert {row["Identifier?"] for row in found.values()} == {""}
    assert len({row["Form Name"] for row in found.values()}) == 1


def test_bounds_are_written_in_full(small: Questionnaire) -> None:
    (page,) = small.pages
    last = page.blocks[-1].questions[0]
    wide = replace(last.response_format, minimum=-0.125, maximum=12345678.0)
    block = replace(page.blocks[-1], questions=(replace(last, response_format=wide),))
    form = replace(small, pages=(replace(page, blocks=(*page.blocks[:-1], block)),))
    number = rows(form)["n1"]
    assert (number["Text Validation Min"], number["Text Validation Max"]) == ("-0.125", "12345678")


def test_each_answer_is_stamped_and_the_record_comes_first(small: Questionnaire) -> None:
    found = rows(small, "zh-Hans")
    assert next(iter(found)) == "record_id"
    assert found["record_id"]["Field Type"] == "text"
    assert found["record_id"]["Section Header"] == ""
    stamps = {n: row["Field Annotation"] for n, row in found.items() if row["Field Annotation"]}
    assert stamps == {
        "instrument": '@HIDDEN @DEFAULT="small"',
        "version": '@HIDDEN @DEFAULT="1.0.0"',
        "digest": f'@HIDDEN @DEFAULT="{small.digest}"',
        "form": '@HIDDEN @DEFAULT="all"',
        "language": '@HIDDEN @DEFAULT="zh-Hans"',
        "order": '@HIDDEN @DEFAULT="0"',
    }
    assert found["department"]["Field Label"] == "部门代码"
    own = rows(replace(small, department="D7", order=3))
    assert own["department"]["Field Annotation"] == '@HIDDEN @DEFAULT="D7"'
    assert own["order"]["Field Annotation"] == '@HIDDEN @DEFAULT="3"'


def test_an_answer_ends_the_questionnaire_for_everything_behind_it(small: Questionnaire) -> None:
    (page,) = small.pages
    first, *rest = page.blocks[0].questions
    block = replace(page.blocks[0], questions=(replace(first, screen_out=(1, 98)), *rest))
    texts = {"screened_out": {"en": "Sorry", "zh-Hans": "抱歉"}, "consent": small.title}
    form = replace(small, pages=(replace(page, blocks=(block, *page.blocks[1:])),), **texts)  # type: ignore[arg-type]
    found = rows(form)
    assert found["a1"][LOGIC] == ""
    assert {found[name][LOGIC] for name in ("a2", "a3", "n1", "text_closing")} == {
        "[a1] <> '1' and [a1] <> '98'"
    }
    assert found["text_screened_out"][LOGIC] == "[a1] = '1' or [a1] = '98'"
    assert found["text_screened_out"]["Field Label"] == "Sorry"
    assert found["text_closing"]["Section Header"] == "Small"
    assert found["text_consent"]["Field Type"] == "descriptive"
    assert "text_screened_out" not in rows(small)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a | b, c", "a ｜ b, c"),
        ("<b>bold</b>", "＜b＞bold＜/b＞"),
        ("[a2] and {a2}", "［a2］ and ｛a2｝"),
        ("end\\", "end＼"),
        ("1\\n2", "1＼n2"),
        ("&lt;i&gt; &copy", "＆lt;i＆gt; ＆copy"),
    ],
)
def test_what_redcap_would_take_for_its_own_is_written_full_width(
    small: Questionnaire, text: str, written: str
) -> None:
    form = with_text(small, text)
    row = rows(form)["a1"]
    assert row["Field Label"] == written
    assert row[CHOICES].startswith(f"1, {written} | 2, ")
    assert [loss.item for loss in EXPORTERS["redcap"].write(form, "en").losses] == ["A1"]


@pytest.mark.parametrize("text", ["R&D, with & without", "=1+1", '"quoted"', "two\nlines", "-1, x"])
def test_what_redcap_leaves_alone_is_kept(small: Questionnaire, text: str) -> None:
    form = with_text(small, text)
    assert rows(form)["a1"]["Field Label"] == text.replace("\n", "<br>")
    assert EXPORTERS["redcap"].write(form, "en").losses == ()
    content = EXPORTERS["redcap"].write(form, "en").files[f"{form.name}.en.redcap.csv"]
    held = READERS["redcap"].read(content)
    assert held.languages == ("en",)
    assert held.questions[0].text == {"en": text}
    assert held.questions[0].answers[0] == (1, {"en": text})


def test_negative_codes_are_kept(small: Questionnaire) -> None:
    form = with_text(small, "x")
    (page,) = form.pages
    first = page.blocks[0].questions[0]
    kind = first.response_format
    kind = replace(kind, options=(replace(kind.options[0], code=-1), *kind.options[1:]))
    block = replace(page.blocks[0], questions=(replace(first, response_format=kind),))
    form = replace(form, pages=(replace(page, blocks=(block,)),))
    content = EXPORTERS["redcap"].write(form, "en").files[f"{form.name}.en.redcap.csv"]
    assert [c for c, _ in READERS["redcap"].read(content).questions[0].answers] == [
        *(-1, 2, 3, 98, 99)
    ]


def test_a_name_that_redcap_refuses_is_reported(small: Questionnaire) -> None:
    (page,) = small.pages
    first, *rest = page.blocks[0].questions
    block = replace(page.blocks[0], questions=(replace(first, id="Class"), *rest))
    form = replace(small, pages=(replace(page, blocks=(block, *page.blocks[1:])),))
    (loss,) = EXPORTERS["redcap"].write(form, "en").losses
    assert (loss.item, "refuses this name" in loss.what) == ("Class", True)


def test_texts_of_no_item_are_reported_with_their_place(small: Questionnaire) -> None:
    form = replace(small, introduction={"en": "<hr>", "zh-Hans": "横线"})
    assert [loss.item for loss in EXPORTERS["redcap"].write(form, "en").losses] == ["introduction"]
    assert EXPORTERS["redcap"].write(form, "zh-Hans").losses == ()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("form", ["core-40", "core-40-five", "long", "retest", "coordinator"])
def test_the_default_instrument(form: str, language: str) -> None:
    asked = questionnaire(load_instrument(bundled() / "instrument"), form)
    found = rows(asked, language)
    assert [n for n in found if n in {q.id.lower() for q in asked.questions}] == [
        q.id.lower() for q in asked.questions
    ]
    assert EXPORTERS["redcap"].write(asked, language).losses == ()
    lost = {loss.what.partition(":")[0] for loss in losses(EXPORTERS["redcap"], asked)}
    assert Feature.SCREEN_OUT not in lost
    assert Feature.LANGUAGES in lost


def test_a_raw_export_is_read_without_a_mapping_file() -> None:
    """As exported raw, with the fields of a survey project that nobody asked for."""
    table = (
        "record_id,redcap_survey_identifier,s_all_timestamp,instrument,version,digest,form,"
        "language,order,department,a1,a2,a3,n1,s_all_complete\n"
        f"1,,2026-11-26 12:00:00,small,1.0.0,{INSTRUMENT.digest},all,zh-Hans,0,D7,3,98,,40,2\n"
    )
    imported = read(table)
    (submission,) = imported.submissions
    assert [(c.value, c.missing) for c in submission.answers.values()] == [
        (3, "answered"),
        (None, "dont_know"),
        (None, "not_answered"),
        (40, "answered"),
    ]
    assert (submission.department, submission.language, submission.form) == ("D7", "zh-Hans", "all")
    assert imported.report.warnings == ()
    fates = {c.name: c.fate for c in imported.report.columns}
    assert fates["s_all_timestamp"] == "time"
    assert fates["record_id"] == "personal"


HEADER = "Variable / Field Name,Field Type,Field Label," + '"' + CHOICES + '"\n'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "no CSV in UTF-8"),
        (b"", "no column 'Variable / Field Name'"),
        (b"a,b\n1,2\n", "no column"),
        (f"{HEADER}a1,radio\n".encode(), "row 2 has another number of fields"),
        (f'{HEADER}a1,radio,x,"one | two"\n'.encode(), "'one' is no choice"),
    ],
)
def test_something_else(content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        READERS["redcap"].read(content)


def test_a_dictionary_that_says_no_language_is_read_all_the_same() -> None:
    held = READERS["redcap"].read(f'{HEADER}a1,radio,x,"1, one|2, two"\n'.encode())
    assert held.languages == ("und",)
    assert held.questions[0].answers == ((1, {"und": "one"}), (2, {"und": "two"}))
