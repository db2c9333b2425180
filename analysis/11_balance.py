"""Table and figure 11: whether the outcome is best where two dynamics are in balance.

Sections of the report: balance.
Run ``python 11_balance.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from cosyn.engine.polynomial import quadratic_terms
from cosyn.research import CLUSTER, open_study
from cosyn.synergy.balance import balance

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
x, y = plan.balance.pairs[0]
cases = study.cases([plan.balance.outcome, x, y])
scale = study.instrument.response_format(study.context.items_with({"role": "dynamic"})[0])
midpoint = (scale.minimum + scale.maximum) / 2

found = balance(
    cases[x].to_numpy(),
    cases[y].to_numpy(),
    cases[plan.balance.outcome].to_numpy(),
    midpoint=midpoint,
    cluster=cases.get(CLUSTER),
    level=plan.confidence,
    replicates=plan.balance.bootstrap,
    seed=plan.seed,
)
quantities = [*found.coefficients, *(found.surface.quantities() if found.surface else ())]
table = pd.DataFrame(
    [(q.name, q.value, q.se, q.lower, q.upper, q.pvalue) for q in quantities],
    columns=["quantity", "value", "se", "low", "high", "p"],
)
print(f"{found.n} respondents: {found.congruence.verdict}")
print(table.round(3).to_string(index=False))

reach = (scale.maximum - scale.minimum) / 2
grid = np.linspace(-reach, reach, 61)
X, Y = np.meshgrid(grid, grid)
b = np.array([q.value for q in found.coefficients[:6]])
Z = (quadratic_terms(X.ravel(), Y.ravel()) @ b).reshape(X.shape)
figure, axes = plt.subplots(figsize=(5, 4.5), layout="constrained")
axes.contour(X, Y, Z, levels=12, cmap="viridis")
axes.plot(cases[x] - midpoint, cases[y] - midpoint, ".", color="#999", markersize=2)
axes.plot(grid, grid, "--", color="#555")
axes.set(xlabel=f"{x}, from the midpoint", ylabel=f"{y}, from the midpoint")
study.save("11_balance", table, figure)
