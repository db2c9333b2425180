"""Every data set of the study is read back by the mapping file beside it, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.unit.datasets.answers import IDENTITY, instrument, mixed, table

from cosyn.datasets import DATASETS, delivery, mapping
from cosyn.importers import load_mapping, read_responses
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER, ResponseTable, response_table
from cosyn.spelling import tidy

if TYPE_CHECKING:
    from pathlib import Path

_UNANSWERED = [MISSING_ORDER.index(m) for m in (Missing.NOT_ANSWERED, Missing.NOT_SHOWN)]


@pytest.mark.parametrize("kind", DATASETS.names())
@pytest.mark.parametrize("stored", [table(), mixed(), table(simulated=True)])
def test_values_reasons_and_particulars(tmp_path: Path, kind: str, stored: ResponseTable) -> None:
    own = instrument()
    made = delivery(own, stored, "zh-Hans", IDENTITY | {"instrument": own.id, "digest": own.digest})
    for name, content in DATASETS[kind].write(made).files.items():
        (tmp_path / name).write_bytes(content)
    assert len(made.parts) == len(set(stored.forms))
    for part in made.parts:
        file, rules = mapping(made, part, DATASETS[kind])
        (tmp_path / file).write_bytes(rules)
        found = read_responses(
            tmp_path / file.removesuffix(".import.yaml"),
            own,
            load_mapping(tmp_path / file, own),
            form=part.form or None,
        )
        again = response_table(found.submissions, part.items, simulated=found.report.simulated)
        # A row without an answer is none.
        kept = ~np.isin(part.missing, _UNANSWERED).all(axis=1)
        assert again.missing.tolist() == part.missing[kept].tolist()
        answered = part.missing == 0
        assert np.array_equal(
            again.values, np.where(answered, part.codes, np.nan)[kept], equal_nan=True
        )
        known = {p.name: np.array(p.cells)[kept].tolist() for p in part.particulars}
        assert list(again.departments) == [tidy(text) for text in known["department"]]
        assert (list(again.forms), list(again.waves)) == (known["form"], known["wave"])
        assert again.simulated == stored.simulated
        if "seconds" in known:
            assert np.array_equal(again.seconds, known["seconds"], equal_nan=True)
        invalid = MISSING_ORDER.index(Missing.INVALID)
        refused = {
            item for j, item in enumerate(part.items) if (part.missing[:, j] == invalid).any()
        }
        assert {cell.item for cell in found.report.refused} == refused
        others = "only the sheet 'data' was read"
        assert [text for text in found.report.warnings if not text.startswith(others)] == []
