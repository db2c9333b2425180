"""Progress: a bar on a terminal where the share done is known, lines elsewhere, or nothing."""

from __future__ import annotations

import io
import sys

import pytest

from cosyn.terminal import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def last_frame(monkeypatch: pytest.MonkeyPatch, *told: tuple[str, float | None]) -> str:
    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    with progress(quiet=False) as tell:
        for step, done in told:
            tell(step, done)
    # The frame drawn as it ends, before the line is wiped.
    return next(part for part in reversed(screen.getvalue().split("\r")) if told[-1][0] in part)


def test_a_terminal_shows_a_bar_where_the_share_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "━" in last_frame(monkeypatch, ("reading", None), ("reading", 0.5))
    assert "━" not in last_frame(monkeypatch, ("reading", 0.5), ("storing", None))


def test_elsewhere_each_step_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=False) as tell:
        tell("reading", 0.1)
        tell("reading", 0.9)
        tell("storing")
    assert capsys.readouterr().err == "... reading\n... storing\n"


def test_nothing_at_all_if_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress(quiet=True) as tell:
        tell("reading", 0.1)
    assert capsys.readouterr() == ("", "")
