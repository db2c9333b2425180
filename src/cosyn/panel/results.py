"""Content validity of items, facets and constructs from the experts' answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from cosyn.panel.content_validity import (
    content_validity_ratio,
    critical_cvr,
    item_cvi,
    modified_kappa,
    scale_cvi,
    substantive_validity,
)
from cosyn.panel.experts import agreements, missing, placements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.panel.agreement import Agreement
    from cosyn.panel.answers import Answers
    from cosyn.panel.content_validity import SubstantiveValidity
    from cosyn.panel.material import Definition, JudgedItem, Material, Placement
    from cosyn.plan import Cutoff, PanelRule

RELEVANT, ALPHA = 3, 0.05
"""Where the plan has no rule: ratings of 3 and 4 are relevant (Lynn 1986), and a level of .05."""


class Verdict(StrEnum):
    """Whether the experts' judgement reaches every cutoff of the plan that applies."""

    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Relevance:
    """Ratings of an item; every figure is None if nobody gave that rating.

    Attributes
    ----------
    raters, essential_raters, clarity_raters : int
        Experts who rated relevance, necessity, clarity; the others are missing, not guessed.
    critical : float or None
        What `cvr` must reach to be more than chance among so many; None for too few.
    clarity : float or None
        Median.
    """

    raters: int
    relevant: int
    cvi: float | None
    kappa: float | None
    essential_raters: int
    essential: int
    cvr: float | None
    critical: float | None
    clarity_raters: int
    clarity: float | None


@dataclass(frozen=True, slots=True)
class Sorting:
    """Blind placements of an item, or of all items of a facet or construct.

    Attributes
    ----------
    complete : int
        Placements with a choice in every attribute; others do not count jointly.
    hits : Mapping
        Attribute -> share of right choices among those made; None if none was made.
    joint : float or None
        Share of placements that are right in every attribute. Of an item this is the
        proportion of substantive agreement.
    """

    complete: int
    hits: Mapping[str, float | None]
    joint: float | None


@dataclass(frozen=True, slots=True)
class ItemValidity:
    """What the experts make of an item; the parts are None where it was not rated or sorted."""

    item: str
    construct: str
    facet: str
    relevance: Relevance | None
    sorting: Sorting | None
    substantive: SubstantiveValidity[Placement] | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class GroupValidity:
    """What the experts make of the items of a facet or construct together.

    Attributes
    ----------
    average, universal : float or None
        S-CVI/Ave and S-CVI/UA.
    """

    id: str
    kind: str
    items: int
    average: float | None
    universal: float | None
    clarity: float | None
    sorting: Sorting | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment of an expert."""

    item: str
    expert: int
    text: str


@dataclass(frozen=True, slots=True)
class PanelResult:
    """Everything that came of a panel.

    Attributes
    ----------
    experts : tuple of int
        Whose workbooks were read.
    missing : Mapping
        Rating, or ``"sort"`` -> how many answers were left out.
    agreement : Mapping
        Attribute, ``"joint"``, ``"relevance"`` or ``"necessity"`` -> agreement between experts.
    rule : PanelRule or None
        Of the plan; without it there is no verdict.
    """

    form: str
    experts: tuple[int, ...]
    languages: Mapping[str, int]
    items: tuple[ItemValidity, ...]
    groups: tuple[GroupValidity, ...]
    agreement: Mapping[str, Agreement]
    missing: Mapping[str, int]
    remarks: tuple[Remark, ...]
    rule: PanelRule | None

    @property
    def relevant(self) -> int:
        """The rating from which on an item counts as relevant."""
        return self.rule.relevant if self.rule else RELEVANT

    @property
    def alpha(self) -> float:
        """The level at which a content validity ratio is more than chance."""
        return self.rule.cvr_alpha if self.rule else ALPHA


def evaluate(material: Material, answers: Sequence[Answers], rule: PanelRule | None) -> PanelResult:
    """Compute content validity from what the experts chose.

    Parameters
    ----------
    material : Material
        What they judged.
    answers : sequence of Answers
        One for each expert.
    rule : PanelRule or None
        The plan's cutoffs.
    """
    items = tuple(_item(item, material, answers, rule) for item in material.items)
    groups = [
        _group(entry, kind, material, answers, items, rule)
        for kind, entries in (("facet", material.facets), ("construct", material.constructs))
        for entry in entries
    ]
    return PanelResult(
        form=material.form,
        experts=tuple(each.expert for each in answers),
        languages=dict(Counter(each.language for each in answers)),
        items=items,
        groups=tuple(groups),
        agreement=agreements(material, answers, rule.relevant if rule else RELEVANT),
        missing=missing(material, answers),
        remarks=tuple(
            Remark(item.id, each.expert, each.ratings[item.id].comment)
            for item in material.to_rate
            for each in answers
            if item.id in each.ratings and each.ratings[item.id].comment
        ),
        rule=rule,
    )


def _item(
    item: JudgedItem, material: Material, answers: Sequence[Answers], rule: PanelRule | None
) -> ItemValidity:
    relevance = _relevance(item, answers, rule) if item.rated else None
    sorting = substantive = None
    if item.place is not None:
        sorting = _sorting([item], material, answers)
        counts = Counter(placements(item, material, answers))
        substantive = substantive_validity(counts, item.place)
    checks = [] if relevance is None else [(relevance.cvi, rule.item_cvi if rule else None)]
    checks += [] if sorting is None else [(sorting.joint, rule.joint_sort if rule else None)]
    return ItemValidity(
        item=item.id,
        construct=item.construct,
        facet=item.facet,
        relevance=relevance,
        sorting=sorting,
        substantive=substantive,
        verdict=_verdict(checks),
    )


def _relevance(item: JudgedItem, answers: Sequence[Answers], rule: PanelRule | None) -> Relevance:
    given = [each.ratings[item.id] for each in answers if item.id in each.ratings]
    ratings = [r.relevance for r in given if r.relevance is not None]
    relevant = sum(r >= (rule.relevant if rule else RELEVANT) for r in ratings)
    necessity = [r.necessity for r in given if r.necessity is not None]
    essential = necessity.count("essential")
    clarity = [r.clarity for r in given if r.clarity is not None]
    return Relevance(
        raters=len(ratings),
        relevant=relevant,
        cvi=item_cvi(relevant, len(ratings)),
        kappa=modified_kappa(relevant, len(ratings)),
        essential_raters=len(necessity),
        essential=essential,
        cvr=content_validity_ratio(essential, len(necessity)),
        critical=critical_cvr(len(necessity), rule.cvr_alpha if rule else ALPHA),
        clarity_raters=len(clarity),
        clarity=float(median(clarity)) if clarity else None,
    )


def _sorting(
    items: Sequence[JudgedItem], material: Material, answers: Sequence[Answers]
) -> Sorting:
    joint: list[bool] = []
    single: dict[str, list[bool]] = {attribute.id: [] for attribute in material.attributes}
    for item in items:
        if item.place is None:
            continue
        joint += [place == item.place for place in placements(item, material, answers)]
        for attribute, value in zip(material.attributes, item.place, strict=True):
            chosen = (each.places.get(item.id, {}) for each in answers)
            single[attribute.id] += [c[attribute.id] == value for c in chosen if attribute.id in c]
    return Sorting(
        complete=len(joint),
        hits={name: _share(right) for name, right in single.items()},
        joint=_share(joint),
    )


def _share(right: Sequence[bool]) -> float | None:
    return sum(right) / len(right) if right else None


def _group(
    entry: Definition,
    kind: str,
    material: Material,
    answers: Sequence[Answers],
    found: Sequence[ItemValidity],
    rule: PanelRule | None,
) -> GroupValidity:
    inside = [item for item in material.items if getattr(item, kind) == entry.id]
    rated = {item.id for item in inside if item.rated}
    average, universal = scale_cvi(
        [f.relevance.cvi for f in found if f.item in rated and f.relevance is not None]
    )
    clarity = [
        rating.clarity
        for each in answers
        for item, rating in each.ratings.items()
        if item in rated and rating.clarity is not None
    ]
    sort = [item for item in inside if item.place is not None]
    sorting = _sorting(sort, material, answers) if sort else None
    checks = [(average, rule.scale_cvi if rule else None)] if rated else []
    checks += [] if sorting is None else [(sorting.joint, rule.joint_sort if rule else None)]
    return GroupValidity(
        id=entry.id,
        kind=kind,
        items=len(inside),
        average=average,
        universal=universal,
        clarity=float(median(clarity)) if clarity else None,
        sorting=sorting,
        verdict=_verdict(checks),
    )


def _verdict(checks: Sequence[tuple[float | None, Cutoff | None]]) -> Verdict:
    """Met if every share reaches its cutoff, both as printed with two decimals."""
    reached = [
        None if value is None or cutoff is None else round(value + 1e-9, 2) >= cutoff.at_least
        for value, cutoff in checks
    ]
    if False in reached:
        return Verdict.NOT_MET
    return Verdict.MET if reached and None not in reached else Verdict.UNDECIDED
