"""A text in a YAML file is replaced where it stands; comments and layout stay."""

from __future__ import annotations

import pytest
import yaml

from cosyn.yamledit import insert, quoted, replace

FILE = """\
# A head.
title: {en: "Old, one", zh-Hans: '旧'}   # on the title
introduction:
  en: >-   # how it is folded
    One line
    and another.

  zh-Hans: |+
    一行


# Before the items.
items:
  - id: a
    text: {en: plain text, zh-Hans: "#1"}
  - id: b
    text:
      en: plain, over
        two lines   # a remark
      zh-Hans: !!str &anchor "x"
last: end"""

EDITS = [
    (("title", "en"), 'title: {en: NEW, zh-Hans: \'旧\'}   # on the title'),
    (("title", "zh-Hans"), 'title: {en: "Old, one", zh-Hans: NEW}   # on the title'),
    (("introduction", "en"), "introduction:\n  en: NEW # how it is folded\n\n  zh-Hans: |+"),
    (("introduction", "zh-Hans"), "  zh-Hans: NEW\n\n\n# Before the items."),
    (("items", 0, "text", "en"), 'text: {en: NEW, zh-Hans: "#1"}'),
    (("items", 1, "text", "en"), "      en: NEW   # a remark\n"),
    (("items", 1, "text", "zh-Hans"), "      zh-Hans: NEW\nlast"),
    (("last",), "last: NEW"),
]  # fmt: skip
HOSTILE = ['a "quoted" word', "it's", "{M}: x", "# no comment", "- no list", "a\nb", "\ta", "\\n",
           "\x85a\u2028b\u2029\ufeff", "😀𠮷", "\u202eright to left", "yes", "1.5", "", "a: b, c]}"]  # fmt: skip


def at(document: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        document = document[step]  # type: ignore[index]
    return document


@pytest.mark.parametrize(("path", "shown"), EDITS)
def test_only_the_text_itself_is_replaced(path: tuple[str | int, ...], shown: str) -> None:
    edited = replace(FILE, {path: "the <new> one"})
    assert shown.replace("NEW", '"the <new> one"') in edited
    assert at(yaml.safe_load(edited), path) == "the <new> one"
    for comment in ("# A head.", "# on the title", "# how it is", "# Before the", "# a remark"):
        assert edited.count(comment) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_comes_back(text: str) -> None:
    changes = {path: f"{text}{number}" for number, (path, _) in enumerate(EDITS)}
    again = yaml.safe_load(replace(FILE, changes))
    assert [at(again, path) for path in changes] == list(changes.values())
    assert yaml.safe_load(f"{{a: {quoted(text)}}}") == {"a": text}


def test_line_ends_and_byte_order_mark_stay() -> None:
    file = "\ufeffa: >-\r\n  one\r\n  two\r\n\r\nb: {c: d}\r\n"
    assert replace(file, {("a",): "x", ("b", "c"): "y"}) == '\ufeffa: "x"\r\n\r\nb: {c: "y"}\r\n'


def test_a_path_that_leads_to_no_text() -> None:
    for path in (("items",), ("items", 7, "text"), ("title", "fr"), ("title", "en", "x")):
        with pytest.raises(KeyError):
            replace(FILE, {path: "x"})


INTO = [
    ("texts:\n  a: 1\nnext: 2\n", "texts:\n  a: 1\n  b: \"#\"\nnext: 2\n"),
    ("texts:\n  a: 1", "texts:\n  a: 1\n  b: \"#\"\n"),
    ("texts:\n    a: >-\n      x\n      y\n\n# end\n", "texts:\n    a: >-\n      x\n      y\n    b: \"#\"\n\n# end\n"),
    ("texts:\n  a: 1  # one\n", "texts:\n  a: 1  # one\n  b: \"#\"\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), INTO)
def test_new_keys_are_added_at_the_end_of_their_mapping(before: str, after: str) -> None:
    assert insert(before, ("texts",), {"b": "#"}) == after


@pytest.mark.parametrize(
    "content", ["", "x: 1\n", "texts: {a: 1}\n", "texts: {}\n", "texts:\n  a: [1]\n"]
)
def test_a_mapping_that_takes_no_key(content: str) -> None:
    with pytest.raises(KeyError):
        insert(content, ("texts",), {"b": "#"})
