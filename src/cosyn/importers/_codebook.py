"""What a cell's text stands for in a response format: one look-up table, in order of trust."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.importers._types import CHOSEN, NOT_CHOSEN
from cosyn.instrument.types import Missing
from cosyn.responses import Cell
from cosyn.spelling import key, number, plain, spell
from cosyn.tables import NOT_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.importers._mapping import ResponseMapping
    from cosyn.instrument.types import ResponseFormat

Meaning = tuple[float | None, Missing]
SHEET_ERROR = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|UNCALCULATED!|ERROR \d+!)|Err:\d{3}"
)
_CODE_AND_LABEL = re.compile(r"([+-]?[0-9]+)\s*[.:=)、_–—-]?\s*(.+)")

_LABEL_AND_CODE = re.compile(r"(.+?)\s*[(\[=:]?\s*([+-]?[0-9]+)\s*[)\]]?")


@dataclass(frozen=True, slots=True)
class Codebook:
    """Meanings of texts in one response format.

    Attributes
    ----------
    meanings : Mapping[str, Meaning]
        `key` of a text -> the number it stands for, or why there is none.
    labels : Mapping[str, frozenset of str]
        `key` of a code -> its labels in every language, for cells such as ``5. True``.
    """

    format: ResponseFormat
    meanings: Mapping[str, Meaning]
    labels: Mapping[str, frozenset[str]]

    def decode(self, raw: str) -> Cell:
        """Find out what a cell says; ``invalid`` if it says nothing that is known."""
        if raw == NOT_SHOWN:
            return Cell("", None, Missing.NOT_SHOWN)
        if raw in {CHOSEN, NOT_CHOSEN}:
            code = raw[1:]
            return Cell(code, float(code), Missing.ANSWERED)
        spelt = key(raw)
        value, missing = self.meanings.get(spelt) or self._beyond(spelt)
        return Cell(raw, value, missing)

    def _beyond(self, spelt: str) -> Meaning:
        value = number(spelt)
        if value is not None and self.format.kind == "numeric" and self.format.accepts(value):
            return value, Missing.ANSWERED
        both = _CODE_AND_LABEL.fullmatch(spelt)
        if both and key(both[2]) in self.labels.get(key(both[1]), ()):
            return self.meanings[key(both[1])]
        both = _LABEL_AND_CODE.fullmatch(spelt)
        if both and key(both[1]) in self.labels.get(key(both[2]), ()):
            return self.meanings[key(both[2])]
        return None, Missing.INVALID

    def allowed(self) -> str:
        """Say what may be written, missing codes included."""
        codes = "".join(f", {option.code} ({option.reason})" for option in self.format.missing)
        return f"{self.format.allowed()}{codes}"


def codebook(
    response_format: ResponseFormat,
    mapping: ResponseMapping | None,
    platform: Mapping[str, Missing] | None = None,
    written: Mapping[str, float] | None = None,
) -> Codebook:
    """Collect what texts mean: the mapping file first, then blank, codes and labels.

    What a platform writes in place of codes comes before these; what it writes for a reason counts
    where the response format does not know it.

    A label that stands for two codes (in different languages, say) means nothing.
    """
    codes = dict(_codes(response_format))
    labelled = dict(_labels(response_format))
    meanings: dict[str, Meaning] = {}
    if mapping is not None:
        meanings |= {text: (None, reason) for text, reason in mapping.missing.items()}
        mapped = mapping.labels.get(response_format.id, {})
        for text, code in mapped.items():
            meanings.setdefault(text, codes.get(spell(code), (code, Missing.ANSWERED)))
    meanings.setdefault("", (None, Missing.NOT_ANSWERED))
    for text, code in (written or {}).items():
        meanings.setdefault(key(text), codes.get(spell(code), (code, Missing.ANSWERED)))
    for text, meaning in (*codes.items(), *_unambiguous(labelled, codes)):
        meanings.setdefault(text, meaning)
    for text, reason in (platform or {}).items():
        meanings.setdefault(key(text), (None, reason))
    return Codebook(response_format, meanings, labelled)


def _codes(response_format: ResponseFormat) -> Iterator[tuple[str, Meaning]]:
    for option in response_format.options:
        yield key(str(option.code)), (float(option.code), Missing.ANSWERED)
    for gap in response_format.missing:
        yield key(str(gap.code)), (None, gap.reason)


def _labels(response_format: ResponseFormat) -> Iterator[tuple[str, frozenset[str]]]:
    labelled = {option.code: option.label for option in response_format.options}
    labelled |= {gap.code: gap.label for gap in response_format.missing}
    for code, label in labelled.items():
        yield key(str(code)), frozenset(key(text) for text in label.values())


def _unambiguous(
    labelled: Mapping[str, frozenset[str]], codes: Mapping[str, Meaning]
) -> Iterator[tuple[str, Meaning]]:
    owners: dict[str, list[str]] = {}
    for code, labels in labelled.items():
        for label in labels:
            owners.setdefault(label, []).append(code)
    for label, owning in owners.items():
        if len(owning) == 1:
            yield label, codes[owning[0]]


def is_blank(raw: str) -> bool:
    """Tell whether a cell holds nothing that can be seen."""
    return not raw.strip() or raw == NOT_SHOWN or not plain(raw)
