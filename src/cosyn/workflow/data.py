"""The verb `survey data`: stored responses as documented data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.atomic import write_all
from cosyn.study import locate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cosyn.codebook.files import Loss
    from cosyn.datasets import Delivery
    from cosyn.instrument.types import Instrument
    from cosyn.study import Study

LIBRARIES = ("numpy", "pandas", "openpyxl", "pyarrow", "pyreadstat")


@dataclass(frozen=True, slots=True)
class DataFiles:
    """Data sets that were written.

    Attributes
    ----------
    items : int
        Columns that are items, in the widest part.
    parts : tuple of str
        Names of the parts: more than one where forms have other response formats.
    reserved : Mapping[str, int]
        Reason -> code, where a response format has none of its own.
    losses : tuple of (format, Loss)
        What a format cannot hold.
    """

    files: tuple[Path, ...]
    respondents: int
    items: int
    parts: tuple[str, ...]
    reserved: Mapping[str, int]
    losses: tuple[tuple[str, Loss], ...]


def data(
    folder: Path | None,
    formats: Sequence[str],
    language: str | None = None,
    out: Path | None = None,
) -> DataFiles:
    """Write the stored responses in some formats, with what they rest on.

    Raises
    ------
    InstrumentError
        If there is no such language.
    ResponseError
        If there are no responses, or some to versions that are not mapped.
    PlanError
        If there is no such format.
    ExtraError
        If a format needs an optional part that is not installed; nothing is written then.
    """
    from cosyn import run
    from cosyn.datasets import DATASETS, mapping, provenance
    from cosyn.fielding.settings import load_settings
    from cosyn.instrument.load import load_instrument
    from cosyn.workflow._languages import languages_of

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    instrument = instrument.in_mode(load_settings(study.instrument, instrument.languages).mode)
    chosen = languages_of(instrument, [language] if language else [])[0]
    entries = [DATASETS[name] for name in dict.fromkeys(formats)]
    delivery = _delivery(study, instrument, chosen)
    contents: dict[str, bytes] = {}
    losses: list[tuple[str, Loss]] = []
    for entry in entries:
        written = entry.write(delivery)
        contents |= written.files
        losses += ((entry.name, loss) for loss in written.losses)
    contents |= dict(mapping(delivery, part, entry) for entry in entries for part in delivery.parts)
    contents["provenance.json"] = provenance(delivery, contents, run.versions(LIBRARIES))
    base = out or study.results / "data" / chosen
    files = {base / name: content for name, content in contents.items()}
    write_all(files)
    return DataFiles(
        files=tuple(files),
        respondents=sum(part.n for part in delivery.parts),
        items=max(len(part.items) for part in delivery.parts),
        parts=tuple(part.name for part in delivery.parts),
        reserved={str(reason): code for reason, code in delivery.reserved.items()},
        losses=tuple(losses),
    )


def _delivery(study: Study, instrument: Instrument, language: str) -> Delivery:
    from cosyn import __version__, stored
    from cosyn.datasets import delivery
    from cosyn.instrument.load import ledger
    from cosyn.lock import lock_of
    from cosyn.plan import load_plan
    from cosyn.versions import load_equivalences

    plan = load_plan(study.analysis)
    pooled = load_equivalences(study.analysis, instrument)
    table = stored.all_responses(study.store, instrument, ledger(study.instrument), pooled)
    lock = lock_of(study, instrument)
    identity = {
        "instrument": instrument.id,
        "version": instrument.version,
        "digest": instrument.digest,
        "language": language,
        "plan": plan.digest,
        "seed": str(plan.plan.seed),
        "simulated": "yes" if table.simulated else "no",
        "cosyn": __version__,
    }
    if lock is not None:
        identity["lock"] = lock.id
    if pooled:
        identity["pooled"] = "; ".join(f"{rule.version}: {rule.because}" for rule in pooled)
    return delivery(instrument, table, language, identity)
