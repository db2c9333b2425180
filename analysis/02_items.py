"""Table and figure 2: how each item was answered.

Sections of the report: items.
Run ``python 02_items.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.engine.descriptives import describe
from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
items = study.table.items
values = study.table.columns(items)  # as answered, not keyed
found = describe(values)
table = pd.DataFrame(
    {
        "item": items,
        "n": found.n,
        "mean": found.mean,
        "se": found.se,
        "sd": found.sd,
        "skewness": found.skewness,
        "kurtosis": found.kurtosis,
    }
)
formats = [study.instrument.response_format(study.instrument.item(item)) for item in items]
answered = [column[~pd.isna(column)] for column in values.T]
table["ceiling"] = [(a == f.maximum).mean() for a, f in zip(answered, formats, strict=True)]
print(table.round(2).to_string(index=False))

figure, axes = plt.subplots(figsize=(6, 0.2 * len(items) + 1), layout="constrained")
axes.errorbar(table["mean"], table["item"], xerr=1.96 * table["se"], fmt="o", color="#33658a")
axes.invert_yaxis()
axes.set(xlabel="Mean with 95 % interval", xlim=(formats[0].minimum, formats[0].maximum))
study.save("02_items", table, figure)
