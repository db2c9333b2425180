"""Answers as JSON."""

from __future__ import annotations

import pytest
from tests.unit.importers.import_helpers import read

from cosyn.errors import ResponseError


@pytest.mark.parametrize(
    "text",
    [
        '[{"A1": 3, "p1": {"A2": "98"}}, {"A1": 1.0, "p1": {"A2": null}}]',
        '{"responses": [{"A1": 3, "A2": "98"}, {"A1": "1"}]}',
        '{"responses": [{"1": {"A1": 3, "A2": "98"}}, {"2": {"A1": "1", "A2": ""}}]}',
        '\ufeff {"results": [{"A1": "True", "A2": "不了解"}, {"A1": "Not at all true"}]}',
    ],
    ids=["list", "responses", "numbered", "results"],
)
def test_answers_are_found(text: str) -> None:
    imported = read(text)
    assert imported.report.kind == "json"
    first, second = imported.submissions
    assert (first.row, first.answers["A1"].value, first.answers["A2"].missing) == (
        1,
        3,
        "dont_know",
    )
    assert (second.answers["A1"].value, second.answers["A2"].missing) == (1, "not_answered")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[{"A1": 1}', "response.damaged-json"),
        ('{"A1": 1}', "response.damaged-json"),
        ("[]", "response.empty-file"),
        ('{"responses": [1, 2]}', "response.damaged-json"),
        ("[" * 100_000, "response.damaged-json"),
        ('[{"A1": ' * 50_000, "response.damaged-json"),
        ('[{"A1": ' + "1" * 10_000 + "}]", "response.damaged-json"),
    ],
    ids=["cut", "one", "empty", "numbers", "brackets", "deep", "long number"],
)
def test_other_json_is_refused(text: str, code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        read(text)
    assert caught.value.code == code
