"""The mapping file: how a foreign table's columns and words correspond to the instrument."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, raise_all
from cosyn.importers._mapping_check import check_mapping
from cosyn.importers._mapping_schema import MappingContent
from cosyn.instrument.types import Missing
from cosyn.spelling import key
from cosyn.yamlfile import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cosyn.instrument.types import Instrument
    from cosyn.yamlfile import Source


@dataclass(frozen=True, slots=True)
class ResponseMapping:
    """A mapping file, checked against the instrument.

    Attributes
    ----------
    labels : Mapping[str, Mapping[str, float]]
        Response format -> `key` of a text -> code.
    missing : Mapping[str, Missing]
        `key` of a text -> reason.
    source : Source
        Knows the lines, for faults that show only beside a table.
    sha256 : str
        Of the content: comments and layout do not count.
    """

    content: MappingContent
    labels: Mapping[str, Mapping[str, float]]
    missing: Mapping[str, Missing]
    source: Source
    sha256: str


def load_mapping(path: Path, instrument: Instrument) -> ResponseMapping:
    """Read a mapping file and check what it says of the instrument.

    Raises
    ------
    ResponseError, Faults
        One or all of the faults, each with its file and line.
    """
    reader = Reader(ResponseError, "mapping", [])
    loaded = reader.read(path, path.name, MappingContent)
    if loaded is not None:
        check_mapping(loaded, instrument, reader)
    raise_all(reader.faults)
    if loaded is None:  # pragma: no cover - faults were raised above
        raise AssertionError
    content = loaded.content
    canonical = json.dumps(content.model_dump(), sort_keys=True)
    return ResponseMapping(
        content=content,
        labels={
            f: {key(text): code for text, code in labels.items()}
            for f, labels in content.labels.items()
        },
        missing={key(text): Missing(reason) for text, reason in content.missing.items()},
        source=loaded.source,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )
