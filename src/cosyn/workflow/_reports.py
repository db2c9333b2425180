"""Reports of findings: laid out in every language, their figures drawn side by side or known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn import outcomes, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.crew import Crew
    from cosyn.findings import Findings
    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan
    from cosyn.report._types import Figure

REPORT = "report.{language}{suffix}"


def reports(
    findings: Findings,
    instrument: Instrument,
    plan: LoadedPlan,
    languages: Sequence[str],
    crew: Crew,
    folder: Path | None,
) -> dict[str, bytes]:
    """The reports by the names of their files, in every language and format.

    Parameters
    ----------
    crew : Crew
        Who draws the figures that are not known.
    folder : Path or None
        Where drawings are kept between runs; None to draw everything and keep nothing.
    """
    from cosyn.report import RENDERERS, figures_of, illustrated, laid_out

    documents = [laid_out(findings, instrument, plan, language) for language in languages]
    figures = [figure for document in documents for figure in figures_of(document)]
    pictures = dict(zip(map(id, figures), _drawings(figures, crew, folder), strict=True))
    written = {}
    for document in documents:
        mine = {figure.prefix: pictures[id(figure)] for figure in figures_of(document)}
        whole = illustrated(document, mine)
        for renderer in RENDERERS:
            name = REPORT.format(language=document.language, suffix=f".{renderer.suffix}")
            written[name] = renderer.render(whole)
    return written


def _drawings(figures: Sequence[Figure], crew: Crew, folder: Path | None) -> list[str]:
    """The figures as SVG elements, those from the folder that were drawn before."""
    if folder is None:
        return [each.result() for each in [crew.submit(_drawn, figure) for figure in figures]]
    base = _style()
    keys = [outcomes.key_of({**base, "figure": described(figure)}) for figure in figures]
    known = [outcomes.kept_text(folder, key) for key in keys]
    drawn = [
        None if found is not None else crew.submit(_drawn, figure)
        for figure, found in zip(figures, known, strict=True)
    ]
    for place, (key, future) in enumerate(zip(keys, drawn, strict=True)):
        if future is not None:
            picture = known[place] = future.result()
            outcomes.keep_text(folder, key, picture)
    outcomes.forget(folder)
    return [picture or "" for picture in known]


def _drawn(_: object, figure: Figure) -> str:
    from cosyn.report import drawn

    return drawn(figure)


def _style() -> dict[str, Any]:
    """What all drawings rest on: this program, the libraries and the font."""
    import cosyn.report

    fonts = sorted((Path(cosyn.report.__file__).parent / "fonts").glob("*.otf"))
    return {
        "program": outcomes.program_digest(),
        "versions": run.versions(("numpy", "matplotlib")),
        "fonts": [hashlib.sha256(font.read_bytes()).hexdigest() for font in fonts],
    }


def described(figure: Figure) -> str:
    """All that a figure shows, as JSON: the same for what says the same.

    Raises
    ------
    TypeError
        If there is something in it of which that cannot be said, such as a lambda.
    """
    return json.dumps(figure, default=_spelled, ensure_ascii=False)


def _spelled(value: Any) -> Any:
    """What JSON has no form for: frozen data, arrays, and functions that are methods of data."""
    if isinstance(value, np.ndarray):
        digest = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return ["array", str(value.dtype), value.shape, digest]
    if isinstance(value, partial):
        return ["partial", value.func, value.args, value.keywords]
    if hasattr(value, "__self__") and is_dataclass(value.__self__):
        return ["method", value.__name__, value.__self__]
    if is_dataclass(value) and not isinstance(value, type):
        name = type(value).__qualname__
        return [name, {each.name: getattr(value, each.name) for each in fields(value)}]
    message = f"a figure cannot show a {type(value).__name__}"
    raise TypeError(message)
