"""What every program is handed: data as CSV, and what was left out."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

from cosyn.emitters._types import CLUSTER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cosyn.emitters._types import Emission, Sample


def data_csv(sample: Sample, gap: str) -> bytes:
    """Write departments and variables with every digit; `gap` stands for a missing answer."""
    columns = [[_spelt(value, gap) for value in column] for column in sample.values.T.tolist()]
    rows = zip(sample.clusters, *columns, strict=True)
    return csv_of([(CLUSTER, *sample.names), *rows])


def csv_of(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Write a small table."""
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows(rows)
    return content.getvalue().encode()


def _spelt(value: float, gap: str) -> str:
    if np.isnan(value):
        return gap
    return str(int(value)) if value.is_integer() else repr(value)


def notes(emission: Emission, *lines: str) -> bytes:
    """Say what the files rest on, and which models have no data."""
    return "".join(f"{line}\n" for line in _notes(emission, lines)).encode()


def _notes(emission: Emission, lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    yield ""
    yield from (f"{key}: {value}" for key, value in emission.identity.items())
    yield from (f"model {name} is left out: {reason}" for name, reason in emission.left_out)
