"""Parquet files: columns of values, nulls as blanks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.atomic import guarded
from cosyn.columns import Column, column, joined
from cosyn.errors import ResponseError, extra
from cosyn.tables._sheets import as_text
from cosyn.tables._types import Kind, RawTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_MAGIC = b"PAR1"
_AGAIN = "Write it again in the program that wrote it, or save the codes as CSV"
_MOST_CELLS = 100_000_000
"""A few bytes can stand for as many rows as one likes."""
OWN = b"cosyn"
"""The entry of a file's metadata that says that `survey data` wrote it."""
REASON = "_missing"
"""What the name of the column ends in that says why cells of another are null, in such a file."""


def recognises(path: Path, head: bytes) -> bool:
    """Tell by the first letters."""
    del path
    return head.startswith(_MAGIC)


def read(path: Path) -> RawTable:
    """Read every column; rows are numbered from 1, the first.

    In a file that `survey data` wrote, a null is read as the reason that stands beside it.

    Raises
    ------
    ExtraError
        If the optional part `parquet` is not installed.
    ResponseError
        ``response.damaged-parquet``, ``response.too-big`` or ``response.empty-file``.
    """
    with extra("parquet"):
        import pyarrow as pa  # noqa: PLC0415 - an optional part
    with guarded(path, "read"):
        content = path.read_bytes()
    try:
        table = _opened(content, path.name)
        named = [
            (str(name).strip(), _column(values))
            for name, values in zip(table.column_names, table.columns, strict=True)
        ]
    except (pa.ArrowException, OSError, ValueError, OverflowError, LookupError) as problem:
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        what = f"the file is damaged or cut off ({reason})"
        raise ResponseError("response.damaged-parquet", path.name, what, _AGAIN) from problem
    if not named or not table.num_rows:
        what = "the file holds no row"
        raise ResponseError("response.empty-file", path.name, what, "Export the answers again")
    if OWN in (table.schema.metadata or {}):
        named = list(_with_reasons(named))
    return RawTable(
        header=tuple(name for name, _ in named),
        columns=tuple(values for _, values in named),
        numbers=np.arange(1, table.num_rows + 1, dtype=np.int64),
        first_row=1,
    )


def _opened(content: bytes, name: str) -> Any:
    """Read the file as a table without structures; texts stay coded as in the file."""
    import pyarrow as pa  # noqa: PLC0415 - an optional part
    from pyarrow import parquet  # noqa: PLC0415

    shape = parquet.read_metadata(pa.BufferReader(content))
    if shape.num_rows * shape.num_columns > _MOST_CELLS:
        what = f"the file has {shape.num_rows:,} rows of {shape.num_columns} columns"
        fix = "Save the answers alone in a new file"
        raise ResponseError("response.too-big", name, what, fix)
    # Coded, a text that stands in a million rows is held once.
    texts = [
        shape.schema.column(i).path
        for i in range(shape.num_columns)
        if shape.schema.column(i).physical_type == "BYTE_ARRAY"
    ]
    source = parquet.ParquetFile(pa.BufferReader(content), metadata=shape, read_dictionary=texts)
    table = source.read(use_threads=False)
    # What a damaged file says of its own places is checked before anything looks there.
    table.validate(full=True)
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def _column(values: Any) -> Column:
    import pyarrow as pa  # noqa: PLC0415 - an optional part

    if pa.types.is_nested(values.type):
        return column([_text(value) for value in values.to_pylist()])
    return joined([_coded(chunk) for chunk in values.chunks])


def _coded(chunk: Any) -> Column:
    import pyarrow as pa  # noqa: PLC0415 - an optional part

    coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
    texts = tuple(map(_text, coded.dictionary.to_pylist()))
    places = coded.indices.cast(pa.int32()).fill_null(len(texts))
    return Column((*texts, ""), places.to_numpy(zero_copy_only=False))


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return as_text(value.decode())
    if isinstance(value, list):
        return ";".join(map(_text, value))
    return as_text(value)


def _with_reasons(named: Sequence[tuple[str, Column]]) -> Iterator[tuple[str, Column]]:
    """Yield the columns, each null with the reason for it, and no column of reasons."""
    held = dict(named)
    for name, values in named:
        reasons = held.get(f"{name}{REASON}")
        if reasons is not None:
            null = np.array([not text for text in values.texts], bool)[values.codes]
            codes = np.where(null, len(values.texts) + reasons.codes.astype(np.int32), values.codes)
            yield name, joined([Column((*values.texts, *reasons.texts), codes)])
        elif not name.endswith(REASON) or name.removesuffix(REASON) not in held:
            yield name, values


KIND = Kind("parquet", "a Parquet file", (".parquet", ".pq"), recognises, read)
