"""Table and figure 10: whether two dynamics together do more than their sum.

Sections of the report: structure, comparison.
Run ``python 10_interactions.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
VARIANTS = {
    "quadratic": {"quadratic": True},
    "reversed": {"matching": "reversed"},
    "rotated": {"matching": "rotated"},
    "sam": {"method": "sam"},
    "lms": {"method": "lms"},
}
models = [m for m in study.plan.plan.structure.models if m.products]

rows, probes = [], {}
for entry in models:
    for variant in ("", *entry.variants):
        result = study.synergy(entry.id, **VARIANTS.get(variant, {}))
        for effect in result.interaction.effects:
            rows.append(
                {
                    "model": entry.id,
                    "variant": variant or "matched products",
                    "product": effect.product,
                    "beta": effect.value,
                    "se": effect.standard_error,
                    "low": effect.lower,
                    "high": effect.upper,
                }
            )
        if not variant and result.interaction.probes:
            probes[entry.id] = result.interaction.probes[0]
table = pd.DataFrame(rows)
print(table.round(3).to_string(index=False))

figure, panels = plt.subplots(
    1, max(len(probes), 1), figsize=(3 * max(len(probes), 1), 3), sharey=True, layout="constrained",
    squeeze=False,
)  # fmt: skip
for axes, (model, probe) in zip(panels[0], probes.items(), strict=False):
    band = probe.band
    axes.plot(band.at, band.value, color="#33658a")
    axes.fill_between(band.at, band.lower, band.upper, color="#33658a", alpha=0.2)
    axes.axhline(0, color="#999")
    axes.set(xlabel=f"{probe.moderator} (SD)", title=f"{model}: slope of {probe.predictor}")
study.save("10_interactions", table, figure)
