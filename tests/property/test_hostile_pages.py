"""Whatever is sent to the pages: no failure, no echo of markup, nothing stored that was not asked.

`benchmarks/fuzz_pages.py` sends many more.
"""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.hostile_keying import STORED, target
from tests.hostile_requests import ROUTES, Target


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    return {route: target(route, tmp_path_factory.mktemp("wave")) for route in (*ROUTES, *STORED)}


@pytest.mark.parametrize("route", [*ROUTES, *STORED])
def test_no_request_breaks_a_page(targets: dict[str, Target], route: str) -> None:
    @example(seed=1)
    @settings(max_examples=30)
    @given(seed=st.integers(0, 2**32))
    def one(seed: int) -> None:
        pages = targets[route]
        drawn = pages.drawn(random.Random(seed))  # noqa: S311 - no secret
        asyncio.run(pages.send(drawn, twice=True))

    one()
