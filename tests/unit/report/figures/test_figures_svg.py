"""A figure becomes one inline element: parsable, reproducible, with ids of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from xml.parsers import expat

import matplotlib as mpl
import pytest
from tests.unit.report.figures.figure_samples import FIGURES, LANGUAGES, scree

from cosyn.report import SECTIONS
from cosyn.report.figures import to_svg


def drawn(name: str, language: str, prefix: str = "f1") -> str:
    return to_svg(FIGURES[name](language), title="Items <of> “信任” & trust", prefix=prefix)


def elements(svg: str) -> list[tuple[str, dict[str, str]]]:
    """Names and attributes in the order of the document; fails if it is no XML."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    parser.Parse(svg, True)
    return found


def ids(svg: str) -> list[str]:
    return [attributes["id"] for _, attributes in elements(svg) if "id" in attributes]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_it_is_one_element_with_a_title(name: str, language: str) -> None:
    svg = drawn(name, language)
    (root, attributes), (second, title) = elements(svg)[:2]
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    assert (root, second) == ("svg", "title")
    assert attributes["xmlns"] == "http://www.w3.org/2000/svg"
    assert attributes["role"] == "img"
    assert attributes["aria-labelledby"] == title["id"]
    assert len(attributes["viewBox"].split()) == 4
    assert "width" not in attributes
    assert ">Items &lt;of&gt; “信任” &amp; trust</title>" in svg


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_it_stays_within_its_page(name: str, language: str) -> None:
    svg = drawn(name, language)
    for leak in ("<style", "<text", "<!--", "<metadata", "<!DOCTYPE", "<?xml", "<image", "@import"):
        assert leak not in svg


def test_a_title_is_not_called_as_the_heading_of_its_section() -> None:
    headings = {f"{section.name}-title" for section in SECTIONS}
    assert headings
    for section in SECTIONS:
        svg = to_svg(scree("en"), title="t", prefix=section.name)
        assert not headings & set(ids(svg))


@pytest.mark.parametrize("name", FIGURES)
def test_ids_of_two_figures_differ_and_every_reference_is_met(name: str) -> None:
    first, second = drawn(name, "en", "fig-1"), drawn(name, "en", "fig-2")
    together = ids(first) + ids(second)
    assert len(together) > 20
    assert len(set(together)) == len(together)
    for svg in (first, second):
        wanted = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
        assert wanted
        assert wanted <= set(ids(svg))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_two_drawings_have_the_same_bytes(name: str, language: str) -> None:
    assert drawn(name, language) == drawn(name, language)


def test_another_process_draws_the_same_bytes() -> None:
    script = (
        "import sys; from tests.unit.report.figures.figure_samples import likert; from cosyn.report.figures import to_svg;"
        "sys.stdout.buffer.write(to_svg(likert('zh-Hans'), title='t', prefix='p').encode())"
    )
    here = {"PYTHONPATH": os.pathsep.join(sys.path)}
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, **here, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert runs[0].startswith(b"<svg")


def test_the_users_own_settings_change_nothing() -> None:
    expected = to_svg(scree("en"), title="t", prefix="p")
    with mpl.rc_context():
        mpl.rcParams.update({"font.size": 30, "lines.linewidth": 9, "axes.grid": True})
        assert to_svg(scree("en"), title="t", prefix="p") == expected
        assert mpl.rcParams["font.size"] == 30


def test_pyplot_is_never_imported() -> None:
    script = (
        "import sys; from tests.unit.report.figures.figure_samples import FIGURES; from cosyn.report.figures import to_svg;"
        "[to_svg(draw('en'), title='t', prefix='p') for draw in FIGURES.values()];"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    here = {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", script], env={**os.environ, **here}, check=True)
