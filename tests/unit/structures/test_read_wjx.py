"""What stands in a file for Wenjuanxing is read as its own parser reads it."""

from __future__ import annotations

import pytest

from cosyn.structures import READERS, Unreadable

TEXT = """\
Title

Some words. 1. Not a question

1. First?[单选题]（选填）
A. I agree
b） A lot
Plan B

=== 分页 ===

A paragraph[段落说明]

2.Second [矩阵单选题]
No Hm\u3000Yes
row one
 row two
3. How many? [填空题]

4. Ignore me[段落说明]
"""


def test_a_text() -> None:
    held = READERS["wjx"].read(TEXT.encode())
    assert held.languages == ("und",)
    assert [(q.id, q.text["und"]) for q in held.questions] == [
        ("1", "First?"),
        ("2", "row one"),
        ("3", "row two"),
        ("4", "How many?"),
    ]
    labels = [[label["und"] for _, label in q.answers] for q in held.questions]
    assert labels == [["I agree", "A lot", "Plan B"], ["No", "Hm", "Yes"], ["No", "Hm", "Yes"], []]
    assert [code for code, _ in held.questions[0].answers] == [1, 2, 3]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "no text"),
        (b"Title\n\nwords", "no line is a numbered question"),
        ("1. Rank them[排序题]\nA\n".encode(), "排序题"),
    ],
)
def test_something_else_as_text(content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        READERS["wjx"].read(content)


@pytest.mark.parametrize(
    ("between", "asked"),
    [("Words[段落说明]", ["Second"]), ("[分页栏]", ["First", "Second"]), ("", ["First", "Second"])],
)
def test_a_line_to_fill_in_before_the_first_pages_texts_is_the_departments(
    between: str, asked: list[str]
) -> None:
    text = (
        f"Title\n\n1. First[填空题]（选填）\n\n{between}\n\nWords[段落说明]\n\n2. Second[填空题]\n"
    )
    text = text if between else "Title\n\n1. First[填空题]\n\n2. Second[填空题]\n"
    assert [q.text["und"] for q in READERS["wjx"].read(text.encode()).questions] == asked


ABOUT = '{"qtype":"问卷基础信息","title":"T","language":"en"}\n'


def test_lines_of_json() -> None:
    lines = (
        '{"qtype":"段落说明","title":"words"}\n\n{"qtype":"分页栏"}\n'
        '{"qtype":"单选","title":"First?","select":["I agree","A lot"]}\n'
        '{"qtype":"矩阵单选","title":"T","rowtitle":["row"],"select":["a b","c"]}\n'
        '{"qtype":"单项填空","title":"How many?"}\n'
    )
    held = READERS["wjxjson"].read((ABOUT + lines).encode())
    assert held.languages == ("en",)
    assert [q.text["en"] for q in held.questions] == ["First?", "row", "How many?"]
    assert held.questions[1].answers == ((1, {"en": "a b"}), (2, {"en": "c"}))
    chinese = READERS["wjxjson"].read(ABOUT.replace('"en"', '"zh"').encode())
    assert chinese.languages == ("zh-Hans",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no line"),
        (b"hello", "line 1 is no JSON"),
        (b"[1]", "no JSON object"),
        ('{"qtype":"单选","title":"x"}'.encode(), "does not describe a survey"),
        ((ABOUT + '{"qtype":"排序","title":"x"}').encode(), "排序"),
        (b"\xff\xfe\xff", "line 1 is no JSON"),
        ((ABOUT + '{"qtype":"单选","title":3,"select":[]}').encode(), "3 stands where a text"),
        ((ABOUT + '{"qtype":"单选","title":"x","select":7}').encode(), "7 stands where a list"),
    ],
)
def test_something_else_as_json(content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        READERS["wjxjson"].read(content)
