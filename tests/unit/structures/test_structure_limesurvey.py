"""Reading LimeSurvey structure files: ours give back what was asked, others what they hold."""

from __future__ import annotations

import pytest

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.structure import Asked, differences
from cosyn.structures import READERS, Unreadable, expected
from cosyn.study import bundled

READER = READERS["limesurvey"]


@pytest.mark.parametrize("form", ["core-40", "long", "coordinator"])
def test_the_default_questionnaire_is_read_as_it_was_written(form: str) -> None:
    asked = questionnaire(load_instrument(bundled() / "instrument"), form)
    (content,) = EXPORTERS["limesurvey"].write(asked, "zh-Hans").files.values()
    assert differences(expected(READER, asked, "zh-Hans"), READER.read(content)) == ()


def test_an_export_of_limesurvey_is_read() -> None:
    content = (
        "\n".join(
            "\t".join(row)
            for row in (
                ("class", "related_id", "type/scale", "name", "text", "language"),
                ("S", "", "", "language", "en", ""),
                ("G", "", "1", "group", "", "en"),
                ("Q", "", "*", "stamp", "1.0.0", "en"),
                ("Q", "", "X", "hello", "Good day", "en"),
                ("Q", "", "!", "dept", "'=Where?", "en"),
                ("A", "", "0", "1", '"One ""of"" many"', "en"),
                ("Q", "", "F", "clim", "", "en"),
                ("SQ", "", "0", "val1", "I feel {\\'valued\\'}", "en"),
                ("A", "", "0", "5", "<b>Very</b>", "en"),
                ("Q", "", "N", "age", "Age", "en"),
            )
        )
        .encode()
        .decode("unicode_escape")
    )
    held = READER.read(content.encode())
    assert held.languages == ("en",)
    assert held.questions == (
        Asked("dept", {"en": "=Where?"}, ((1, {"en": 'One "of" many'}),)),
        Asked("val1", {"en": "I feel {'valued'}"}, ((5, {"en": "<b>Very</b>"}),)),
        Asked("age", {"en": "Age"}, ()),
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"\xff\xfe\x00", b"class\ttype/scale\tname\nQ\tL\tq\nA\t0\tyes\n"],
)
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="LimeSurvey"):
        READER.read(content)
