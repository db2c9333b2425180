"""Stata: a labelled data file in which each reason is an extended missing value, .a to .x."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.codebook.files import Exported, Loss
from cosyn.datasets._codes import LETTERS
from cosyn.datasets._frames import frame
from cosyn.datasets._types import Dataset
from cosyn.errors import extra
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.datasets._types import Delivery, Part
    from cosyn.instrument.questionnaire import Question

LABEL = 80
"""Characters of a variable's label, or of the file's, that Stata holds."""
_RESERVED = frozenset(
    {"byte", "double", "float", "if", "in", "int", "long", "strL", "using", "with"}
)
_STRINGS = re.compile("str[0-9]+")
# Format 118: the time of saving stands between these, with its length before it.
_SAVED = re.compile(rb"(<timestamp>\x11)[^<]{17}(</timestamp>)")
_NEVER = rb"\g<1>01 Jan 2000 00:00\g<2>"


def write(delivery: Delivery) -> Exported:
    """Write a file a part, labelled in one language.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if pyreadstat is not installed.
    """
    losses: list[Loss] = []
    files = {f"{part.name}.dta": _file(part, delivery, losses) for part in delivery.parts}
    return Exported(files, tuple(losses))


def _file(part: Part, delivery: Delivery, losses: list[Loss]) -> bytes:
    with extra("spss"):
        import pyreadstat  # noqa: PLC0415 - an optional part

    language, questions = delivery.language, part.asked.questions
    names = [_name(question.id, losses) for question in questions]
    stamps = {_name(p.column, losses): p.title[language] for p in part.particulars}
    labels = {name: _label(q, language, losses) for name, q in zip(names, questions, strict=True)}
    columns = [_lettered(part, j) for j in range(len(questions))]
    letters = [LETTERS[reason] for reason in MISSING_ORDER if reason is not Missing.ANSWERED]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.dta"
        pyreadstat.write_dta(
            frame(part, list(stamps), names, columns),
            path,
            file_label=part.asked.instrument[:LABEL],
            column_labels={**{name: text[:LABEL] for name, text in stamps.items()}, **labels},
            variable_value_labels={
                name: _values(question, language)
                for name, question in zip(names, questions, strict=True)
            },
            missing_user_values=dict.fromkeys(names, letters),
            version=15,
        )
        content = path.read_bytes()
    return _SAVED.sub(_NEVER, content, count=1)


def _name(column: str, losses: list[Loss]) -> str:
    name = _spelt(column)
    if name != column:
        losses.append(Loss(column, f"a word of Stata's language: named {name}"))
    return name


def _spelt(column: str) -> str:
    reserved = column in _RESERVED or _STRINGS.fullmatch(column)
    return f"{column}_" if reserved else column


def _label(question: Question, language: str, losses: list[Loss]) -> str:
    text = " ".join(question.text[language].split())
    if len(text) <= LABEL:
        return text
    what = f"the variable's label has more than the {LABEL} characters of Stata: cut"
    losses.append(Loss(question.id, what))
    return f"{text[: LABEL - 1]}…"


def _lettered(part: Part, j: int) -> NDArray[Any]:
    """The answers to an item, with letters in the place of reasons."""
    missing = part.missing[:, j]
    column = part.codes[:, j]
    if not missing.any():
        return column
    mixed = column.astype(object)
    for code in np.unique(missing[missing > 0]):
        mixed[missing == code] = LETTERS[MISSING_ORDER[code]]
    return mixed


def _values(question: Question, language: str) -> dict[Any, str]:
    scale = question.response_format
    answers: dict[Any, str] = {o.code: o.label[language] for o in scale.options}
    reasons: dict[Any, str] = {
        LETTERS[m.reason]: m.label[language] for m in reversed(scale.missing)
    }
    return {**answers, **reasons}


DATASET = Dataset(
    name="dta",
    title="Stata data file (.dta), labelled, with extended missing values",
    write=write,
    suffix=".dta",
    column=_spelt,
    reasons=LETTERS,
)
