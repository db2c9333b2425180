"""Table and figure 21: what each structural model adds beyond the sum of the dynamics.

Sections of the report: comparison. Run ``python 21_comparison.py [STUDY]``. A study without
answers is opened with simulated ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
entries = [m for m in study.plan.plan.structure.models if not m.exploratory]

rows = []
for entry in entries:
    result = study.synergy(entry.id)
    test = result.difference  # None of the null itself, and of what is no model beside it
    known = (test.chisq, test.df, test.pvalue) if test else (None, None, None)
    rows.append((entry.id, result.fit.status.ok, *known, result.gain))
columns = ["model", "sound", "chisq", "df", "p", "r2_gain"]
table = pd.DataFrame(rows, columns=columns)
print(table.round(3).to_string(index=False))

shown = table[table["r2_gain"].notna()]
figure, axes = plt.subplots(figsize=(6, 0.35 * len(shown) + 1), layout="constrained")
axes.barh(shown["model"], shown["r2_gain"].astype(float), color="#33658a")
axes.axvline(0, color="#999")
axes.invert_yaxis()
axes.set(xlabel="Variance explained beyond the null")
study.save("21_comparison", table, figure)
