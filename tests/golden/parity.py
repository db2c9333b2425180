"""Notes what the golden tests compare, for the parity table in the documents.

``pytest tests/golden --parity FILE`` writes one row a number: test, found, expected.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

_APPROX, _ALLCLOSE = pytest.approx, np.testing.assert_allclose


class Noted:
    """An expected value that notes what it is compared with."""

    __array_ufunc__ = None
    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, record: Record, wanted: Any, **tolerances: Any) -> None:
        self.record, self.wanted = record, wanted
        self.inner = _APPROX(wanted, **tolerances)

    def __eq__(self, found: object) -> bool:
        self.record.note(found, self.wanted)
        return bool(self.inner == found)

    def __repr__(self) -> str:
        return repr(self.inner)


class Record:
    """Everything that was compared, and the test that did it."""

    def __init__(self, file: Path) -> None:
        self.file, self.test = file, ""
        self.rows: list[tuple[str, float, float]] = []

    def note(self, found: Any, wanted: Any) -> None:
        if isinstance(wanted, dict):
            wanted, found = list(wanted.values()), [found[key] for key in wanted]
        try:
            a, b = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
        except (TypeError, ValueError):
            return
        pairs = zip(np.ravel(np.broadcast_to(a, b.shape)), np.ravel(b), strict=True)
        self.rows += [(self.test, float(x), float(y)) for x, y in pairs]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        self.test = item.nodeid
        return (yield)

    def pytest_sessionfinish(self) -> None:
        self.file.write_text(json.dumps(self.rows), encoding="utf-8")


def start(config: pytest.Config, file: str) -> None:
    """Let `pytest.approx` and numpy's `assert_allclose` note what they compare."""
    record = Record(Path(file))

    def approx(expected: Any, rel: Any = None, abs: Any = None) -> Noted:  # noqa: A002
        return Noted(record, expected, rel=rel, abs=abs)

    def allclose(actual: Any, desired: Any, **tolerances: Any) -> None:
        record.note(actual, desired)
        _ALLCLOSE(actual, desired, **tolerances)

    patch = pytest.MonkeyPatch()
    patch.setattr(pytest, "approx", approx)
    patch.setattr(np.testing, "assert_allclose", allclose)
    config.pluginmanager.register(record, "parity")
