"""Golden cases: a folder with the model, the R script that fits it and what R found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from semopy.examples import holzinger39, political_democracy

from cosyn.engine.estimation import fit_sem
from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.products import double_mean_centred_products
from cosyn.engine.syntax import parse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.engine.estimation import SemFit
    from cosyn.engine.moments import SampleMoments

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Data:
    """Complete data: names of length p, values of shape (n, p)."""

    names: tuple[str, ...]
    values: NDArray[np.float64]

    def of(self, names: list[str]) -> NDArray[np.float64]:
        return self.values[:, [self.names.index(name) for name in names]]

    def moments(self) -> SampleMoments:
        return sample_moments(self.values, self.names)


def holzinger() -> Data:
    """Nine ability tests of 301 pupils (bit-identical to lavaan's)."""
    names = [f"x{number}" for number in range(1, 10)]
    return Data(tuple(names), holzinger39.get_data()[names].to_numpy(dtype=float, copy=True))


def democracy() -> Data:
    """Eleven indicators of 75 countries (bit-identical to lavaan's)."""
    frame = political_democracy.get_data()
    return Data(tuple(frame.columns), frame.to_numpy(dtype=float, copy=True))


def csv(name: str) -> Data:
    path = FOLDER / "data" / f"{name}.csv"
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    names = tuple(name.strip('"') for name in header.split(","))
    return Data(names, np.loadtxt(path, delimiter=",", skiprows=1))


def facets() -> Data:
    """Simulated scores of twenty facets, and products of those of A and C."""
    data = csv("facets")
    numbers = range(1, 5)
    products = double_mean_centred_products(
        data.of([f"a{k}" for k in numbers]), data.of([f"c{k}" for k in numbers])
    )
    names = (*data.names, *(f"AxC{k}" for k in numbers))
    return Data(names, np.column_stack([data.values, products]))


def data_of(case: Path) -> Data:
    script = (case / "fit.R").read_text(encoding="utf-8")
    if "HolzingerSwineford1939" in script:
        return holzinger()
    return democracy() if "PoliticalDemocracy" in script else facets()


def expected(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return found


def cases(prefix: str) -> list[Path]:
    return sorted(FOLDER.glob(f"cases/{prefix}*"))


def fitted(case: Path) -> SemFit:
    data = data_of(case)
    truth = expected(case)
    table = parameter_table(
        parse((case / "model.lav").read_text(encoding="utf-8"), "model.lav"),
        data.names,
        TableOptions(std_lv=truth["std_lv"], orthogonal=truth["orthogonal"]),
    )
    return fit_sem(table, (data.moments(),))
