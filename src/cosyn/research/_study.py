"""A study with its answers: scores as data frames, models by name, results for a replication."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from cosyn import run, stored
from cosyn.analysis._constructs import scored, side_by_side
from cosyn.analysis._department_means import department_means
from cosyn.atomic import write_all
from cosyn.derivation import with_models
from cosyn.engine import sem
from cosyn.engine.partable import parameter_table
from cosyn.engine.syntax import parse
from cosyn.errors import PlanError
from cosyn.frame import asked_departments
from cosyn.instrument.load import ledger, load_instrument
from cosyn.plan import StructureEntry, load_plan, load_population
from cosyn.research._synergy import fit_synergy
from cosyn.responses import first_items
from cosyn.scoring import clusters_of
from cosyn.simulation import answered, draw
from cosyn.study import locate
from cosyn.terminal import silent
from cosyn.versions import load_equivalences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from cosyn.analysis import Context
    from cosyn.engine.fitted import Fitted
    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan, ModelEntry
    from cosyn.responses import ResponseTable
    from cosyn.scoring import Scores as Columns
    from cosyn.stored import StoredResponses
    from cosyn.study import Study
    from cosyn.synergy import Matching, SynergyResult

Section = Literal["measurement", "structure"]
Numbers = tuple[tuple[str, ...], "NDArray[np.float64]"]
REPLICATION = "replication"
SIMULATED = "SIMULATED DATA: drawn by a computer, not given by anyone"
CLUSTER = "cluster"
"""Column of `OpenStudy.cases` that numbers departments, those without one apart."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenStudy:
    """A study with its answers.

    Attributes
    ----------
    instrument : Instrument
        In the response formats of the form that the plan analyses.
    plan : LoadedPlan
        ``plan.plan`` is the content of ``plan.yaml``.
    table : ResponseTable
        Answers to the scales as given, with the reasons of the gaps.
    """

    study: Study
    instrument: Instrument
    plan: LoadedPlan
    table: ResponseTable
    context: Context

    @property
    def results(self) -> Path:
        """Folder of results."""
        return self.study.results

    @property
    def simulated(self) -> bool:
        """Whether a computer gave the answers."""
        return self.table.simulated

    @property
    def items(self) -> pd.DataFrame:
        """Keyed item scores, one row a respondent; department and language before them."""
        return self._framed(*_parts(self.context.items))

    @property
    def facets(self) -> pd.DataFrame:
        """Facet scores; NaN where too few items were answered."""
        return self._framed(*_parts(self.context.facets))

    @property
    def constructs(self) -> pd.DataFrame:
        """Construct scores: the mean of all facet scores; NaN where one is missing."""
        return self._framed(*self._construct_scores())

    @property
    def answers(self) -> pd.DataFrame:
        """Codes of everything that was asked, background included, as answered; NaN for a gap."""
        asked = self.table if self.context.asked is None else self.context.asked
        return pd.DataFrame(asked.columns(asked.items), columns=list(asked.items))

    @property
    def clusters(self) -> NDArray[np.intp] | None:
        """Number of each respondent's department; None where the plan does not allow for them."""
        return clusters_of(self.table, self.plan.plan.estimation)

    def department_means(self, names: list[str]) -> pd.DataFrame:
        """Means of facets or constructs by department, in an order that names none.

        NaN where fewer than the plan's minimum cell have a score.
        """
        found = department_means(self.context, names)
        return pd.DataFrame(found.values, columns=list(found.names))

    def cases(self, of: Section | list[str]) -> pd.DataFrame:
        """Scores of respondents without a gap in any.

        Parameters
        ----------
        of : {"measurement", "structure"}, or list of str
            All scores on which the models of a section rest, or items, facets or constructs.

        Returns
        -------
        DataFrame
            The scores, and `CLUSTER` where the plan allows for departments.

        Raises
        ------
        PlanError
            If there are no scores of these names.
        """
        names, values = self._section(of) if isinstance(of, str) else self._chosen(of)
        frame = pd.DataFrame(values, columns=list(names))
        if self.clusters is not None:
            frame[CLUSTER] = self.clusters
        return frame.dropna().reset_index(drop=True)

    def syntax(self, model: str) -> str:
        """What a model of the plan says, in lavaan's language.

        Raises
        ------
        PlanError
            If the plan has no such model.
        """
        return self.plan.models[self._model(model)[1].file]

    def fit(self, model: str, data: pd.DataFrame | None = None) -> Fitted:
        """Fit a model of the plan without products, by the plan's estimator.

        Parameters
        ----------
        data : DataFrame, optional
            Other respondents, or other scores, than `cases` gives.

        Raises
        ------
        PlanError
            If the plan has no such model.
        IdentificationError
            If the data do not allow it.
        """
        if data is None:
            data = self.cases(self._model(model)[0])
        cluster = CLUSTER if CLUSTER in data else None
        estimator = self.plan.plan.estimation.estimator
        return sem(self.syntax(model), data, estimator=estimator, cluster=cluster)

    def synergy(
        self,
        model: str,
        *,
        method: Literal["", "sam", "lms"] = "",
        quadratic: bool = False,
        matching: Matching = "order",
    ) -> SynergyResult:
        """Fit a structural model of the plan, as the step `structure` does, or a variant of it.

        Parameters
        ----------
        method : {"", "sam", "lms"}
            Of estimating products; see `fit_synergy`.

        Raises
        ------
        PlanError
            If the plan has no such structural model.
        IdentificationError
            If the data do not allow it.
        """
        structure, entry = self.plan.plan.structure, self._model(model)[1]
        if structure is None or not isinstance(entry, StructureEntry):
            raise _unknown(model, "structural model", [m.id for m in _structural(self.plan)])
        data = self.cases("structure")
        return fit_synergy(
            data,
            self.syntax(model),
            outcome=structure.outcome,
            kind=f"{entry.kind}_{method}" if method else entry.kind,
            products=entry.products,
            null=self.syntax(entry.null) if entry.null else "",
            cluster=CLUSTER if CLUSTER in data else None,
            robust=self.plan.plan.estimation.estimator == "MLR",
            quadratic=quadratic,
            matching=matching,
            level=self.plan.plan.confidence,
        )

    def _model(self, model: str) -> tuple[Section, ModelEntry | StructureEntry]:
        """The section a model stands in, and what the plan says of it."""
        found: dict[str, tuple[Section, ModelEntry | StructureEntry]] = {
            entry.id: ("structure", entry) for entry in _structural(self.plan)
        }
        measurement = self.plan.plan.measurement
        for entry in measurement.models if measurement else ():
            found[entry.id] = ("measurement", entry)
        if model not in found:
            raise _unknown(model, "model", list(found))
        return found[model]

    def save(self, name: str, table: pd.DataFrame, figure: Figure | None = None) -> None:
        """Write a table as CSV, and a figure as SVG, to ``results/replication``.

        Both say so if the answers are simulated.

        Parameters
        ----------
        name : str
            Of the files, without a suffix.

        Raises
        ------
        StoreError
            If the machine refuses.
        """
        folder = self.results / REPLICATION
        marked = table.assign(simulated="yes") if self.simulated else table
        contents = {folder / f"{name}.csv": marked.to_csv(index=False).encode()}
        if figure is not None:
            if self.simulated:
                figure.suptitle(SIMULATED, color="#b00020", fontsize="small")
            drawn = BytesIO()
            figure.savefig(drawn, format="svg", metadata={"Date": None})
            contents[folder / f"{name}.svg"] = drawn.getvalue()
        write_all(contents)

    def _construct_scores(self) -> Numbers:
        scores = [scored(self.context, c.id) for c in self.instrument.constructs]
        known = [each for each in scores if not each.reason]
        return _parts(side_by_side(known)) if known else ((), np.empty((self.table.n, 0)))

    def _chosen(self, names: Sequence[str]) -> Numbers:
        """Scores by name: each a construct's, a facet's or an item's."""
        found: dict[str, NDArray[np.float64]] = {}
        for scores in (
            _parts(self.context.items),
            _parts(self.context.facets),
            self._construct_scores(),
        ):
            found |= dict(zip(scores[0], scores[1].T, strict=True))
        missing = [name for name in names if name not in found]
        if missing:
            what = f"there are no scores of {', '.join(missing)}"
            fix = f"Use some of: {', '.join(found)}"
            raise PlanError("plan.unknown-score", str(self.study.root), what, fix)
        return tuple(names), np.column_stack([found[name] for name in names])

    def _section(self, section: Section) -> Numbers:
        """Names and values of what the models of a section are of, gaps included."""
        structure, measurement = self.plan.plan.structure, self.plan.plan.measurement
        if section == "structure" and (structure is None or structure.data == "facets"):
            return _parts(self.context.facets)
        items = self.context.items
        if section == "structure" or measurement is None:
            return _parts(items)
        known = [item.id for item in self.instrument.items]
        texts = (self.plan.models[entry.file] for entry in measurement.models)
        used = {name for text in texts for name in parameter_table(parse(text), known).observed}
        names = tuple(name for name in items.names if name in used)
        return names, items.columns(names)

    def _framed(self, names: Sequence[str], values: NDArray[np.float64]) -> pd.DataFrame:
        frame = pd.DataFrame(values, columns=list(names))
        frame.insert(0, "department", list(self.table.departments))
        frame.insert(1, "language", list(self.table.languages))
        return frame


def open_study(folder: Path | str | None = None) -> OpenStudy:
    """Open a study with the answers that were imported into it.

    A study without any is opened with simulated ones, drawn from ``population.yaml`` with the
    plan's seed: those that `survey simulate` writes. `OpenStudy.simulated` tells.

    Parameters
    ----------
    folder : Path or str, optional
        The present folder by default.

    Raises
    ------
    InstrumentError
        If the folder holds no study.
    SurveyError, Faults
        Every fault of its instrument, plan or answers.
    """
    study = locate(None if folder is None else Path(folder))
    instrument = load_instrument(study.instrument)
    plan = with_models(load_plan(study.analysis), instrument)
    if study.store.is_file():
        responses = stored.responses_of(
            study.store,
            instrument,
            plan,
            ledger(study.instrument),
            load_equivalences(study.analysis, instrument),
        )
    else:
        responses = _drawn(study, instrument, plan)
    simulated = responses.table.simulated
    frame = asked_departments(study.root, instrument, plan, simulated=simulated).codes
    context = run.context_of(instrument, plan, responses, silent, frame)
    return OpenStudy(study, context.instrument, plan, context.table, context)


def _drawn(study: Study, instrument: Instrument, plan: LoadedPlan) -> StoredResponses:
    """What importing the file that `survey simulate` writes would give."""
    form = plan.plan.form or instrument.default_form
    population = load_population(study.analysis)
    drawn = draw(instrument, population, form, plan.plan.seed)
    table = answered(drawn, instrument, form, population.wave)
    scales = len(instrument.scale_items_of(form))
    return stored.StoredResponses(first_items(table, scales), "", 0, (), table)


def _parts(scores: Columns) -> Numbers:
    return scores.names, scores.columns(scores.names)


def _structural(plan: LoadedPlan) -> tuple[StructureEntry, ...]:
    return plan.plan.structure.models if plan.plan.structure else ()


def _unknown(model: str, what: str, known: Sequence[str]) -> PlanError:
    fix = f"Use one of: {', '.join(known)}"
    return PlanError("plan.unknown-model", "analysis/plan.yaml", f"no {what} {model!r}", fix)
