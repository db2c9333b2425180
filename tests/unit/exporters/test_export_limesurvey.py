"""The LimeSurvey writer: each trap of the import by name, and what it asks of a survey."""

from __future__ import annotations

import base64
import dataclasses

import pytest
from tests.fake_limesurvey import FakeLimeSurvey

from cosyn import limesurvey as ls
from cosyn.exporters import EXPORTERS, Feature, losses
from cosyn.exporters.limesurvey import EXPORTER
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Block, Question, Questionnaire, questionnaire
from cosyn.instrument.types import Missing, MissingOption, Option, ResponseFormat
from cosyn.study import bundled

LANGUAGES = ("en", "zh-Hans")
PRIVATE = {
    "anonymized": "Y",
    "datestamp": "N",
    "savetimings": "N",
    "ipaddr": "N",
    "refurl": "N",
    "allowsave": "N",
    "usecookie": "N",
    "allowregister": "N",
    "tokenanswerspersistence": "N",
    "alloweditaftercompletion": "N",
    "printanswers": "N",
    "publicstatistics": "N",
}


@pytest.fixture(scope="module")
def plain() -> Questionnaire:
    return questionnaire(load_instrument(bundled() / "instrument"))


def both(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def answers(*codes: int, missing: tuple[MissingOption, ...] = ()) -> ResponseFormat:
    options = tuple(Option(code, both(f"label {code}")) for code in codes)
    return ResponseFormat("f", "options", options, missing, float(codes[0]), float(codes[-1]))


def ask(name: str, text: str = "text", **changes: object) -> Question:
    question = Question(name, both(text), answers(1, 2, 3), False, "C", "F", True)
    return dataclasses.replace(question, **changes)  # type: ignore[arg-type]


def asking(plain: Questionnaire, *blocks: Block, shuffle: bool = False) -> Questionnaire:
    page = dataclasses.replace(plain.pages[0], blocks=blocks, shuffle=shuffle)
    return dataclasses.replace(plain, pages=(page,), halves=None)


def content_of(asked: Questionnaire, language: str = "en") -> bytes:
    (content,) = EXPORTER.write(asked, language).files.values()
    return content


def lines_of(asked: Questionnaire, language: str = "en") -> list[ls.Line]:
    lines = ls.read_lines(content_of(asked, language))
    return [line for line in lines if line.kind != ls.NOTE]


def questions_of(lines: list[ls.Line], language: str = "en") -> dict[str, ls.Line]:
    found = (x for x in lines if (x.kind, x.language) == (ls.QUESTION, language))
    return {line.name: line for line in found}


def losses_of(asked: Questionnaire) -> dict[str, str]:
    return {loss.item: loss.what for loss in EXPORTER.write(asked, "en").losses}


def test_trap_1_there_is_no_byte_order_mark_and_no_quoted_header(plain: Questionnaire) -> None:
    assert content_of(plain).startswith(b"class\ttype/scale\tname\t")


def test_traps_2_and_3_nothing_is_quoted_and_no_quote_is_in_the_file(plain: Questionnaire) -> None:
    asked = asking(plain, Block("b1", "single", (ask("a1", '"all" \\" of it\\'),)))
    content = content_of(asked)
    assert b'"' not in content
    assert (
        questions_of(lines_of(asked))["a1"].text == r"&quot;all&quot; \&quot; of it\<span></span>"
    )


def test_trap_4_codes_that_limesurvey_changes_are_named(plain: Questionnaire) -> None:
    names = ("A_b", "1abc", "选项", "x" * 21, "SID", "this")
    asked = asking(plain, Block("b1", "single", tuple(map(ask, names))))
    assert set(losses_of(asked)) == set(names)
    as_rows = asking(plain, Block("b1", "matrix", (ask("SID"), ask("time"), ask("fine"))))
    assert set(losses_of(as_rows)) == {"time"}


def test_trap_4_no_code_is_used_twice(plain: Questionnaire) -> None:
    names = ("b1", "FORM", "screenedout", "OtherPlace", "version")
    rows = tuple(ask(name, screen_out=(1,)) for name in names)
    asked = asking(plain, Block("b1", "matrix", rows), Block("b2", "single", (ask("b2x"),)))
    lines = lines_of(asked)
    codes = [line.name.casefold() for line in lines if line.kind in {ls.QUESTION, ls.ROW}]
    assert len(codes) == 2 * len(set(codes))


def test_trap_5_an_option_that_would_be_left_out_is_named(plain: Questionnaire) -> None:
    refusal = MissingOption(-99, Missing.REFUSED, both("no"), offered=True)
    chosen = answers(1, 123456, missing=(refusal,))
    asked = asking(
        plain, Block("b1", "single", (ask("a1", response_format=chosen, dont_know=True),))
    )
    assert [line.name for line in lines_of(asked) if line.kind == ls.OPTION] == ["1", "1"]
    lost = [loss.what for loss in EXPORTER.write(asked, "en").losses]
    assert [what[:10] for what in lost] == ["option 123", "option -99"]


def test_trap_6_every_language_has_the_same_rows(plain: Questionnaire) -> None:
    rows = {
        language: [
            (line.kind, line.type, line.name if line.kind != ls.GROUP else "")
            for line in lines_of(plain)
            if line.language == language
        ]
        for language in LANGUAGES
    }
    assert rows["en"] == rows["zh-Hans"]
    assert rows["en"]


def test_trap_6_the_language_given_comes_first(plain: Questionnaire) -> None:
    lines = lines_of(plain, "zh-Hans")
    settings = {line.name: line.text for line in lines if line.kind == ls.SURVEY}
    assert (settings["language"], settings["additional_languages"]) == ("zh-Hans", "en")
    languages = [line.language for line in lines if line.kind == ls.GROUP]
    assert languages == sorted(languages, reverse=True)


def test_trap_7_every_question_stands_in_a_group(plain: Questionnaire) -> None:
    kinds = [line.kind for line in lines_of(plain) if line.language and line.kind != ls.TEXTS]
    assert kinds[0] == ls.GROUP


def test_trap_8_texts_are_neither_markup_nor_expressions(plain: Questionnaire) -> None:
    text = "{SAVEDID} <script>1</script> & \\{x}"
    asked = dataclasses.replace(
        asking(plain, Block("b1", "single", (ask("a1", text),))),
        title=both(text),
        introduction=both(text),
        consent={},
        closing=both(text),
    )
    escaped = r"\{SAVEDID\} &lt;script&gt;1&lt;/script&gt; &amp; \<span></span>\{x\}"
    texts = {line.name: line.text for line in lines_of(asked) if line.kind == ls.TEXTS}
    assert set(texts.values()) == {escaped}
    assert questions_of(lines_of(asked))["a1"].text == escaped


def test_trap_9_no_row_begins_with_no_answer(plain: Questionnaire) -> None:
    assert ls.Line(ls.SURVEY, "shownoanswer", "N") in lines_of(plain)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "line\nbreak", "'=1"])
def test_trap_10_signs_and_line_breaks_are_kept(plain: Questionnaire, text: str) -> None:
    asked = asking(plain, Block("b1", "single", (ask("a1", text),)))
    written = questions_of(lines_of(asked))["a1"].text
    assert ls.decode(written) == text
    assert not set(written) & set("\n\t+")


def test_a_title_is_cut_to_what_limesurvey_stores(plain: Questionnaire) -> None:
    asked = dataclasses.replace(plain, title=both("&" * 100))
    title = next(line.text for line in lines_of(asked) if line.name == "surveyls_title")
    assert title == "&amp;" * 40
    assert "title" in losses_of(asked)


def test_a_survey_knows_nobody(plain: Questionnaire) -> None:
    settings = {line.name: line.text for line in lines_of(plain) if line.kind == ls.SURVEY}
    assert PRIVATE.items() <= settings.items()


def test_a_matrix_is_one_array_with_its_items_as_rows(plain: Questionnaire) -> None:
    missing = MissingOption(98, Missing.DONT_KNOW, both("don't know"), offered=True)
    chosen = answers(1, 2, missing=(missing,))
    rows = tuple(ask(name, response_format=chosen, dont_know=True) for name in ("a1", "a2"))
    lines = [x for x in lines_of(asking(plain, Block("b7", "matrix", rows))) if x.language == "en"]
    array = next(i for i, line in enumerate(lines) if line.name == "b7")
    assert lines[array].type == "F"
    assert [(x.kind, x.name) for x in lines[array + 1 : array + 6]] == [
        (ls.ROW, "a1"),
        (ls.ROW, "a2"),
        (ls.OPTION, "1"),
        (ls.OPTION, "2"),
        (ls.OPTION, "98"),
    ]


def test_a_number_has_its_bounds(plain: Questionnaire) -> None:
    number = ResponseFormat("n", "numeric", (), (), 0.5, 1e6)
    asked = asking(plain, Block("b1", "single", (ask("a1", response_format=number),)))
    question = questions_of(lines_of(asked))["a1"]
    assert question.type == "N"
    bounds = ("min_num_value_n", "max_num_value_n")
    assert [question.attributes[name] for name in bounds] == ["0.5", "1000000"]


def test_a_number_cannot_offer_dont_know(plain: Questionnaire) -> None:
    missing = (MissingOption(98, Missing.DONT_KNOW, both("?"), offered=True),)
    number = ResponseFormat("n", "numeric", (), missing, 0, 9)
    asked = asking(
        plain, Block("b1", "single", (ask("a1", response_format=number, dont_know=True),))
    )
    assert "don't know" in losses_of(asked)["a1"]


def test_rows_are_shuffled_and_a_check_among_them_is_named(plain: Questionnaire) -> None:
    rows = (ask("a1"), ask("check", scale=False), ask("a2"))
    asked = asking(plain, Block("b1", "matrix", rows), shuffle=True)
    assert questions_of(lines_of(asked))["b1"].attributes["random_order"] == "1"
    assert [loss.item for loss in losses(EXPORTER, asked)] == ["check"]


def test_single_questions_are_shuffled_among_their_own_places(plain: Questionnaire) -> None:
    block = Block("b1", "single", (ask("a1"), ask("check", scale=False), ask("a2")))
    found = questions_of(lines_of(asking(plain, block, shuffle=True)))
    groups = [found[name].attributes.get("random_group") for name in ("a1", "check", "a2")]
    assert groups == ["b1", None, "b1"]
    assert losses(EXPORTER, asking(plain, block, shuffle=True)) == ()


def test_what_is_not_shuffled_says_nothing_of_order(plain: Questionnaire) -> None:
    asked = asking(plain, Block("b1", "matrix", (ask("a1"), ask("a2"))))
    assert "random_order" not in questions_of(lines_of(asked))["b1"].attributes


def test_an_answer_that_ends_hides_all_that_follows(plain: Questionnaire) -> None:
    first = Block("b1", "single", (ask("gate", screen_out=(2, 3)), ask("a1")))
    page = dataclasses.replace(plain.pages[0], blocks=(first,))
    rows = Block("b2", "matrix", (ask("a2", screen_out=(1,)), ask("a3")))
    second = dataclasses.replace(plain.pages[1], blocks=(rows,))
    third = dataclasses.replace(plain.pages[2], blocks=(Block("b3", "single", (ask("a4"),)),))
    asked = dataclasses.replace(plain, pages=(page, second, third), halves=None)
    lines = lines_of(asked)
    gate = "gate.NAOK != '2' and gate.NAOK != '3'"
    groups = [x.relevance for x in lines if (x.kind, x.language) == (ls.GROUP, "en")]
    ended = "gate.NAOK == '2' or gate.NAOK == '3' or b2_a2.NAOK == '1'"
    assert groups == ["1", gate, f"{gate} and b2_a2.NAOK != '1'", ended]
    found = questions_of(lines)
    assert [found[name].relevance for name in ("gate", "a1", "b2", "a4")] == ["1", gate, "1", "1"]
    assert ls.decode(found["screenedout"].text) == asked.screened_out["en"]


def test_the_second_half_changes_places_with_an_empty_group(plain: Questionnaire) -> None:
    assert plain.halves is not None
    first, second = plain.halves
    groups = [x for x in lines_of(plain) if (x.kind, x.language) == (ls.GROUP, "en")]
    random = [i for i, line in enumerate(groups) if line.attributes.get("random_group")]
    ids = [page.id for page in plain.pages]
    assert random == [ids.index(first[0]), ids.index(second[0]) + 1]
    (empty,) = (q for q in questions_of(lines_of(plain)).values() if q.name == "otherplace")
    assert empty.attributes["hidden"] == "1"


def test_the_first_half_may_be_the_single_page(plain: Questionnaire) -> None:
    ids = [page.id for page in plain.pages]
    asked = dataclasses.replace(plain, halves=((ids[1],), (ids[2], ids[3])))
    groups = [x for x in lines_of(asked) if (x.kind, x.language) == (ls.GROUP, "en")]
    assert [i for i, x in enumerate(groups) if x.attributes.get("random_group")] == [1, 4]


def test_halves_of_several_pages_each_are_a_loss(plain: Questionnaire) -> None:
    ids = [page.id for page in plain.pages]
    asked = dataclasses.replace(plain, halves=((ids[0], ids[1]), (ids[2], ids[3])))
    lines = lines_of(asked)
    assert not any(x.attributes.get("random_group") for x in lines if x.kind == ls.GROUP)
    halved = {q.id for page in asked.pages[:4] for q in page.questions}
    assert halved <= set(losses_of(asked))


def test_every_answer_is_stamped(plain: Questionnaire) -> None:
    found = questions_of(lines_of(plain), "zh-Hans")
    for name in ("instrument", "version", "digest", "form"):
        assert ls.decode(found[name].text) == getattr(plain, name)
        assert found[name].type == "*"


def test_attributes_are_said_once(plain: Questionnaire) -> None:
    lines = lines_of(plain)
    assert any(line.attributes for line in lines if line.language == "en")
    assert not any(line.attributes for line in lines if line.language == "zh-Hans")


def test_a_bar_in_a_row_is_named(plain: Questionnaire) -> None:
    rows = (ask("a1", "left | right"), ask("a2"))
    assert set(losses_of(asking(plain, Block("b1", "matrix", rows)))) == {"a1"}
    assert losses_of(asking(plain, Block("b1", "single", rows))) == {}


def test_a_next_line_sign_is_named(plain: Questionnaire) -> None:
    asked = asking(plain, Block("b1", "single", (ask("a1", "next\x85line"), ask("a2"))))
    assert set(losses_of(asked)) == {"a1"}


def test_the_default_questionnaire_loses_only_the_places_of_its_checks(
    plain: Questionnaire,
) -> None:
    assert losses_of(plain) == {}
    found = losses(EXPORTER, plain)
    checks = {q.id for q in plain.questions if q.expected is not None}
    assert {loss.item for loss in found if loss.what.startswith(Feature.FIXED)} == checks


def test_it_is_in_the_registry() -> None:
    assert EXPORTERS["limesurvey"] is EXPORTER
    assert EXPORTER.shuffles
    assert set(EXPORTER.cannot) == {Feature.FIXED, Feature.MISSING_APART}


def test_the_fake_server_takes_the_default_questionnaire_whole(plain: Questionnaire) -> None:
    server = FakeLimeSurvey()
    server.import_survey(base64.b64encode(content_of(plain)).decode(), "txt")
    held = {q["title"] for q in server.questions}
    assert {q.id for q in plain.questions} <= held
