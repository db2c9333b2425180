"""lavaan: the data, the models, and an R script that fits them and prints JSON."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from cosyn.emitters._tables import data_csv, notes
from cosyn.emitters._types import CLUSTER, Emitter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cosyn.emitters._types import Emission, Model

_ABOUT = (
    "Run `Rscript lavaan.R [FILE.json]` in this folder; it needs R and lavaan.",
    "Variables are keyed as in our analysis, and respondents are those it uses.",
)


def write(emission: Emission) -> dict[str, bytes]:
    """Write data, models and the script."""
    template = files("cosyn.emitters").joinpath("templates", "lavaan.R").read_text("utf-8")
    calls = ",\n".join(_call(model) for model in emission.models)
    script = template.replace("# MODELS", calls)
    samples = {f"{s.name}.csv": data_csv(s, "NA") for s in emission.samples.values()}
    models = {f"models/{model.id}.lav": model.syntax.encode() for model in emission.models}
    return {
        "lavaan.R": script.encode(),
        "README.txt": notes(emission, *_ABOUT),
        **samples,
        **models,
    }


def _call(model: Model) -> str:
    settings = model.settings
    cluster = _quoted(CLUSTER) if settings.clustered else "NULL"
    ordered = _vector(settings.ordered) if settings.ordered else "NULL"
    parts = (
        f"id = {_quoted(model.id)}",
        f"data = {_quoted(f'{model.sample}.csv')}",
        f"estimator = {_quoted(settings.estimator)}",
        f"missing = {_quoted(settings.missing)}",
        f"cluster = {cluster}",
        f"ordered = {ordered}",
    )
    return f"  list({', '.join(parts)})"


def _vector(names: Iterable[str]) -> str:
    return f"c({', '.join(map(_quoted, names))})"


def _quoted(text: str) -> str:
    """Spell a string of R: what JSON escapes, R reads likewise."""
    return json.dumps(text)


EMITTER = Emitter("lavaan", "data, models and a script for lavaan (R)", write)
