"""Table and figure 16: the effects that simulation puts in, and what the models find of them.

Run ``python 16_population.py [STUDY]``. A study without answers is opened with
simulated ones.
"""

import math
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.plan import load_population
from cosyn.research import open_study
from cosyn.simulation import outcome_variance

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
population = load_population(study.study.analysis)
rule = population.outcome
sd = math.sqrt(outcome_variance(population))
truth = {name: effect / sd for name, effect in rule.effects.items()}
truth |= {pair: effect / sd for pair, effect in rule.interactions.items()}
print(f"Standardised effects on {rule.construct_id}: {truth}")

models = study.plan.plan.structure.models
pairs = {"*".join(factors): m for m in models for factors in m.products.values()}
rows = []
for name, effect in truth.items():
    result = study.synergy(pairs[name].id if name in pairs else models[0].id)
    if name in pairs and result.effects:
        value, se = result.effects[0].value, result.effects[0].se
    elif name not in pairs and result.standard:
        row = result.standard.row(rule.construct_id, "~", name)
        value, se = row.value, row.standard_error
    else:  # the model was not estimated, or the plan has none of this product
        value = se = float("nan")
    rows.append((name, effect, value, se))
table = pd.DataFrame(rows, columns=["effect", "population", "estimate", "se"])
table["covered"] = (table["estimate"] - table["population"]).abs() <= 1.96 * table["se"]
print(table.round(3).to_string(index=False))

figure, axes = plt.subplots(figsize=(6, 2.5), layout="constrained")
axes.errorbar(
    table["estimate"], table["effect"], xerr=1.96 * table["se"], fmt="o", label="Estimate"
)
axes.plot(table["population"], table["effect"], "x", color="#b00020", label="Population")
axes.invert_yaxis()
axes.legend()
axes.set(xlabel="Standardised effect with 95 % interval")
study.save("16_population", table, figure)
