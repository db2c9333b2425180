"""Table and figure 9: what the dynamics do alone, and whether one synergy factor suffices.

Sections of the report: structure.
Run ``python 09_structure.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.engine.inference import wald
from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
simple = [m for m in plan.structure.models if not m.products and not m.exploratory]

rows, comparisons = [], []
for entry in simple:
    result = study.synergy(entry.id)
    scaled = result.standard.rows() if result.standard else []  # none unless it converged
    for raw, standard in zip(result.fit.rows(), scaled, strict=False):
        if raw.op == "~":
            test = wald(standard.value, standard.standard_error, plan.confidence)
            rows.append(
                {
                    "model": entry.id,
                    "outcome": raw.lhs,
                    "predictor": raw.rhs,
                    "b": raw.value,
                    "se": raw.standard_error,
                    "beta": standard.value,
                    "low": test.lower,
                    "high": test.upper,
                }
            )
    if result.difference is not None:
        d = result.difference
        comparisons.append((entry.id, entry.null, d.chisq, d.df, d.pvalue, d.method))
table = pd.DataFrame(rows)
compared = pd.DataFrame(comparisons, columns=["model", "null", "chisq", "df", "p", "method"])
print(table.round(3).to_string(index=False), compared.round(3).to_string(index=False), sep="\n\n")

first = table[(table["model"] == simple[0].id) & (table["outcome"] == plan.structure.outcome)]
figure, axes = plt.subplots(figsize=(6, 2.5), layout="constrained")
reach = [first["beta"] - first["low"], first["high"] - first["beta"]]
axes.errorbar(first["beta"], first["predictor"], xerr=reach, fmt="o", color="#33658a")
axes.axvspan(-plan.hypotheses.smallest_effect, plan.hypotheses.smallest_effect, color="#eee")
axes.axvline(0, color="#999")
axes.set(xlabel=f"Standardised effect on {plan.structure.outcome}, model {simple[0].id}")
axes.invert_yaxis()
study.save("09_structure_paths", table, figure)
study.save("09_structure_compared", compared)
