"""What a survey platform or a statistics program cannot carry whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.lint._types import Subject
    from cosyn.instrument.types import MissingOption, Option

VALUE_LABEL_BYTES = 120
"""Longest value label of a system file (PSPP developer's guide: 60 to 120, by SPSS version)."""
VARIABLE_LABEL_BYTES = 255
"""Longest variable label (the same source: 120 to 255, by SPSS version)."""
_SPSS = "all and by eq ge gt le lt ne not or to with"
_STATA = (
    "byte double float if in int long using with aggregate array boolean break case catch class "
    "colvector complex const continue default delegate delete do else end enum explicit export "
    "external for friend function global goto inline local matrix namespace new null numeric "
    "pointer pragma private protected public real return rowvector scalar short static strl "
    "string struct super switch template this throw transmorphic try typedef typename union "
    "unsigned vector version virtual void volatile while"
)
RESERVED = {
    **dict.fromkeys(_STATA.split(), "Stata"),
    **dict.fromkeys(_SPSS.split(), "SPSS"),
}
"""Names that no variable may have, in small letters -> where."""


def find(subject: Subject) -> Iterator[Note]:
    """Look at ids, codes and labels."""
    for item in subject.items:
        taken = RESERVED.get(item.id.casefold())
        if taken:
            what = f"item {item.id}: {taken} has a use of its own for this name"
            yield Note("reserved-name", ("items", item.id), what)
        for language, text in subject.words(item).items():
            size = len(text.encode())
            if size > VARIABLE_LABEL_BYTES:
                what = (
                    f"item {item.id} has {size} bytes in {language}; SPSS cuts a variable's label "
                    f"after {VARIABLE_LABEL_BYTES}"
                )
                yield Note("cut-variable-label", ("items", item.id, "text", language), what)
    yield from _of_formats(subject)


def _of_formats(subject: Subject) -> Iterator[Note]:
    for entry in subject.instrument.response_formats:
        address = ("response_formats", entry.id)
        for option in entry.options:
            yield from _cut((*address, "options", str(option.code)), entry.id, option)
        for gap in entry.missing:
            place = (*address, "missing", str(gap.code))
            yield from _cut(place, entry.id, gap)
            if gap.code < 0 and gap.offered:
                what = f"response format {entry.id} offers the code {gap.code}"
                yield Note("negative-code", place, what)


def _cut(address: tuple[str, ...], name: str, option: Option | MissingOption) -> Iterator[Note]:
    for language, label in option.label.items():
        size = len(label.encode())
        if size > VALUE_LABEL_BYTES:
            what = (
                f"response format {name}: the label of {option.code} has {size} bytes in "
                f"{language}; SPSS cuts it after {VALUE_LABEL_BYTES}"
            )
            yield Note("cut-value-label", (*address, "label", language), what)


RULE = Rule(
    {
        "reserved-name": Advice(
            "an item's id is a reserved word of SPSS or Stata, in which no variable may have it",
            "Give the item another id",
        ),
        "negative-code": Advice(
            "a reason that respondents are offered has a negative code: not every survey platform "
            "takes codes other than 0 to 9999",
            "Use a code such as 97, 98 or 99",
        ),
        "cut-value-label": Advice(
            f"an option's label is longer than {VALUE_LABEL_BYTES} bytes in UTF-8, "
            f"{VALUE_LABEL_BYTES // 3} Chinese characters",
            "Shorten the label",
        ),
        "cut-variable-label": Advice(
            f"an item's text is longer than {VARIABLE_LABEL_BYTES} bytes in UTF-8, "
            f"{VARIABLE_LABEL_BYTES // 3} Chinese characters",
            "Shorten the text",
        ),
    },
    find,
)
