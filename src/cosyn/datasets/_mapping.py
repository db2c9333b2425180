"""How `survey import` reads a data set back: which column is what, what stands for a reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosyn.datasets._types import Dataset, Delivery, Part


def mapping(delivery: Delivery, part: Part, dataset: Dataset) -> tuple[str, bytes]:
    """Write the mapping file with which `survey import` reads a part back.

    Particulars need no line: importers know their names.

    Returns
    -------
    name, content
        The file's name is that of the data, and ``.import.yaml``.
    """
    data = f"{part.name}{dataset.suffix}"
    name = f"{data}.import.yaml"
    form = f" --form {part.form}" if part.form else ""
    columns = {dataset.column(item): item for item in part.items if dataset.column(item) != item}
    ignored = [p.column for p in part.particulars if p.name == "submission"]
    lines = [
        f"# survey import {data} --mapping {name}{form}",
        *(["columns:"] if columns else []),
        *(f"  {json.dumps(column)}: {item}" for column, item in columns.items()),
        "missing:",
        *(
            f"  {json.dumps(dataset.reasons.get(reason, str(code)))}: {reason}"
            for reason, code in delivery.reserved.items()
        ),
        f"ignore: {json.dumps(ignored)}",
    ]
    return name, "".join(f"{line}\n" for line in lines).encode()
