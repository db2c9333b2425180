"""What lies beside every data set: what it rests on."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

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
