"""Table and figure 4: how many factors the items of the dynamics hold.

Sections of the report: dimensionality.
Run ``python 04_dimensionality.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.engine.parallel import parallel_analysis_of_codes
from cosyn.engine.polychoric_matrix import polychoric_matrix
from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
rule = plan.dimensionality
chosen = [item.id for item in study.context.items_with(rule.select)]
answers = study.items[chosen].dropna()
matrix = polychoric_matrix(answers.to_numpy(), tuple(chosen))
found = parallel_analysis_of_codes(
    matrix.R,
    matrix.codes,
    draws=rule.parallel.draws,
    quantile=rule.parallel.quantile,
    seed=plan.seed,
)
table = pd.DataFrame(
    {
        "rank": range(1, len(chosen) + 1),
        "eigenvalue": found.observed_fa,
        "random_mean": found.random_fa_mean,
        "random_quantile": found.random_fa_quantile,
    }
)
print(f"{len(answers)} respondents, {found.n_factors} factors suggested (Horn 1965)")
print(table.head(8).round(3).to_string(index=False))

figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
axes.plot(table["rank"], table["eigenvalue"], "o-", color="#33658a", label="Observed")
axes.plot(table["rank"], table["random_mean"], "--", color="#999", label="Random, mean")
axes.plot(table["rank"], table["random_quantile"], ":", color="#999", label="Random, quantile")
axes.set(xlabel="Factor", ylabel="Eigenvalue of the reduced correlations")
axes.legend()
study.save("04_dimensionality", table, figure)
