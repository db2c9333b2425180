"""From an instrument to questionnaires: which forms, orders and languages a target gets."""

from __future__ import annotations

import csv
import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError
from cosyn.exporters import EXPORTERS, Exported, losses
from cosyn.instrument.arrange import arranged, positions
from cosyn.instrument.questionnaire import questionnaire
from cosyn.roster import Department

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.exporters import Exporter, Loss
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.instrument.types import Instrument

_NOBODY = Department("", {})


@dataclass(frozen=True, slots=True)
class TargetLoss:
    """What a target cannot express, and the items for which this matters."""

    target: str
    what: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """File name -> content, and what was lost."""

    files: Mapping[str, bytes]
    losses: tuple[TargetLoss, ...]


def publish(
    instrument: Instrument,
    targets: Sequence[str],
    languages: Sequence[str],
    *,
    form: str | None = None,
    orders: int = 0,
    departments: Sequence[Department] = (),
    strict: bool = False,
) -> Published:
    """Write a form of an instrument for some targets.

    Parameters
    ----------
    orders : int
        Number of permuted forms for targets that cannot shuffle; 0 keeps the listed order.
    departments : sequence of Department
        Each gets files of its own, with its own words for the placeholders; none: one file for
        all, with the default words.
    strict : bool
        Refuse to lose anything.

    Raises
    ------
    InstrumentError
        ``export.loss`` if `strict`, and for an unknown form.
    PlanError
        If there is no exporter of a name.
    """
    files: dict[str, bytes] = {}
    lost: dict[tuple[str, str], dict[str, None]] = {}
    neutral = [
        questionnaire(instrument, form, department.words, department.code)
        for department in departments or (_NOBODY,)
    ]
    tasks = [
        (EXPORTERS[name], variant, language)
        for name in targets
        for asked in neutral
        for variant in _variants(EXPORTERS[name], asked, orders)
        for language in (languages if EXPORTERS[name].per_language else languages[:1])
    ]
    # Setting type and packing are done outside the interpreter's lock: threads pay.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for task, exported in zip(tasks, pool.map(_write, tasks), strict=True):
            files |= exported.files
            for loss in exported.losses:
                _note(lost, task[0].name, loss)
    if orders:
        files |= _key_to_orders(neutral[0], orders)
    found = tuple(TargetLoss(target, what, tuple(items)) for (target, what), items in lost.items())
    if strict and found:
        _refuse(found)
    return Published(files, found)


def _write(task: tuple[Exporter, Questionnaire, str]) -> Exported:
    """Write the files of one language, and name what the target cannot express."""
    exporter, asked, language = task
    exported = exporter.write(asked, language)
    return Exported(exported.files, (*losses(exporter, asked), *exported.losses))


def _variants(exporter: Exporter, asked: Questionnaire, orders: int) -> Iterator[Questionnaire]:
    if exporter.shuffles or orders == 0:
        yield asked
    else:
        yield from (arranged(asked, number) for number in range(1, orders + 1))


def _key_to_orders(asked: Questionnaire, orders: int) -> dict[str, bytes]:
    """Where each item stands in each permuted form, for analyses of position."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("form", "order", "item", "page", "position"))
    for number in range(1, orders + 1):
        writer.writerows(map(astuple, positions(arranged(asked, number))))
    return {f"{asked.instrument}-{asked.form}-orders.csv": text.getvalue().encode()}


def _note(lost: dict[tuple[str, str], dict[str, None]], target: str, loss: Loss) -> None:
    lost.setdefault((target, loss.what), {})[loss.item] = None


def _refuse(found: Sequence[TargetLoss]) -> None:
    first = found[0]
    raise InstrumentError(
        "export.loss",
        f"--to {first.target}",
        f"{first.items[0]}: {first.what}"
        + (f" (and {len(found) - 1} more losses)" if len(found) > 1 else ""),
        "Change the questionnaire or the target, or leave out --strict to accept what is lost",
    )
