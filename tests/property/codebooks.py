"""Random questionnaires with everything that codebooks tell beside, its texts as hostile as the rest."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from tests.property.questionnaires import TEXTS, WORDS, questionnaires

from cosyn.instrument.about import About, AboutItem
from cosyn.instrument.questionnaire import Question, Questionnaire
from cosyn.instrument.types import Attribute, Construct, Facet, Wording

FACETS = (("C1", "F11"), ("C1", "F12"), ("C2", "F21"))


@st.composite
def codebooks(draw: st.DrawFn) -> Questionnaire:
    """Draw a questionnaire whose questions belong to two constructs and are known in full."""
    asked = draw(questionnaires())
    pages = tuple(
        replace(
            page,
            blocks=tuple(
                replace(block, questions=tuple(draw(_placed(q)) for q in block.questions))
                for block in page.blocks
            ),
        )
        for page in asked.pages
    )
    asked = replace(asked, pages=pages)
    return replace(asked, about=draw(_about(asked)))


@st.composite
def _placed(draw: st.DrawFn, question: Question) -> Question:
    construct, facet = draw(st.sampled_from(FACETS))
    codes = [option.code for option in question.response_format.options]
    expected = draw(st.sampled_from([None, *codes]))
    return replace(question, construct=construct, facet=facet, expected=expected)


@st.composite
def _about(draw: st.DrawFn, asked: Questionnaire) -> About:
    role = Attribute("role", draw(TEXTS), {"first": draw(TEXTS), "second": draw(TEXTS)})
    constructs = tuple(
        Construct(
            name,
            draw(TEXTS),
            tuple(Facet(f, draw(TEXTS), draw(WORDS)) for c, f in FACETS if c == name),
            {},
            draw(st.sampled_from(["reflective", "formative", "single"])),
            draw(st.one_of(st.just(""), WORDS)),
        )
        for name in ("C1", "C2")
    )
    items = {
        question.id: AboutItem(
            places={asked.form: place, "other-form": 100 - place},
            reverse=draw(st.booleans()),
            status=draw(st.sampled_from(["candidate", "piloted"])),
            quasi_identifier=draw(st.booleans()),
            attributes={"role": draw(st.sampled_from(["first", "second"])), "key": "a"},
            history=draw(_history()),
        )
        for place, question in enumerate(asked.questions, start=1)
    }
    return About(items, constructs, (role,), {asked.form: draw(TEXTS), "other-form": draw(TEXTS)})


@st.composite
def _history(draw: st.DrawFn) -> tuple[Wording, ...]:
    return (Wording("0.9.0", draw(TEXTS), draw(WORDS)),) if draw(st.booleans()) else ()
