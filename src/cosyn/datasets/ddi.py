"""DDI-Codebook 2.5 of the CSV file: its size, and what each variable holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.codebook.ddi import DataFile, Summary, document
from cosyn.codebook.files import Exported
from cosyn.datasets._types import Dataset
from cosyn.datasets.csv import table

if TYPE_CHECKING:
    from cosyn.datasets._types import Delivery, Part, Particular

VERSION = "2.5"


def write(delivery: Delivery) -> Exported:
    """Write a codebook a part, and the CSV that it describes."""
    files: dict[str, bytes] = {}
    for part in delivery.parts:
        described = _described(part, delivery)
        files[described.name] = table(part)
        files[f"{part.name}.ddi.xml"] = document(part.asked, delivery.language, VERSION, described)
    return Exported(files)


def _described(part: Part, delivery: Delivery) -> DataFile:
    summaries = {p.column: _of_particular(p) for p in part.particulars}
    summaries |= {item: _of_item(part, j) for j, item in enumerate(part.items)}
    return DataFile(
        name=f"{part.name}.csv",
        rows=part.n,
        stamps={p.column: p.title for p in part.particulars},
        summaries=summaries,
        notes=delivery.identity,
    )


def _of_particular(particular: Particular) -> Summary:
    """Only how many rows know it: values may tell who somebody is."""
    values = particular.cells
    if isinstance(values, tuple):
        known = sum(map(bool, values))
        return Summary(known, len(values) - known)
    known = int((~np.isnan(values)).sum())
    return Summary(known, len(values) - known)


def _of_item(part: Part, j: int) -> Summary:
    column, gaps = part.codes[:, j], part.missing[:, j] > 0
    answers = column[~gaps]
    numeric = part.asked.questions[j].response_format.kind == "numeric"
    counted = column[gaps] if numeric else column
    codes, counts = np.unique(counted, return_counts=True)
    return Summary(
        valid=len(answers),
        invalid=int(gaps.sum()),
        measures=_measures(answers),
        frequencies={int(c): int(n) for c, n in zip(codes, counts, strict=True)},
    )


def _measures(answers: np.ndarray) -> dict[str, float]:
    if not len(answers):
        return {}
    found = {
        "mean": float(answers.mean()),
        "medn": float(np.median(answers)),
        "min": float(answers.min()),
        "max": float(answers.max()),
    }
    if len(answers) > 1:
        found["stdev"] = float(answers.std(ddof=1))
    return found


DATASET = Dataset(
    name="ddi",
    title="DDI-Codebook 2.5 with summary statistics, and the CSV that it describes",
    write=write,
    suffix=".csv",
)
