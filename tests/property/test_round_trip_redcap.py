"""A REDCap dictionary is read back as it was written, but for what the exporter reports as lost."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.foreign import check_foreign
from tests.property.questionnaires import LANGUAGES, questionnaires

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import Structure, differences
from cosyn.structures import READERS, expected


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(asked=questionnaires())
def test_any_questionnaire(language: str, asked: Questionnaire) -> None:
    exported = EXPORTERS["redcap"].write(asked, language)
    content = exported.files[f"{asked.name}.{language}.redcap.csv"]
    reader = READERS["redcap"]
    found = differences(expected(reader, asked, language), reader.read(content))
    items = {question.id.lower() for question in asked.questions}
    lost = {loss.item.lower() for loss in exported.losses}
    assert {d.place.partition(",")[0] for d in found} == lost & items
    assert not [d for d in found if d.place.endswith((", codes", ", bounds"))]
    assert EXPORTERS["redcap"].write(asked, language) == exported


@settings(max_examples=60, deadline=None)
@given(asked=questionnaires())
def test_redcap_would_not_complain(asked: Questionnaire) -> None:
    """What its check of an uploaded dictionary refuses, as far as it applies to ours."""
    content = EXPORTERS["redcap"].write(asked, "en").files[f"{asked.name}.en.redcap.csv"]
    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    assert len(header) == 18
    assert {len(row) for row in rows} == {18}
    names = [row[0] for row in rows]
    assert len(names) == len(set(names))
    known = {f"[{name}]" for name in names}
    groups: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row[3] == "radio":
            choices = row[5].split("|")
            codes = [choice.partition(",")[0].strip() for choice in choices]
            assert len(codes) == len(set(codes))
            assert all(code.isdigit() for code in codes)
        for word in row[11].split():
            assert not word.startswith("[") or word in known
        if row[15]:
            groups.setdefault(row[15], []).append(place)
    for places in groups.values():
        assert places == list(range(places[0], places[-1] + 1))
        assert len({rows[place][5] for place in places}) == 1


@settings(max_examples=100, deadline=None)
@given(asked=questionnaires(), data=st.data())
def test_a_damaged_dictionary_is_read_or_refused(asked: Questionnaire, data: st.DataObject) -> None:
    content = EXPORTERS["redcap"].write(asked, "en").files[f"{asked.name}.en.redcap.csv"]
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    row = data.draw(st.sampled_from(rows))
    row[data.draw(st.integers(0, len(row) - 1))] = data.draw(st.text(max_size=20))
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    sent = expected(READERS["redcap"], asked, "en")
    check_foreign(READERS["redcap"], stream.getvalue().encode(), sent)


@settings(max_examples=50, deadline=None)
@given(content=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    check_foreign(READERS["redcap"], content, Structure(("en",), ()))
