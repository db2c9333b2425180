"""Table and figure 5: the competing measurement models.

Sections of the report: measurement.
Run ``python 05_measurement.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
MEASURES = ("chisq_scaled", "df_scaled", "cfi_robust", "rmsea_robust", "srmr", "bic")

rows = []
for entry in study.plan.plan.measurement.models:
    fit = study.fit(entry.id)
    row = {"model": entry.id, "label": entry.label["en"], "n": fit.n, "sound": fit.status.ok}
    rows.append(row | {name: fit.fit_measures.get(name) for name in MEASURES})
table = pd.DataFrame(rows)
print(table.round(3).to_string(index=False))

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
names = table["model"] + " " + table["label"]
for axes, measure, bound in ((left, "cfi_robust", 0.95), (right, "rmsea_robust", 0.06)):
    axes.plot(table[measure], names, "o", color="#33658a")
    axes.axvline(bound, color="#999", linestyle="--")
    axes.set(xlabel=measure)
left.invert_yaxis()
study.save("05_measurement", table, figure)
