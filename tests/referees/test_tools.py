"""An absent referee is said aloud, and where referees are required it fails the test."""

from __future__ import annotations

import sys

import pytest
from tests.referees import tools

pytest_plugins = ["pytester"]


def test_what_is_absent_skips_a_test_with_the_way_to_mend_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COSYN_REFEREES", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"no nonesuch on .*scripts/referees"):
        tools.demand("nonesuch")


def test_what_is_absent_fails_a_test_where_referees_are_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COSYN_REFEREES", "required")
    with pytest.raises(pytest.fail.Exception, match="no nonesuch, other"):
        tools.demand("nonesuch", "other")


def test_the_marker_is_heeded(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COSYN_REFEREES", raising=False)
    pytester.makeconftest("from tests.conftest import pytest_runtest_setup")
    pytester.makeini("[pytest]\nmarkers = referee(*tools): asks")
    pytester.makepyfile(
        """
        from tests.referees.tools import needs

        @needs("nonesuch")
        def test_asks(): raise AssertionError("was run")
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(skipped=1)


def test_what_a_referee_says_when_it_fails_is_not_lost() -> None:
    assert tools.run(sys.executable, "-c", "print(input())", said="早") == "早\n"
    with pytest.raises(RuntimeError, match="gave 1: 坏"):
        tools.run(sys.executable, "-c", "import sys; sys.exit('坏')")
