"""SPSS: a labelled data file with a user-missing code for each reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.codebook.files import Exported, Loss
from cosyn.codebook.sav import data_file
from cosyn.codebook.spss import RESERVED, VARIABLE_LABEL, cut, variables
from cosyn.datasets._frames import frame
from cosyn.datasets._types import Dataset

if TYPE_CHECKING:
    from cosyn.datasets._types import Delivery, Part


def write(delivery: Delivery) -> Exported:
    """Write a file a part, labelled in one language.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if pyreadstat is not installed.
    """
    files: dict[str, bytes] = {}
    losses: list[Loss] = []
    for part in delivery.parts:
        files[f"{part.name}.sav"], lost = _file(part, delivery)
        losses += lost
    return Exported(files, tuple(losses))


def _file(part: Part, delivery: Delivery) -> tuple[bytes, tuple[Loss, ...]]:
    fitted, losses = variables(part.asked, delivery.language)
    stamps = {_name(p.column): p.title[delivery.language] for p in part.particulars}
    labels = {name: _short(label) for name, label in stamps.items()}
    answers = frame(part, list(labels), [variable.name for variable in fitted], part.codes)
    return data_file(fitted, delivery.identity, answers, labels), losses


def _name(column: str) -> str:
    return f"{column}_" if column.upper() in RESERVED else column


def _short(label: str) -> str:
    return label if len(label.encode()) <= VARIABLE_LABEL else cut(label, VARIABLE_LABEL)


DATASET = Dataset(
    name="sav",
    title="SPSS data file (.sav), labelled, with user-missing codes",
    write=write,
    suffix=".sav",
    column=_name,
)
