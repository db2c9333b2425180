"""Whatever experts choose and write, under whatever labels, is what is read back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.panel.panel_helpers import fill

from cosyn.i18n import Text
from cosyn.instrument.types import (
    Attribute,
    Construct,
    Facet,
    Form,
    Instrument,
    Item,
    Page,
    ResponseFormat,
)
from cosyn.panel.answers import Answers, Rating, open_answers, read_answers
from cosyn.panel.material import material, plain, shown
from cosyn.panel.workbooks import workbook

LANGUAGES = ("en", "zh-Hans")
characters = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
pieces = st.one_of(
    st.text(characters, max_size=10),
    st.sampled_from(["=1", "@", "+", "-", "'", ",", '"', "\n", "_x0041_", "x005F_", "<", "&", "&P", "😀", "{M}"]),
)  # fmt: skip
texts = st.lists(pieces, min_size=1, max_size=5).map("".join).map(str.strip).filter(bool)
#: Not the words that are offered besides.
labels = texts.filter(lambda text: plain(shown(text)) not in {"does not apply", "不适用", ""})


def both(text: str) -> Text:
    return dict.fromkeys(LANGUAGES, text)


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Two attributes and four items, all of whose words are hostile."""
    names = draw(
        st.lists(labels, min_size=6, max_size=6, unique_by=lambda text: plain(shown(text)))
    )
    words = draw(st.lists(texts, min_size=12, max_size=12))
    attributes = tuple(
        Attribute(key, both(names[k]), {v: both(n) for v, n in values}, {v: both(words[k]) for v, _ in values})
        for k, (key, values) in enumerate(
            {"a": [*zip("pq", names[2:4], strict=True)], "b": [*zip("rs", names[4:6], strict=True)]}.items()
        )
    )  # fmt: skip
    places = [{"a": "p", "b": "r"}, {"a": "q"}, {"b": "s"}, {}]
    items = tuple(
        Item(f"i{k}", "C", "F", both(words[k]), "f", short=False, reverse=False, dont_know=False, attributes=place)
        for k, place in enumerate(places)
    )  # fmt: skip
    facet = Facet("F", both(words[4]), definition=both(words[5]))
    return Instrument(
        id="x",
        version="1.0.0",
        title=both(words[6]),
        languages=LANGUAGES,
        introduction=both(words[7]),
        closing=both(words[8]),
        placeholders={},
        constructs=(Construct("C", both(words[9]), (facet,), {}, definition=both(words[10])),),
        items=items,
        response_formats=(ResponseFormat("f", "numeric", (), (), 0, 1),),
        pages=(Page("p", both(words[11]), both(words[11]), ("i0", "i1", "i2", "i3")),),
        forms=(Form("all", both("x"), "all", ("C",)),),
        default_form="all",
        digest="0" * 64,
        attributes=attributes,
    )


ratings = st.builds(
    Rating,
    relevance=st.sampled_from([None, 1, 2, 3, 4]),
    necessity=st.sampled_from([None, "essential", "useful", "unnecessary"]),
    clarity=st.sampled_from([None, 1, 2, 3, 4]),
    comment=st.one_of(st.just(""), texts),
)
places = st.fixed_dictionaries(
    {}, optional={"a": st.sampled_from(["p", "q", None]), "b": st.sampled_from(["r", "s", None])}
)


@settings(max_examples=40, deadline=None)
@given(instruments(), st.integers(1, 99), st.sampled_from(LANGUAGES), st.data())
def test_the_round_trip(
    instrument: Instrument, expert: int, language: str, data: st.DataObject
) -> None:
    judged = material(instrument)
    chosen = {item.id: data.draw(places) for item in judged.to_sort}
    rated = {item.id: data.draw(ratings) for item in judged.to_rate}
    wanted = Answers("e.xlsx", expert, language, chosen, rated)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "e.xlsx"
        file.write_bytes(workbook(judged, expert, language))
        fill(file, judged, wanted)
        assert read_answers([open_answers(file)], judged) == (wanted,)
