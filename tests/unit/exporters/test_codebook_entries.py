"""What codebooks tell of a question beside its text."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.exporters.codebook_forms import default, form, library, number, question, scale

from cosyn.codebook.entries import entries, facts, phrases_of, stamps
from cosyn.codebook.entries import number as spelt
from cosyn.instrument.about import AboutItem
from cosyn.instrument.questionnaire import Questionnaire, questionnaire


def known(asked: Questionnaire, item: str) -> dict[str, dict[str, str]]:
    say = phrases_of(asked)
    entry = next(e for e in entries(asked) if e.question.id == item)
    return {fact.key: fact.text for fact in facts(entry, asked.about, say)}


def test_a_question_is_asked_of_those_who_went_on_after_the_last_gate() -> None:
    asked = questionnaire(default())
    assert "universe" not in known(asked, "BGAGREE")
    assert "BGAGREE" in known(asked, "BGPART")["universe"]["en"]
    assert known(asked, "IPG1")["universe"] == {
        "en": "Those who went on after BGPART (answer 4 ends the questionnaire)",
        "zh-Hans": "答完BGPART后继续作答者（选4则问卷结束）",
    }


def test_a_gate_in_one_half_is_no_gate_for_the_other() -> None:
    asked = questionnaire(default())
    first, second = asked.halves or ((), ())
    pages = []
    for page in asked.pages:
        questions = page.questions
        gate = replace(questions[0], screen_out=(1,))
        blocks = (replace(page.blocks[0], questions=(gate, *page.blocks[0].questions[1:])),)
        pages.append(replace(page, blocks=(*blocks, *page.blocks[1:])))
    gates = {e.question.id: e.gate for e in entries(replace(asked, pages=tuple(pages)))}
    page_of = {q.id: page.id for page in asked.pages for q in page.questions}
    in_second = [gates[q.id] for p in asked.pages if p.id in second for q in p.questions]
    assert in_second
    assert not any(page_of[gate.id] in first for gate in in_second if gate)
    last = gates[asked.pages[-1].questions[0].id]
    assert last is not None
    assert page_of[last.id] in second


def test_instructed_answers_and_ends_are_named_with_their_labels() -> None:
    asked = questionnaire(default())
    assert known(asked, "AT1")["expected"] == {"en": "2 (Not true)", "zh-Hans": "2 (不符合)"}
    assert known(asked, "BGPART")["screen_out"]["en"] == "4 (None)"
    assert "expected" not in known(asked, "IPG1")


def test_reversed_items_say_how_a_score_counts_them() -> None:
    reversed_items = [e for e in entries(library()) if e.about.reverse]
    assert reversed_items
    for entry in reversed_items:
        low, high = entry.question.response_format.minimum, entry.question.response_format.maximum
        assert entry.turned == spelt(low + high)
        assert entry.turned in known(library(), entry.question.id)["reverse"]["en"]


def test_places_attributes_status_and_quasi_identifiers_are_told() -> None:
    asked = questionnaire(default(), "long")
    told = known(asked, "IPG1")
    assert told["places"]["zh-Hans"] == "core-40 5, core-40-five 5, long 5, retest 1"
    assert told["attribute locus"] == {"en": "internal", "zh-Hans": "内部"}
    assert told["construct"]["en"] == "Internal-positive dynamics (IP)"
    assert told["status"]["zh-Hans"] == "候选"
    assert "quasi_identifier" not in told
    assert "quasi_identifier" in known(asked, "BGRANK")


def test_of_an_unknown_item_only_the_question_is_told() -> None:
    assert known(form(question("A", "text", scale(1, 2))), "A") == {}
    about = AboutItem(reverse=True)
    assert set(known(form(question("A", "t", scale(1, 5)), about=about), "A")) == {
        "reverse",
        "status",
    }


def test_numbers_keep_their_digits() -> None:
    assert [spelt(n) for n in (0.0, -3.0, 1234567.0, 0.1, 1e-7)] == [
        "0",
        "-3",
        "1234567",
        "0.1",
        "1e-07",
    ]
    high = number(0, 123456789)
    assert spelt(high.maximum) == "123456789"


def test_a_stamp_gives_way_to_an_item_of_that_name() -> None:
    assert "wave" in stamps(form(question("A", "text", scale(1, 2))))
    assert "wave" not in stamps(form(question("Wave", "text", scale(1, 2))))


def test_a_third_language_has_its_own_texts_and_borrowed_phrases() -> None:
    asked = library()
    assert asked.languages == ("en", "zh-Hans", "de")
    told = known(asked, asked.questions[-1].id)
    assert set(told["status"]) == {"en", "zh-Hans", "de"}
    assert told["status"]["de"] == told["status"]["en"]
