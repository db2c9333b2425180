"""Random questionnaires with texts that break careless writers, for the round trips of every target."""

from __future__ import annotations

from hypothesis import strategies as st

from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage
from cosyn.instrument.types import Missing, MissingOption, Option, ResponseFormat

LANGUAGES = ("en", "zh-Hans")
HOSTILE = (
    '"fully quoted"',
    "back\\slash at the end\\",
    '\\" escaped',
    "{brace} ${ref} {{ 7 * 7 }} {% raw %}",
    "<b>bold</b> & <script>alert(1)</script>",
    "=1+1",
    "+1",
    "-minus",
    "@SUM(A1)",
    "tab\there",
    "line\nbreak",
    "line\n\nblank line",
    "[[PageBreak]]",
    "[Q1]",
    "a | b, c; d",
    "1. A. first",
    "I agree",
    "emoji 🙂 𠮷 👩‍👩‍👧",
    "עברית מימין لشمال",
    "全角，标点；空格\u3000与\u00a0不断行",
    "combining e\u0301 and \u200b zero width",
    "' apostrophe",
    "%s %d %(x)s",
    "]]> &amp; &#10;",
    "end.",
    "x" * 400,
    "长" * 200,
)


def _sayable(text: str) -> str:
    """As the loader leaves a text: no control characters, no blanks around it."""
    kept = "".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and not 0x7F <= ord(c) <= 0x9F))
    return kept.strip() or "text"


WORDS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=60,
    ).map(_sayable),
    st.tuples(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE)).map(" ".join).map(_sayable),
)
TEXTS = st.fixed_dictionaries(dict.fromkeys(LANGUAGES, WORDS))


@st.composite
def response_formats(draw: st.DrawFn, name: str, *, numbers: bool = True) -> ResponseFormat:
    """Draw options with hostile labels and any lawful codes, or a range of numbers."""
    if numbers and draw(st.booleans()) and draw(st.booleans()):
        low = draw(st.integers(-100, 100))
        high = low + draw(st.integers(1, 1000))
        return ResponseFormat(name, "numeric", (), (), float(low), float(high))
    codes = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=7)))
    options = tuple(Option(code, draw(TEXTS)) for code in codes)
    reasons = ((97, Missing.REFUSED), (98, Missing.DONT_KNOW), (99, Missing.NOT_APPLICABLE))
    missing = tuple(
        MissingOption(code, reason, draw(TEXTS), offered=draw(st.booleans()))
        for code, reason in reasons[: draw(st.integers(0, 3))]
    )
    return ResponseFormat(name, "options", options, missing, float(codes[0]), float(codes[-1]))


@st.composite
def questionnaires(draw: st.DrawFn, *, numbers: bool = True, extras: bool = True) -> Questionnaire:
    """Draw a questionnaire of up to three pages; ids are unique without regard to capitals.

    Parameters
    ----------
    numbers : bool
        Whether questions may be answered with a number.
    extras : bool
        Whether answers may end the questionnaire, and items and halves may be shuffled.
    """
    formats = [draw(response_formats(f"f{i}", numbers=numbers)) for i in range(2)]
    pages, count, blocks = [], 0, 0
    for number in range(draw(st.integers(1, 3))):
        made = []
        for _ in range(draw(st.integers(1, 2))):
            blocks += 1
            chosen, asked = draw(st.sampled_from(formats)), []
            dont_know = draw(st.booleans()) and chosen.kind == "options"
            for _ in range(draw(st.integers(1, 4))):
                count += 1
                asked.append(draw(_question(f"Q{count}", chosen, dont_know, extras)))
            matrix = chosen.kind == "options" and len(asked) > 1 and draw(st.booleans())
            made.append(Block(f"b{blocks}", "matrix" if matrix else "single", tuple(asked)))
        shuffle = extras and draw(st.booleans())
        pages.append(
            QuestionnairePage(f"page-{number}", draw(TEXTS), draw(TEXTS), tuple(made), shuffle)
        )
    halves = ((pages[0].id,), (pages[1].id,)) if extras and len(pages) > 1 else None
    return Questionnaire(
        instrument="random-study",
        version="1.0.0",
        digest="0123456789abcdef" * 4,
        form="all",
        languages=LANGUAGES,
        title=draw(TEXTS),
        introduction=draw(TEXTS),
        consent=draw(st.one_of(TEXTS, st.just({}))),
        closing=draw(TEXTS),
        screened_out=draw(TEXTS),
        pages=tuple(pages),
        halves=halves,
    )


@st.composite
def _question(
    draw: st.DrawFn, name: str, chosen: ResponseFormat, dont_know: bool, extras: bool
) -> Question:
    ends = extras and chosen.kind == "options" and draw(st.integers(0, 4)) == 0
    return Question(
        id=name + draw(st.sampled_from(["", "a", "B7", "xLongerName"])),
        text=draw(TEXTS),
        response_format=chosen,
        dont_know=dont_know,
        construct="C",
        facet="F",
        scale=draw(st.booleans()),
        screen_out=(chosen.options[0].code,) if ends else (),
        expected=None,
    )
