"""DDI codebooks: valid for the alliance's schemas, and everything in its proper element."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest
from tests.ddi_schemas import fault
from tests.unit.exporters.codebook_forms import (
    default,
    form,
    forms,
    library,
    number,
    question,
    scale,
)

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.structures import READERS, Unreadable

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
VERSIONS = (("ddi", "2.5"), ("ddi26", "2.6"))


def content(asked: Questionnaire, name: str = "ddi", language: str = "en") -> bytes:
    ((_, written),) = EXPORTERS[name].write(asked, language).files.items()
    return written


def parsed(asked: Questionnaire, language: str = "en") -> Element:
    """Parse what we wrote ourselves, without its name space."""
    bare = content(asked, language=language).replace(b' xmlns="ddi:codebook:2_5"', b"")
    return fromstring(bare)  # noqa: S314 - our own file


def variable(asked: Questionnaire, item: str) -> Element:
    root = parsed(asked)
    return next(found for found in root.iter("var") if found.get("name") == item)


def texts(parent: Element, path: str) -> dict[str, str]:
    return {found.get(LANG, ""): found.text or "" for found in parent.findall(path)}


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_every_form_is_valid(name: str, version: str) -> None:
    for asked in forms():
        for language in asked.languages:
            assert fault(version, content(asked, name, language)) == ""


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_the_schema_would_find_a_fault(name: str, version: str) -> None:
    good = content(library(), name)
    assert "catgri" in fault(version, good.replace(b"catgry", b"catgri"))
    assert "nature" in fault(version, good.replace(b'nature="ordinal"', b'nature="sort of"'))


def test_the_study_says_what_it_is() -> None:
    root = parsed(questionnaire(default()), "zh-Hans")
    assert root.get(LANG) == "zh-Hans"
    title = root.find(".//titl")
    assert title is not None
    assert title.text == default().title["zh-Hans"]
    assert root.findtext(".//version") == default().version
    assert root.findtext(".//verStmt/notes[@type='digest']") == default().digest


def test_missing_codes_are_set_apart_and_those_not_offered_say_so() -> None:
    asked = variable(questionnaire(default()), "BGROLE")
    gaps = {c.findtext("catValu"): c for c in asked.iter("catgry") if c.get("missing") == "Y"}
    assert set(gaps) == {"97", "98"}
    assert gaps["97"].get("missType") == "refused"
    assert set(texts(gaps["97"], "txt")) == {"en", "zh-Hans"}
    assert texts(gaps["98"], "txt") == {}
    assert [item.get("VALUE") for item in asked.iterfind("invalrng/item")] == ["97", "98"]
    assert [item.get("VALUE") for item in asked.iterfind("valrng/item")] == ["1", "2"]


def test_numbers_state_their_range() -> None:
    found = variable(form(question("A", "text", number(-1.5, 10_000_000))), "A").find(
        "valrng/range"
    )
    assert found is not None
    assert (found.get("min"), found.get("max")) == ("-1.5", "10000000")


def test_an_attention_check_is_in_the_notes_and_never_in_the_question() -> None:
    asked = variable(questionnaire(default()), "AT1")
    assert texts(asked, "notes[@type='expected']")["en"].endswith("2 (Not true)")
    shown = asked.find("qstn")
    assert shown is not None
    assert {child.tag for child in shown} == {"preQTxt", "qstnLit"}


def test_reversed_items_tell_the_derivation() -> None:
    asked = library()
    (first, *_) = [name for name, item in asked.about.items.items() if item.reverse]
    answered = next(q.response_format for q in asked.questions if q.id == first)
    derived = variable(asked, first).find("derivation")
    assert derived is not None
    both = answered.minimum + answered.maximum
    assert derived.findtext("drvcmd") == f"{both:g} - {first}"
    assert set(texts(derived, "drvdesc")) == {"en", "zh-Hans", "de"}


def test_groups_hold_constructs_facets_and_pages() -> None:
    asked = questionnaire(default(), "retest")
    root = parsed(asked)
    groups = {group.get("ID"): group for group in root.iter("varGrp")}
    assert groups["C_IP"].get("varGrp") == "F_IPG F_IPB F_IPT F_IPV"
    assert groups["F_IPG"].get("var") == "V_IPG1 V_IPG2"
    assert groups["F_IPG"].findtext("notes[@type='source']")
    sections = [g for g in groups.values() if g.get("type") == "section"]
    grouped = [name for g in sections for name in str(g.get("var")).split()]
    assert grouped == [f"V_{q.id}" for q in asked.questions]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (b"", "no XML"),
        (b"<codeBook/>", "not a codeBook of DDI"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b'<codeBook xmlns="ddi:codebook:2_5"><var/></codeBook>', "no name"),
    ],
)
def test_what_is_no_codebook_is_refused(wrong: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        READERS["ddi"].read(wrong)


def test_codes_that_are_no_numbers_are_refused() -> None:
    spoilt = content(form(question("A", "text", scale(1, 2)))).replace(b">2<", b">two<")
    with pytest.raises(Unreadable, match="A has the code 'two'"):
        READERS["ddi"].read(spoilt)
