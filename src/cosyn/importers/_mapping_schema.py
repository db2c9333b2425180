"""The shape of a mapping file (strict, unknown keys refused)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from cosyn.instrument.schema import MissingReason

if TYPE_CHECKING:
    from collections.abc import Iterator

Meta = Literal["respondent", "department", "wave", "language", "form", "order", "week"]
METAS: tuple[Meta, ...] = ("respondent", "department", "wave", "language", "form", "order", "week")
Reason = Literal[MissingReason, "invalid"]
Steps = tuple[str | int, ...]
"""Way to a node of the file, for its line."""
Use = Literal[
    "item",
    "choices",
    "ignored by mapping",
    "respondent",
    "department",
    "wave",
    "language",
    "form",
    "order",
    "week",
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Constants(_Strict):
    """What holds for every row of a file that has no such column."""

    department: str = ""
    wave: str = ""
    language: str = ""
    form: str = ""
    order: str = ""
    week: str = ""


class MappingContent(_Strict):
    """The shape of a mapping file."""

    respondent: str | None = None
    department: str | None = None
    wave: str | None = None
    language: str | None = None
    form: str | None = None
    order: str | None = None
    week: str | None = None
    columns: dict[str, str] = Field(default={})
    choices: dict[str, dict[str, str | None]] = Field(default={})
    labels: dict[str, dict[str, float]] = Field(default={})
    missing: dict[str, Reason] = Field(default={})
    constants: Constants = Constants()
    ignore: tuple[str, ...] = ()

    def meta_columns(self) -> dict[Meta, str]:
        """What a respondent's particulars are read from: their name -> column."""
        named = {meta: getattr(self, meta) for meta in METAS}
        return {meta: column for meta, column in named.items() if column is not None}

    def uses(self) -> Iterator[tuple[Steps, str, Use, str]]:
        """Every column that is named: where, its name, what for, and which one of those."""
        for meta, column in self.meta_columns().items():
            yield (meta,), column, meta, ""
        for column, item in self.columns.items():
            yield ("columns", column), column, "item", item
        for column in self.choices:
            yield ("choices", column), column, "choices", column
        for place, column in enumerate(self.ignore):
            yield ("ignore", place), column, "ignored by mapping", ""
