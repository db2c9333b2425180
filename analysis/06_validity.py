"""Table and figure 6: convergent and discriminant validity of the constructs, on facet scores.

Sections of the report: validity.
Run ``python 06_validity.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.engine import cfa
from cosyn.engine.htmt import htmt
from cosyn.research import CLUSTER, open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
facets = {
    c.id: [f.id for f in c.facets if f.id in study.facets] for c in study.instrument.constructs
}
scales = {name: mine for name, mine in facets.items() if len(mine) > 1}
cases = study.cases([facet for mine in scales.values() for facet in mine])
cluster = CLUSTER if CLUSTER in cases else None

model = "\n".join(f"{name} =~ {' + '.join(mine)}" for name, mine in scales.items())
fit = cfa(model, cases, estimator=plan.estimation.estimator, cluster=cluster)
table = fit.reliability()[["latent", "ave", "composite_reliability", "replicability"]]
print(table.round(3).to_string(index=False))

names = [name for name in cases.columns if name != CLUSTER]
found = htmt(
    cases[names].to_numpy(),
    names,
    scales,
    cluster=cases[cluster] if cluster else None,
    replicates=plan.validity.replicates,
    level=plan.confidence,
    seed=plan.seed,
)
pairs = [(i, j) for i in range(len(scales)) for j in range(i + 1, len(scales))]
ratios = pd.DataFrame(
    [(found.names[i], found.names[j], found.ratios[i, j], found.lower[i, j], found.upper[i, j])
     for i, j in pairs],
    columns=["first", "second", "htmt", "low", "high"],
)  # fmt: skip
print(ratios.round(3).to_string(index=False))

figure, axes = plt.subplots(figsize=(6, 0.35 * len(pairs) + 1), layout="constrained")
pair = ratios["first"] + "-" + ratios["second"]
axes.hlines(pair, ratios["low"], ratios["high"], color="#33658a")  # may leave the estimate out
axes.plot(ratios["htmt"], pair, "o", color="#33658a")
axes.axvline(plan.validity.htmt, color="#999", linestyle="--")
axes.set(xlabel="HTMT with bootstrap interval")
study.save("06_validity_constructs", table)
study.save("06_validity_htmt", ratios, figure)
