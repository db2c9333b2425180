"""Parquet: answers that are numbers or null, and beside each item the reason for a null."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.codebook.files import Exported
from cosyn.datasets._types import Dataset
from cosyn.errors import extra
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER
from cosyn.tables.parquet import OWN, REASON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.datasets._types import Delivery, Part, Particular
    from cosyn.instrument.questionnaire import Question

_REASONS = [str(reason) for reason in MISSING_ORDER if reason is not Missing.ANSWERED]


def write(delivery: Delivery) -> Exported:
    """Write a file a part.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if pyarrow is not installed.
    """
    return Exported({f"{part.name}.parquet": _file(part, delivery) for part in delivery.parts})


def _file(part: Part, delivery: Delivery) -> bytes:
    with extra("parquet"):
        import pyarrow as pa  # noqa: PLC0415 - an optional part
        from pyarrow import parquet  # noqa: PLC0415

    columns = [_stamp(pa, particular) for particular in part.particulars]
    for j, question in enumerate(part.asked.questions):
        columns += _item(pa, part, j, question)
    fields, arrays = zip(*columns, strict=True)
    known = {OWN: json.dumps(dict(delivery.identity), ensure_ascii=False)}
    table = pa.Table.from_arrays(list(arrays), schema=pa.schema(list(fields), metadata=known))
    content = io.BytesIO()
    parquet.write_table(table, content)
    return content.getvalue()


def _stamp(pa: Any, particular: Particular) -> tuple[Any, Any]:
    values = particular.cells
    if isinstance(values, tuple):
        kind, array = pa.string(), pa.array(values, pa.string())
    else:
        kind, array = pa.float64(), pa.array(values, pa.float64(), mask=np.isnan(values))
    field = pa.field(particular.column, kind, metadata=_labels(particular.title))
    return field, array


def _item(pa: Any, part: Part, j: int, question: Question) -> Iterator[tuple[Any, Any]]:
    """Yield an item's answers, and its reasons."""
    scale, missing = question.response_format, part.missing[:, j]
    kind = pa.float64() if scale.kind == "numeric" else pa.int16()
    known = _labels(question.text)
    if scale.options:
        options = {str(option.code): option.label for option in scale.options}
        known["values"] = json.dumps(options, ensure_ascii=False)
    gaps = missing > 0
    values = np.where(gaps, 0, part.codes[:, j]).astype(kind.to_pandas_dtype())
    yield pa.field(question.id, kind, metadata=known), pa.array(values, kind, mask=gaps)
    places = pa.array((missing - 1).clip(0).astype(np.int8), pa.int8(), mask=~gaps)
    reasons = pa.DictionaryArray.from_arrays(places, pa.array(_REASONS, pa.string()))
    # Ids of items have no underscores, so that this name is free.
    yield pa.field(f"{question.id}{REASON}", reasons.type), reasons


def _labels(texts: dict[str, str]) -> dict[str, str]:
    return {f"label:{tag}": text for tag, text in texts.items()}


DATASET = Dataset(
    name="parquet",
    title="Parquet: nullable numbers, and a column of reasons beside each item",
    write=write,
    suffix=".parquet",
    reasons={reason: str(reason) for reason in MISSING_ORDER},
)
