"""What lies beside every data set: what it rests on, and how to read it back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, get_args

from cosyn.instrument.schema import MissingReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.datasets._types import Delivery, Part

SCHEMA = "cosyn.data/1"


def provenance(
    delivery: Delivery, files: Mapping[str, bytes], versions: Mapping[str, str]
) -> bytes:
    """Name what the files rest on, their digests and the codes of reasons, as JSON."""
    content = {
        "schema": SCHEMA,
        **delivery.identity,
        "versions": dict(versions),
        "reserved": {str(reason): code for reason, code in delivery.reserved.items()},
        "parts": [_part(part) for part in delivery.parts],
        "files": {
            name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _part(part: Part) -> dict[str, object]:
    return {
        "name": part.name,
        "form": part.form,
        "respondents": part.n,
        "items": list(part.items),
        "reasons": {
            scale: {str(reason): code for reason, code in codes.items()}
            for scale, codes in part.reasons.items()
        },
    }


def mapping(delivery: Delivery, part: Part) -> bytes:
    """Write the mapping file with which `survey import` reads a part back.

    Codes of reasons that no mapping file can name, such as invalid, are unknown to importers and
    therefore invalid, as they were.
    """
    known = get_args(MissingReason)
    form = f" --form {part.form}" if part.form else ""
    lines = [
        f"# survey import {part.name}.csv --mapping {part.name}.import.yaml{form}",
        *(f"{p.name}: {p.column}" for p in part.particulars if p.name != p.column),
        "missing:",
        *(f'  "{code}": {reason}' for reason, code in delivery.reserved.items() if reason in known),
        "ignore: [submission]",
    ]
    return "".join(f"{line}\n" for line in lines).encode()
