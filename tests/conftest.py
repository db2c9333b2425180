"""What all tests share: tests that need R run only when asked for."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.golden import parity

# Continuous integration tries the same examples every time; a developer's machine looks for others.
settings.register_profile("same", derandomize=True)
if os.environ.get("CI"):
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
