"""Table and figure 15: the rule of the plan, applied to every predicted effect.

Sections of the report: hypotheses, summary.
Run ``python 15_hypotheses.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from scipy.stats import norm

from cosyn.analysis.hypotheses import decide_effect, holm
from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
rules = study.plan.plan.hypotheses
tests = [test for test in rules.tests if test.test == "effect"]
fits = {model: study.synergy(model) for model in {test.model for test in tests}}

rows = []
for test in tests:
    result, path = fits[test.model], re.match(r"(\S+)\s*~\s*(\S+)", test.effect)
    key = (path[1], "~", path[2]) if path else (test.effect, ":=")
    sign = 1 if test.predicted == "positive" else -1
    if not result.fit.status.ok:
        rows.append((test.id, test.family, None, None, None, sign))
        continue
    raw = next(r for r in result.fit.rows() if (r.lhs, r.op, r.rhs)[: len(key)] == key)
    beta = next(r for r in result.standard.rows() if (r.lhs, r.op, r.rhs)[: len(key)] == key)
    value, se = beta.value, beta.standard_error
    for effect in result.effects:  # the ordinary standardisation of products is wrong
        if (effect.outcome, effect.predictor) == key[::2]:
            value, se = effect.value, effect.se
    p = 2 * norm.sf(abs(raw.value / raw.standard_error))
    rows.append((test.id, test.family, value, se, p, sign))
table = pd.DataFrame(rows, columns=["id", "family", "beta", "se", "p", "sign"])
table[["beta", "se", "p"]] = table[["beta", "se", "p"]].astype(float)
tested = table[table["p"].notna()]
table["p_holm"] = tested.groupby("family")["p"].transform(lambda p: holm(list(p)))
reach = norm.ppf(1 - rules.alpha) * table["se"]  # two one-sided tests: level 1 - 2 alpha
table["low"], table["high"] = table["beta"] - reach, table["beta"] + reach
table["decision"] = [
    decide_effect(r.beta, (r.low, r.high), r.p_holm, r.sign, (rules.alpha, rules.smallest_effect))
    if pd.notna(r.p) else "not_tested"
    for r in table.itertuples()
]  # fmt: skip
print(table.round(3).to_string(index=False))

figure, axes = plt.subplots(figsize=(6, 0.35 * len(table) + 1), layout="constrained")
axes.errorbar(table["beta"], table["id"] + " " + table["decision"], xerr=reach, fmt="o")
axes.axvspan(-rules.smallest_effect, rules.smallest_effect, color="#eee")
axes.axvline(0, color="#999")
axes.invert_yaxis()
axes.set(xlabel="Standardised effect with 90 % interval")
study.save("15_hypotheses", table, figure)
