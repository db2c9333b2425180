"""Table and figure 3: reliability of every construct and of every facet of two items.

Sections of the report: reliability.
Run ``python 03_reliability.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.engine import cfa
from cosyn.engine.omega import omega
from cosyn.engine.reliability import alpha, spearman_brown
from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
members: dict[str, list[str]] = {}
for name in study.table.items:
    item = study.instrument.item(name)
    members.setdefault(item.facet, []).append(name)
    members.setdefault(item.construct, []).append(name)

rows, done = [], []
for scale, items in members.items():
    if len(items) < 2 or items in done:  # a construct of one facet is that facet
        continue
    done.append(items)
    answers = study.items[items].dropna()
    row = {"scale": scale, "items": len(items), "n": len(answers)}
    row["alpha"] = alpha(answers.cov().to_numpy())
    if len(items) == 2:  # two items do not determine a factor (Eisinga et al. 2013)
        row["spearman_brown"] = spearman_brown(answers.corr().iloc[0, 1])
    else:
        found = omega(cfa(f"F =~ {' + '.join(items)}", answers, estimator="ML").result)
        row["omega"], row["omega_se"] = found.implied, found.standard_error
    rows.append(row)
table = pd.DataFrame(rows)
print(table.round(3).to_string(index=False))

scales = table.dropna(subset="omega")
figure, axes = plt.subplots(figsize=(6, 0.4 * len(scales) + 1), layout="constrained")
axes.errorbar(scales["omega"], scales["scale"], xerr=1.96 * scales["omega_se"], fmt="o", label="ω")
axes.plot(scales["alpha"], scales["scale"], "x", color="#555", label="α")
axes.axvline(0.70, color="#999", linestyle="--")
axes.invert_yaxis()
axes.set(xlabel="Reliability with 95 % interval")
axes.legend()
study.save("03_reliability", table, figure)
