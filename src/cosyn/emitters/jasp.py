"""JASP: data and syntax for its module of structural equation models, and the steps.

The inner format of a ``.jasp`` file is not documented, so none is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.emitters._tables import data_csv, notes
from cosyn.emitters._types import Emitter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.emitters._types import Emission, Model


def write(emission: Emission) -> dict[str, bytes]:
    """Write a table a sample, a syntax a model, and what to do with them."""
    samples = {f"{s.name}.csv": data_csv(s, "") for s in emission.samples.values()}
    models = {f"models/{m.id}.txt": m.syntax.encode() for m in emission.models}
    return {"STEPS.md": notes(emission, *_steps(emission)), **samples, **models}


def _steps(emission: Emission) -> Iterator[str]:
    yield "# The models of the plan in JASP"
    yield ""
    yield "JASP does not document what is inside a `.jasp` file, so none is written here. By hand:"
    yield ""
    yield "1. Open the CSV file that the table below names. Gaps are empty cells."
    yield "2. Click the icon in the head of each column of a model: items and scores are **Scale**;"
    yield "   the department is **Nominal**. JASP takes whole numbers of few values for ordinal."
    yield "3. SEM → Structural Equation Modeling. Paste the model's text; press Ctrl+Enter."
    yield "4. Choose the estimator and the treatment of missing values of the table. Leave the"
    yield "   options of the model as they are: first loadings are 1, exogenous latents covary."
    yield "5. Tick the additional fit measures."
    yield ""
    yield "| Model | Data | Syntax | Estimator | Missing values | Clusters | Ordinal |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_row(model) for model in emission.models)


def _row(model: Model) -> str:
    s = model.settings
    clusters = "department (JASP has no clusters here: use lavaan or Mplus)" if s.clustered else "–"
    cells = (
        model.id,
        f"{model.sample}.csv",
        f"models/{model.id}.txt",
        s.estimator,
        s.missing,
        clusters,
        ", ".join(s.ordered) or "–",
    )
    return f"| {' | '.join(cells)} |"


EMITTER = Emitter("jasp", "data, syntax and steps for JASP's SEM module", write)
