"""Models that follow from the instrument: what a model file does not say of measurement.

The instrument says which items and facets reflect which construct, and which construct is of which
cell by which scoring key. A model that the plan derives is written from that; a structural model
need only say how constructs depend on one another, and each construct that it names without
indicators is measured by its facets. A change of the instrument's items, or of the form that is
analysed, changes the models; a file that says otherwise has the last word.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.engine.syntax import parse_model
from cosyn.errors import PlanError
from cosyn.plan import Derive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cosyn.engine.syntax import Block, Model
    from cosyn.instrument.types import Instrument, Item
    from cosyn.plan import LoadedPlan

Factors = dict[str, tuple[str, ...]]
WIDTH = 100
"""Characters after which a line of syntax goes on in the next."""
TWO_LEVELS = re.compile(r"^\s*level:", re.MULTILINE)


def with_models(plan: LoadedPlan, instrument: Instrument) -> LoadedPlan:
    """The plan with the whole syntax of every model, as it is fitted.

    Parameters
    ----------
    plan : LoadedPlan
        As `load_plan` reads it: with the text of the files that there are.

    Returns
    -------
    LoadedPlan
        Its digest is that of what was written, since the rest follows from the instrument, which
        has a digest of its own. Completing it twice changes nothing.

    Raises
    ------
    PlanError
        If a model cannot be derived from this instrument.
    ModelSyntaxError
        If a file cannot be read.
    """
    form = plan.plan.form or instrument.default_form
    models = dict(plan.models)
    for file, rule, where in _derived(plan):
        if file not in models:
            models[file] = measurement_syntax(rule, instrument, form, where)
    structure = plan.plan.structure
    for entry in structure.models if structure else ():
        assert structure is not None
        text, where = models[entry.file], f"analysis/models/{entry.file}.lav"
        models[entry.file] = with_measurement(text, where, instrument, form, structure.data)
    return replace(plan, models=models)


def measurement_syntax(
    rule: Derive, instrument: Instrument, form: str, where: str = "plan.yaml"
) -> str:
    """Write the measurement model that follows from the items of a form.

    Parameters
    ----------
    rule : Derive
        What makes a factor, and of what.
    where : str
        Where the rule stands, for errors.

    Returns
    -------
    str
        Syntax in the language of lavaan: factors in the instrument's order.

    Raises
    ------
    PlanError
        ``plan.underivable`` if no item is chosen, or an indicator crosses to a factor that there
        is none of.
    """
    items = _chosen(rule, instrument, form)
    factors = grouped(items, rule.by, "facet" if rule.of == "facets" or rule.over_facets else "id")
    if rule.names:
        factors = _renamed(factors, rule.names)
    factors = {_identifier(name): indicators for name, indicators in factors.items()}
    if not factors:
        what = f"no item of the form {form} is in the model: select {rule.select}, by {rule.by}"
        fix = "Choose attributes and values that items of the form have"
        raise PlanError("plan.underivable", where, what, fix)
    for factor, more in rule.crossed.items():
        if factor not in factors:
            what = f"`crossed` names the factor {factor}, which there is none of"
            raise PlanError("plan.underivable", where, what, f"Use one of: {', '.join(factors)}")
        factors[factor] += more
    blocks = [_measured(factors)]
    if rule.over_facets:
        blocks.insert(0, _measured(grouped(items, "facet", "id")))
    if rule.general:
        blocks.append(_measured({rule.general: tuple(factors)}))
    if rule.agreeing:
        blocks.append(_agreeing(rule.agreeing, items, factors))
    return "\n\n".join(blocks) + "\n"


def key_syntax(
    key: str, outcome: str, instrument: Instrument, form: str, *, select: Mapping[str, str]
) -> str:
    """Write the additive model with the cells of a scoring key, facet scores as indicators.

    Parameters
    ----------
    key : str
        The attribute that says which cell an item is of; items of which it says ``none`` are in
        no cell.
    outcome : str
        The construct that the cells act on.
    select : Mapping[str, str]
        Attributes of the items that the key sorts.

    Raises
    ------
    PlanError
        As `measurement_syntax`.
    """
    items = _chosen(Derive(select=dict(select)), instrument, form)
    cells = [cell for cell in grouped(items, key, "facet") if cell != "none"]
    rule = Derive(
        select=dict(select), by=key, of="facets", names={c: _identifier(c) for c in cells}
    )
    measured = measurement_syntax(rule, instrument, form, f"key {key}")
    text = f"{measured}{outcome} ~ {' + '.join(_identifier(cell) for cell in cells)}\n"
    return with_measurement(text, f"key {key}", instrument, form)


def with_measurement(
    text: str, where: str, instrument: Instrument, form: str, of: str = "facets"
) -> str:
    """Add the indicators of each construct that a model names and does not measure.

    Parameters
    ----------
    text, where : str
        Model syntax, and the file it stands in.
    of : {"facets", "items"}
        What reflects a construct. In a model of two levels loadings are the same at both, so that
        the construct is the same (Mehta & Neale 2005).

    Raises
    ------
    ModelSyntaxError
        If the text cannot be read.
    """
    items = instrument.scale_items_of(form)
    constructs = grouped(items, "construct", "facet" if of == "facets" else "id")
    measures = {name for its in constructs.values() for name in its}
    model = parse_model(text, where, levels=bool(TWO_LEVELS.search(text)))
    lines = text.splitlines()
    shared = {block.level for block in model.blocks} > {1}
    # From the last block up, so that the places of the others stay what they are.
    for block in reversed(model.blocks or (None,)):
        named = _unmeasured(model, block) - measures
        lacking = {name: its for name, its in constructs.items() if name in named}
        if lacking:
            after = block.place.line if block else 0
            lines[after:after] = [*_measured(lacking, labelled=shared).splitlines(), ""]
    return "\n".join(lines).strip("\n") + "\n"


def grouped(items: Iterable[Item], by: str, indicator: str) -> Factors:
    """Items, or their facets, by what they are of.

    Parameters
    ----------
    by : str
        ``construct``, ``facet`` or an attribute; items without it are left out.
    indicator : {"id", "facet"}
    """
    found: dict[str, dict[str, None]] = {}
    for item in items:
        value = getattr(item, by) if by in {"construct", "facet"} else item.attributes.get(by, "")
        if value:
            found.setdefault(value, {})[getattr(item, indicator)] = None
    return {value: tuple(indicators) for value, indicators in found.items()}


def _derived(plan: LoadedPlan) -> Iterator[tuple[str, Derive, str]]:
    """File, rule and place of every model that may be derived."""
    measurement, invariance = plan.plan.measurement, plan.plan.invariance
    for i, entry in enumerate(measurement.models if measurement else ()):
        if entry.derive:
            yield entry.file, entry.derive, plan.source.at("measurement", "models", i, "derive")
    if invariance and invariance.derive:
        yield invariance.file, invariance.derive, plan.source.at("invariance", "derive")


def _chosen(rule: Derive, instrument: Instrument, form: str) -> list[Item]:
    wanted = {k: (v,) if isinstance(v, str) else v for k, v in rule.select.items()}
    return [
        item
        for item in instrument.scale_items_of(form)
        if all(item.attributes.get(name) in values for name, values in wanted.items())
    ]


def _renamed(factors: Factors, names: Mapping[str, str]) -> Factors:
    found: Factors = {}
    for value, indicators in factors.items():
        if value in names:
            found[names[value]] = found.get(names[value], ()) + indicators
    return found


def _identifier(value: str) -> str:
    """What a value is called in model syntax, where a hyphen is a sign."""
    return re.sub(r"\W", "_", value)


def _measured(factors: Mapping[str, Sequence[str]], *, labelled: bool = False) -> str:
    lines = []
    for factor, indicators in factors.items():
        terms = [
            f"{factor}_{indicator}*{indicator}" if labelled and k else indicator
            for k, indicator in enumerate(indicators)
        ]
        head = f"{factor} =~ "
        lines += textwrap.wrap(
            head + " + ".join(terms),
            WIDTH,
            subsequent_indent=" " * len(head),
            break_long_words=False,
        )
    return re.sub(r"\n(\s+)\+ ", r" +\n\1", "\n".join(lines))


def _agreeing(name: str, items: Sequence[Item], factors: Iterable[str]) -> str:
    loadings = _measured({name: [f"1*{item.id}" for item in items]})
    return "\n".join([loadings, *(f"{name} ~~ 0*{factor}" for factor in factors)])


def _unmeasured(model: Model, block: Block | None) -> set[str]:
    """Names in a block's relations that have no indicators in it."""
    mine = [s for s in model.statements if s.block == block and s.op != ":="]
    named = {name for s in mine for name in (s.lhs, s.rhs)}
    return named - {s.lhs for s in mine if s.op == "=~"}
