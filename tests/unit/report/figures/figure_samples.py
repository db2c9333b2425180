"""Small inputs that every test of the figures draws, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.report.figures import (
    caterpillar_plot,
    forest_plot,
    interaction_plot,
    likert_bars,
    loading_map,
    necessity_plot,
    path_diagram,
    reliability_plot,
    scree_plot,
    specification_curve,
)
from cosyn.report.pictures import (
    CaterpillarPanel,
    CaterpillarTexts,
    Choice,
    ForestRow,
    ForestTexts,
    InteractionTexts,
    LikertRow,
    LikertTexts,
    Line,
    LoadingRow,
    NecessityPanel,
    NecessityTexts,
    PathDiagram,
    PathTexts,
    ReliabilityRow,
    ReliabilityTexts,
    ScreeTexts,
    SpecificationTexts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

LANGUAGES = ("en", "zh-Hans")

CATEGORIES = {
    "en": (
        "Not at all true",
        "Not true",
        "Slightly untrue",
        "In between",
        "Slightly true",
        "True",
        "Completely true",
    ),
    "zh-Hans": (
        "完全不符合",
        "不符合",
        "有点不符合",
        "介于两者之间",
        "有点符合",
        "符合",
        "完全符合",
    ),
}
LONG = {
    "en": "When this matter runs into problems, the partner departments take our difficulties, "
    "costs ($5 to $9) and deadlines into account.",
    "zh-Hans": "该事项遇到问题时，合作部门会考虑本部门的实际困难（包括“人手不足”、经费与期限等），并一起商量办法。",
}
LATENTS = {
    "en": {
        "A": "Internal-positive dynamics",
        "B": "Internal-negative dynamics",
        "C": "External-positive dynamics",
        "D": "Institutionalisation",
        "Y": "Sustained cooperation",
    },
    "zh-Hans": {
        "A": "内部积极动力",
        "B": "内部消极动力",
        "C": "外部积极动力",
        "D": "外部消极动力",
        "Y": "合作可持续性",
    },
}


def rows(language: str) -> tuple[LikertRow, ...]:
    """Three items under two headings; the last has no answers at all."""
    head = {"en": ("Trust", "Resources"), "zh-Hans": ("信任", "资源")}[language]
    return (
        LikertRow("Q1", LONG[language], (0.02, 0.08, 0.1, 0.2, 0.3, 0.2, 0.1), 1200, 0.03, head[0]),
        LikertRow("Q2", LONG[language][:9], (0.5, 0.3, 0.2, 0, 0, 0, 0), 90, 0.25, head[0]),
        LikertRow("Q3", LONG[language][:9], (0.0,) * 7, 0, 1.0, head[1]),
    )


def likert(language: str) -> Figure:
    texts = LikertTexts({"en": "Missing", "zh-Hans": "缺失"}[language])
    return likert_bars(rows(language), CATEGORIES[language], language, texts)


def scree(language: str) -> Figure:
    texts = {
        "en": ScreeTexts("Number", "Eigenvalue", "observed", "mean", "95%", "{k} suggested"),
        "zh-Hans": ScreeTexts("序号", "特征值", "实际数据", "均值", "第95百分位", "建议{k}个因子"),
    }[language]
    return scree_plot(
        (4.0, 1.5, 0.9, 0.6), (1.3, 1.1, 0.9, 0.7), (1.4, 1.2, 1, 0.8), 2, language, texts
    )


def loadings(language: str) -> Figure:
    """Three items of two groups on two factors; the last is meant for none."""
    lines = (
        LoadingRow("A1", "A", (0.71, -0.03), 0),
        LoadingRow("A2", "A", (0.55, 0.20), 0),
        LoadingRow("B1", "B", (-0.62, 1.04), None),
    )
    meant = {"en": "the factor an item is meant for", "zh-Hans": "题目在设计上所属的因子"}
    names = tuple(LATENTS[language].values())[:2]
    return loading_map(lines, names, language, meant[language], lambda x: f"{x:.2f}")


def reliability(language: str) -> Figure:
    """A scale with groups, one without, and one without a coefficient."""
    lines = (
        ReliabilityRow(LATENTS[language]["A"], 0.81, 0.78, 0.84, (0.74, 0.88)),
        ReliabilityRow(LATENTS[language]["B"], 0.66, 0.55, 0.75),
        ReliabilityRow(LONG[language], None, None, None),
    )
    said = {"en": ("ω", "◇ groups", "custom .70"), "zh-Hans": ("ω", "◇ 群体", "惯用下限0.70")}
    texts = ReliabilityTexts(*said[language])
    return reliability_plot(lines, 0.70, language, texts, lambda x: f"{x:.1f}")


def forest(language: str) -> Figure:
    texts = {
        "en": ForestTexts("Standardised effect β", "smaller than the smallest effect of interest"),
        "zh-Hans": ForestTexts("标准化效应 β", "小于最小关注效应"),
    }[language]
    verdict = {"en": "no estimate: did not converge", "zh-Hans": "无估计：未收敛"}[language]
    effects = (
        ForestRow(LONG[language], 0.34, 0.25, 0.43, "H1"),
        ForestRow("B → Y", -0.21, -0.33, -0.09, "H2"),
        ForestRow("C → Y", None, None, None, verdict),
    )
    return forest_plot(effects, 0.1, language, texts)


def caterpillar(language: str) -> Figure:
    label = LATENTS[language]["Y"]
    panels = (
        CaterpillarPanel(label, (3.0, 4.0, 5.5), (2.5, 3.0, 5.0), (3.5, 5.0, 6.0), 4.2),
        CaterpillarPanel(label, (4.0,), (3.9,), (4.1,), 4.0),
    )
    texts = {
        "en": CaterpillarTexts("Departments", "Mean"),
        "zh-Hans": CaterpillarTexts("部门", "均值"),
    }[language]
    return caterpillar_plot(panels, language, texts)


def additive(language: str) -> PathDiagram:
    """Four predictors and an outcome with four indicators each."""
    return PathDiagram(
        LATENTS[language],
        {one: tuple((f"{one}{i}", f".{70 + i}") for i in range(1, 5)) for one in LATENTS[language]},
        (
            ("A", "Y", ".34***", True),
            ("B", "Y", "−.21**", True),
            ("C", "Y", ".18", None),
            ("D", "Y", ".04", False),
        ),
        notes={"Y": "R² = .46"},
    )


def second_order(language: str) -> PathDiagram:
    """One factor above the four predictors acts on the outcome."""
    first = additive(language)
    label = {"en": "Synergy of the dynamics", "zh-Hans": "动力协同"}[language]
    over = tuple((one, f"−.{60 + i}") for i, one in enumerate("ABCD"))
    return PathDiagram(
        {**first.latents, "S": label},
        {**first.indicators, "S": over},
        (("S", "Y", ".62***", True),),
    )


def product(language: str) -> PathDiagram:
    """A fifth predictor that is the product of two."""
    first = additive(language)
    label = {"en": "Internal-positive × external-positive", "zh-Hans": "内部积极 × 外部积极"}[
        language
    ]
    return PathDiagram(
        {**first.latents, "AxC": label},
        {**first.indicators, "AxC": tuple((f"A{i}xC{i}", ".81") for i in range(1, 5))},
        (*first.paths, ("AxC", "Y", ".09*", True)),
    )


def correlated(language: str) -> PathDiagram:
    """The additive model with every covariance of the predictors."""
    first = additive(language)
    pairs = (("A", "B"), ("A", "C"), ("A", "D"), ("B", "C"), ("B", "D"), ("C", "D"))
    covariances = tuple((one, other, "−.31") for one, other in pairs)
    return PathDiagram(first.latents, first.indicators, first.paths, covariances)


def mediated(language: str) -> PathDiagram:
    """A chain of three outcomes in one column, with an arrow past the middle one."""
    first = additive(language)
    paths = (
        ("A", "B", ".3", True),
        ("B", "C", ".3", True),
        ("C", "Y", ".3", True),
        ("B", "Y", ".1", False),
    )
    latents = {one: first.latents[one] for one in "ABCY"}
    return PathDiagram(latents, first.indicators, paths)


def crossed(language: str) -> PathDiagram:
    """Two predictors act on three outcomes, two of which act on the third: arrows cross."""
    first = additive(language)
    paths = (
        ("C", "A", ".70", True),
        ("D", "A", "−.36", True),
        ("C", "B", "−.04", False),
        ("D", "B", ".26", True),
        ("A", "Y", ".48", True),
        ("C", "Y", ".03", False),
        ("B", "Y", "−.23", True),
        ("D", "Y", ".12", True),
    )
    latents = {one: first.latents[one] for one in "CDABY"}
    return PathDiagram(latents, first.indicators, paths, notes={"Y": "R² = .36"})


DIAGRAMS: dict[str, Callable[[str], PathDiagram]] = {
    "crossed": crossed,
    "additive": additive,
    "second_order": second_order,
    "product": product,
    "correlated": correlated,
    "mediated": mediated,
}


def diagram(language: str) -> Figure:
    texts = {
        "en": PathTexts("significant", "not significant"),
        "zh-Hans": PathTexts("显著", "不显著"),
    }[language]
    return path_diagram(additive(language), language, texts)


def necessity(language: str) -> Figure:
    """Three conditions: a step with its line, one without a line, one with a falling step."""
    cases = ((1.0, 1.0), (2.0, 3.0), (3.0, 2.0), (5.0, 5.0))
    step = ((1.0, 1.0), (2.0, 1.0), (2.0, 3.0), (5.0, 3.0), (5.0, 5.0))
    label = LATENTS[language]
    texts = {
        "en": NecessityTexts(label["Y"], "a department", "CE-FDH", "CR-FDH"),
        "zh-Hans": NecessityTexts(label["Y"], "一个部门", "CE-FDH", "CR-FDH"),
    }[language]
    panels = (
        NecessityPanel(label["A"], cases, step, ((1.0, 1.2), (5.0, 5.0))),
        NecessityPanel(LONG[language], cases, step),
        NecessityPanel(
            label["B"], tuple((6 - x, y) for x, y in cases), tuple((6 - x, y) for x, y in step)
        ),
    )
    return necessity_plot(panels, language, texts)


def interaction(language: str) -> Figure:
    """Lines that cross, and a slope whose interval holds zero for some values."""
    label = LATENTS[language]
    at = (-2.0, 0.0, 2.0)

    def line(slope: float) -> Line:
        value = [slope * x for x in at]
        return Line(at, value, [v - 0.3 for v in value], [v + 0.3 for v in value])

    words = {
        "en": ("-1 SD", "mean", "+1 SD", "interval holds zero", "Slope"),
        "zh-Hans": ("−1 个标准差", "均值", "+1 个标准差", "区间包含零", "斜率"),
    }[language]
    texts = InteractionTexts(label["Y"], label["A"], label["B"], words[4], words[:3], words[3])
    return interaction_plot([line(0.1), line(0.4), line(0.7)], line(0.3), language, texts)


def specification(language: str) -> Figure:
    """Four specifications of two choices, two of them supported."""
    words = {
        "en": ("Effect (β)", "supported", "not supported", "the plan's choices", "all respondents"),
        "zh-Hans": ("效应（β）", "支持", "未获支持", "计划所作选择", "全部受访者"),
    }[language]
    estimates = [(0.1 * k, 0.1 * k - 0.15, 0.1 * k + 0.15) for k in range(4)]
    choices = [
        Choice(words[4], (True, False, True, False)),
        Choice(LONG[language], (False, False, True, True)),
    ]
    texts = SpecificationTexts(*words[:4])
    supported = [False, False, True, True]
    return specification_curve(estimates, supported, 2, choices, language, texts)


FIGURES: dict[str, Callable[[str], Figure]] = {
    "likert": likert,
    "scree": scree,
    "loadings": loadings,
    "reliability": reliability,
    "forest": forest,
    "necessity": necessity,
    "caterpillar": caterpillar,
    "interaction": interaction,
    "specification": specification,
    "diagram": diagram,
}
