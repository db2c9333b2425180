"""Qualtrics's Advanced Format: tags, codes, and texts that might be taken for either."""

from __future__ import annotations

import pytest
import yaml
from tests.unit.exporters.small import NUMBER, asked, both, item, matrix, page, single

from cosyn.exporters import EXPORTERS, Feature, losses
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.structures import READERS, Unreadable

EXPORTER, READER = EXPORTERS["qualtrics"], READERS["qualtrics"]
CONSENT = page("con-sent", single("b1", item("BG", screen_out=(2,))))
ROWS = page("rows", matrix("b2", item("A1"), item("A2")), shuffle=True)
LAST = page("last", single("b3", item("N1", response_format=NUMBER, dont_know=False)))


def lines(questionnaire: Questionnaire, language: str = "en") -> list[str]:
    files = EXPORTER.write(questionnaire, language).files
    return files[f"{questionnaire.name}.{language}.qualtrics.txt"].decode().split("\n")


def after(found: list[str], tag: str) -> list[str]:
    """Return what follows a tag up to the next blank line."""
    start = found.index(tag) + 1
    return found[start : found.index("", start)]


def test_each_answer_is_stamped_and_tells_its_language() -> None:
    assert lines(asked(ROWS, department="D-7"), "zh-Hans")[:9] == [
        "[[AdvancedFormat]]",
        "",
        "[[ED:instrument:study]]",
        "[[ED:version:1.2.3]]",
        f"[[ED:digest:{'00e1' * 16}]]",
        "[[ED:form:short]]",
        "[[ED:order:0]]",
        "[[ED:department:D-7]]",
        "[[ED:language:zh-Hans]]",
    ]


def test_a_page_is_a_block_and_a_table_a_matrix_with_codes() -> None:
    found = lines(asked(ROWS))
    assert after(found, "[[Block:rows]]") == []
    assert after(found, "[[ID:page_rows]]") == ["<b>title rows</b>"]
    assert after(found, "[[ID:b2]]") == [
        "how rows",
        "[[AdvancedChoices]]",
        "[[Choice]]",
        "statement A1",
        "[[Choice]]",
        "statement A2",
        "[[AdvancedAnswers]]",
        "[[Answer:1]]",
        "option 1",
        "[[Answer:2]]",
        "option 2",
        "[[Answer:5]]",
        "option 5",
        "[[Answer:98]]",
        "don't know",
    ]


def test_a_single_question_bears_its_code_and_a_number_its_bounds_in_words() -> None:
    found = lines(asked(CONSENT, LAST))
    assert after(found, "[[ID:page_con_sent]]") == ["<b>title con-sent</b><br>how con-sent"]
    assert after(found, "[[ID:BG]]")[:4] == ["statement BG", "[[AdvancedChoices]]", "[[Choice:1]]", "option 1"]  # fmt: skip
    (number,) = after(found, "[[ID:N1]]")
    assert number == "statement N1<br><i>A number from 0 to 1234567.5</i>"


def test_a_text_stays_one_line_of_text() -> None:
    text = "[[PageBreak]]\n\n[[[Choice:1]] ${q://QID1/x} <b> & \t\u2028."
    found = lines(asked(page("p", single("b1", item("A1", text=both(text))))))
    assert after(found, "[[ID:A1]]")[0] == (
        "&#91;&#91;PageBreak]]<br><br>&#91;&#91;[Choice:1]] &#36;{q://QID1/x} &lt;b&gt; &amp; "
        "&#9;&#8232;."
    )


def test_the_mapping_file_leads_numbered_rows_to_their_items() -> None:
    files = EXPORTER.write(asked(CONSENT, ROWS), "en").files
    mapping = yaml.safe_load(files["study-short.en.qualtrics.mapping.yaml"])
    assert mapping["columns"] == {"b2_1": "A1", "b2_2": "A2"}
    assert mapping["missing"] == {"-99": "not_answered"}


def test_the_consent_is_told_and_the_department_asked_for_only_where_not_known() -> None:
    assert "[[ID:department]]" in lines(asked(ROWS))
    assert "[[ID:consent]]" not in lines(asked(ROWS))
    known = lines(asked(ROWS, department="D-7", consent=both("I agree")))
    assert "[[ID:department]]" not in known
    assert after(known, "[[ID:consent]]") == ["I agree"]


def test_what_it_cannot_say_is_declared() -> None:
    halved = asked(CONSENT, ROWS, LAST, halves=(("rows",), ("last",)))
    said = {loss.what.partition(":")[0] for loss in losses(EXPORTER, halved)}
    assert said == {
        str(feature.value)
        for feature in (
            Feature.SHUFFLE,
            Feature.HALVES,
            Feature.SCREEN_OUT,
            Feature.LANGUAGES,
            Feature.ITEM_CODES,
            Feature.MISSING_APART,
            Feature.NUMBERS,
        )
    }


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    content = "\n".join(lines(asked(CONSENT, ROWS, LAST))).encode()
    held = READER.read(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    assert held == READER.read(content)
    assert [question.id for question in held.questions] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "no text in UTF-8"),
        (b"1. A question", "the first line is not"),
        (b"[[AdvancedFormat]]\n[[Question:DB]]\nx", "no line says the language"),
        (b"[[AdvancedFormat]]\nlost", "line 2 belongs to no question: lost"),
        (
            b"[[AdvancedFormat]]\n[[ED:language:en]]\n[[Question:MC]]\n[[ID:A1]]\nx\n[[Choice:a]]\ny",
            "A1: a code is no whole number",
        ),
    ],
)
def test_other_content_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        READER.read(content)
