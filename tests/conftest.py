"""What all tests share: tests that need R or another outside program run only where it is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.golden import parity
from tests.referees.tools import demand

# The same examples every time; `pytest tests/property --hypothesis-profile explore` looks for others.
# How fast the machine is decides nothing.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", UNTIMED, derandomize=True)
settings.register_profile("explore", UNTIMED, print_blob=True)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--live-r", action="store_true", help="rerun the R scripts of golden cases")
    parser.addoption("--parity", metavar="FILE", help="note what golden tests compare")
    parser.addoption("--write-snapshots", action="store_true", help="write tests/snapshot anew")


def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--parity")
    if file:
        parity.start(config, file)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--live-r"):
        return
    for item in items:
        if "live_r" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="needs --live-r"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("referee"):
        demand(*mark.args)
