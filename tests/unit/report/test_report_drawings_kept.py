"""Figures are drawn once: what shows the same is known, what shows something else is not."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from tests.planned import planned

from cosyn import report
from cosyn.crew import Crew
from cosyn.findings import Finding, Findings, Provenance, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.report._types import Figure
from cosyn.report.numbers import numbers_of
from cosyn.report.pictures import Drawing, ReliabilityRow, ReliabilityTexts
from cosyn.report.sections.appendix import _is_common
from cosyn.study import bundled
from cosyn.workflow._reports import described, reports

HERE = Crew(None, None)
INSTRUMENT = load_instrument(bundled() / "instrument")
PLAN = planned()


def findings(alpha: float, omega: float = 0.81) -> Findings:
    """Findings of one figure, which shows omega alone."""
    rows = (
        Finding("reliability", Statistic.ALPHA, ("IP",), alpha, n=50, low=0.7, high=0.9),
        Finding("reliability", Statistic.OMEGA, ("IP",), omega, n=50, low=0.7, high=0.9),
    )
    origin = Provenance(INSTRUMENT.id, "1.0.0", "core-40", False, 1, {}, {"cosyn": "0"})
    return Findings(origin, rows)


def written(folder: Path | None, found: Findings, *languages: str) -> dict[str, bytes]:
    return reports(found, INSTRUMENT, PLAN, languages, HERE, folder)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Captions of the figures that were drawn, instead of drawing them."""
    captions: list[str] = []

    def draw(figure: Figure) -> str:
        captions.append(figure.caption)
        return f"<svg>{figure.caption}</svg>"

    monkeypatch.setattr(report, "drawn", draw)
    return captions


def test_a_figure_that_shows_the_same_is_not_drawn_again(drawn: list[str], tmp_path: Path) -> None:
    first = written(tmp_path, findings(0.8), "en")
    assert len(drawn) == 1
    assert written(tmp_path, findings(0.8), "en") == first
    assert len(drawn) == 1
    assert b"<svg>" in first["report.en.html"]


def test_only_what_shows_something_else_is_drawn(drawn: list[str], tmp_path: Path) -> None:
    written(tmp_path, findings(0.8), "en")
    written(tmp_path, findings(0.7), "en")
    assert len(drawn) == 1
    written(tmp_path, findings(0.8, 0.82), "en", "zh-Hans")
    assert len(drawn) == 3


def test_a_damaged_drawing_is_drawn_again(drawn: list[str], tmp_path: Path) -> None:
    first = written(tmp_path, findings(0.8), "en")
    [entry] = tmp_path.glob("*.json")
    entry.write_bytes(entry.read_bytes().replace(b"<svg>", b"<SVG>"))
    assert written(tmp_path, findings(0.8), "en") == first
    assert len(drawn) == 2


def test_without_a_folder_everything_is_drawn(drawn: list[str]) -> None:
    assert written(None, findings(0.8), "en") == written(None, findings(0.8), "en")
    assert len(drawn) == 2


def figure(*more: object) -> Figure:
    return Figure("caption", Drawing("reliability_plot", more), "prefix")


def test_what_a_figure_shows_is_told_apart_by_what_it_says() -> None:
    row = ReliabilityRow("IP", 0.8, None, 0.9)
    texts = ReliabilityTexts("a", "b", "c")
    number = partial(numbers_of("en").bounded, digits=1)
    same = partial(numbers_of("en").bounded, digits=1)
    shown = described(figure([row], texts, number, np.arange(4.0)))
    assert shown == described(figure([replace(row)], texts, same, np.arange(4.0)))
    for other in (
        figure([replace(row, high=0.91)], texts, number, np.arange(4.0)),
        figure([row], ReliabilityTexts("a", "b", "d"), number, np.arange(4.0)),
        figure([row], texts, partial(numbers_of("zh").bounded, digits=1), np.arange(4.0)),
        figure([row], texts, partial(numbers_of("en").plain, digits=1), np.arange(4.0)),
        figure([row], texts, number, np.arange(4.0).reshape(2, 2)),
        replace(figure([row], texts, number, np.arange(4.0)), caption="other"),
    ):
        assert described(other) != shown
    sent = pickle.loads(pickle.dumps(figure([row], number)))  # noqa: S301 - by ourselves
    assert described(sent) == described(figure([row], number))


def test_a_figure_must_not_show_what_cannot_be_told_apart() -> None:
    with pytest.raises(TypeError, match="cannot show a function"):
        described(figure(lambda x: x))


def test_laying_out_a_report_needs_no_matplotlib() -> None:
    script = (
        "import sys; import tests.unit.report.test_report_drawings_kept as t;"
        "from cosyn.report import laid_out, figures_of;"
        "[laid_out(t.findings(.8), t.INSTRUMENT, t.PLAN, x) for x in ('en', 'zh-Hans')];"
        "sys.exit('matplotlib' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)


def test_common_characters_have_glyphs() -> None:
    from cosyn.report.figures import missing_glyphs

    signs = [chr(k) for k in range(0x20, 0x10000) if not 0xD800 <= k < 0xE000]
    common = "".join(sign for sign in signs if _is_common(sign) and sign.isprintable())
    assert len(common) > 7_000
    assert missing_glyphs(common, "zh-Hans") == set()
