"""The verb `survey release`: a public-use file of the stored responses."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cosyn.atomic import write_all
from cosyn.study import locate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.release._types import Summary


@dataclass(frozen=True, slots=True)
class ReleasedFiles:
    """What was published, or would be.

    Attributes
    ----------
    files : tuple of Path
        Written files; empty if it was only tried.
    report : dict
        The disclosure report as plain data.
    """

    files: tuple[Path, ...]
    k: int
    summary: Summary
    report: dict[str, Any]


def release(
    folder: Path | None,
    *,
    k: int | None = None,
    out: Path | None = None,
    languages: Sequence[str] = (),
    dry_run: bool = False,
) -> ReleasedFiles:
    """Protect the stored responses and write the public-use files.

    Raises
    ------
    PlanError, Faults
        If ``analysis/release.yaml`` is faulty, or the protection cannot be had within its limits.
    ResponseError
        If there are too few responses.
    """
    import numpy as np

    from cosyn import stored
    from cosyn.i18n import catalogue
    from cosyn.instrument.load import ledger, load_instrument
    from cosyn.plan import load_plan
    from cosyn.release import disclosure
    from cosyn.release.files import data_files, package
    from cosyn.release.protect import protect
    from cosyn.release.settings import load_settings
    from cosyn.versions import load_equivalences
    from cosyn.workflow._languages import languages_written

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    tags = languages_written(instrument, languages, "cosyn.release")
    loaded = load_settings(study.analysis, instrument)
    settings = loaded.settings if k is None else loaded.settings.model_copy(update={"k": k})
    plan = load_plan(study.analysis).plan
    table = stored.all_responses(
        study.store,
        instrument,
        ledger(study.instrument),
        load_equivalences(study.analysis, instrument),
    )
    released = protect(
        table,
        instrument,
        settings,
        secret=np.random.default_rng(secrets.randbits(256)),
        seed=plan.seed,
        minimum_answered=plan.facet_scores.minimum_answered,
    )
    says = [catalogue("cosyn.release", tag) for tag in tags]
    contents = data_files(released, instrument)
    contents["datapackage.json"] = package(released, instrument, contents, says)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    told = disclosure.facts(released, instrument, loaded, settings.k, plan.seed, digests)
    contents["disclosure.json"] = disclosure.as_json(told)
    for say in says:
        contents[f"disclosure.{say.language}.html"] = disclosure.as_html(told, instrument, say)
        contents[f"README.{say.language}.md"] = disclosure.readme(told, instrument, say)
    base = out or study.results / "release"
    files = {base / name: content for name, content in contents.items()}
    if not dry_run:
        write_all(files)
    return ReleasedFiles(() if dry_run else tuple(files), settings.k, released.summary, told)
