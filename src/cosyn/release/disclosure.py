"""The disclosure report: what protection did, for programs (JSON) and for readers (HTML).

It holds nothing that the files do not, but for counts of what was done. No digest of the
responses stands in it: with one, a guess at a suppressed cell could be checked. Nor does the
secret order.
"""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from cosyn import __version__

if TYPE_CHECKING:
    from cosyn.i18n import Catalogue
    from cosyn.instrument.types import Instrument
    from cosyn.release._types import Released
    from cosyn.release.settings import LoadedSettings

SCHEMA = "cosyn.release/1"
LEFT_OUT = ("ids", "order", "times", "orders", "texts")
Row = tuple[str, ...]


def facts(
    released: Released,
    instrument: Instrument,
    loaded: LoadedSettings,
    k: int,
    seed: int,
    digests: dict[str, str],
) -> dict[str, Any]:
    """Everything that the report says, as plain data."""
    summary, counts, scores = released.summary, released.counts, released.scores
    tables = None
    if counts is not None:
        hidden = int(counts.counts.hidden.sum())
        primary = counts.counts.primary
        tables = {
            "cells": len(counts.counts.places),
            "primary": primary,
            "complementary": hidden - primary,
        }
    return {
        "schema": SCHEMA,
        "simulated": released.simulated,
        "parameters": {**loaded.settings.model_dump(mode="json"), "k": k},
        "seed": seed,
        "versions": {
            "cosyn": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy")},
        },
        "digests": {"instrument": instrument.digest, "settings": loaded.digest, **digests},
        "instrument": {"id": instrument.id, "version": instrument.version},
        "summary": asdict(summary),
        "shares": {"cells": summary.cells, "records": summary.records},
        "left_out": list(LEFT_OUT),
        "tables": tables,
        "scores": None
        if scores is None
        else {
            "means": scores.means.size,
            "primary": scores.primary,
            "complementary": scores.complementary,
        },
    }


def as_json(told: dict[str, Any]) -> bytes:
    """The report for programs."""
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def as_html(told: dict[str, Any], instrument: Instrument, say: Catalogue) -> bytes:
    """The report for readers: one page without anything fetched."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("cosyn.release").joinpath("templates")
    template = environment.from_string(folder.joinpath("disclosure.html.j2").read_text("utf-8"))
    page = template.render(
        t=say,
        d=told,
        title=instrument.title[say.language],
        risk=_risk(told, say),
        costs=_costs(told, say),
        outputs=_outputs(told, say),
    )
    return page.encode()


def readme(told: dict[str, Any], instrument: Instrument, say: Catalogue) -> bytes:
    """What a user of the files must know."""
    lines = [f"# {instrument.title[say.language]}", ""]
    if told["simulated"]:
        lines += [say("simulated"), ""]
    k = told["parameters"]["k"]
    lines += [say("readme.what", n=told["summary"]["published"], version=instrument.version), ""]
    lines += [f"- {say(f'readme.{key}', k=k)}" for key in ("codes", "gaps", "masked", "order")]
    lines += ["", say("readme.duty"), "", say("readme.see"), ""]
    return "\n".join(lines).encode()


def percent(share: float) -> str:
    """A share with one decimal."""
    return f"{100 * share:.1f}%"


def _risk(told: dict[str, Any], say: Catalogue) -> list[Row]:
    before, after = told["summary"]["before"], told["summary"]["after"]
    k = told["parameters"]["k"]
    rows = [
        (say(f"risk.{name}", k=k), f"{before[name]:,.0f}", f"{after[name]:,.0f}")
        for name in (
            "records",
            "combinations",
            "smallest",
            "unique",
            "below_k",
            "below_k_matching",
            "expected",
        )
    ]
    attacks = told["summary"]["attack_before"], told["summary"]["attack_after"]
    return rows + [
        (say(f"risk.{name}"), *(percent(attack[name]) for attack in attacks))
        for name in ("success", "simulated", "worst")
    ]


def _costs(told: dict[str, Any], say: Catalogue) -> list[Row]:
    published = max(told["summary"]["published"], 1)
    return [
        (
            say(f"column.{key['name']}") if say.has(f"column.{key['name']}") else key["name"],
            "; ".join(" + ".join(band) for band in key["bands"]) or say("none"),
            f"{key['suppressed']:,} ({percent(key['suppressed'] / published)})",
            f"{key['bits_before']:.2f} → {key['bits_after']:.2f}",
        )
        for key in told["summary"]["keys"]
    ]


def _outputs(told: dict[str, Any], say: Catalogue) -> list[Row]:
    rows = []
    for name, whole in (("tables", "cells"), ("scores", "means")):
        if part := told[name]:
            numbers = (part[whole], part["primary"], part["complementary"])
            rows.append((say(f"outputs.{name}"), *(f"{number:,}" for number in numbers)))
    return rows
