"""A study of five items without fault or remark, that tests spoil one line at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "instrument/instrument.yaml": """\
id: small
version: 1.0.0
languages: [en, zh-Hans]
title: {en: "Small", zh-Hans: "小问卷"}
introduction: {en: "It is about {M}.", zh-Hans: "关于{M}。"}
closing: {en: "Thanks.", zh-Hans: "谢谢。"}
placeholders:
  M: {en: "this matter", zh-Hans: "本事项"}
attributes:
  role: [scale, background]
constructs: [A, B]
forms:
  - id: whole
    select: all
    label: {en: "Whole", zh-Hans: "完整"}
  - id: brief
    select: short
    constructs: [A]
    response_formats: {agree5: agree3}
    label: {en: "Brief", zh-Hans: "简版"}
default_form: whole
order:
  halves: [[first], [second]]
pages:
  - id: first
    title: {en: "First", zh-Hans: "第一页"}
    instruction: {en: "Please choose.", zh-Hans: "请选择。"}
    items: [A1, A2, A3]
  - id: second
    title: {en: "Second", zh-Hans: "第二页"}
    instruction: {en: "Please choose.", zh-Hans: "请选择。"}
    items: [B1, B2]
""",
    "instrument/constructs.yaml": """\
constructs:
  - id: A
    label: {en: "Ease", zh-Hans: "便利"}
    attributes: {role: scale}
    facets:
      - id: AF
        label: {en: "Ease of work", zh-Hans: "工作便利"}
  - id: B
    label: {en: "Background", zh-Hans: "背景"}
    measurement: single
    facets:
      - id: BF
        label: {en: "Person", zh-Hans: "个人"}
""",
    "instrument/response_formats.yaml": """\
response_formats:
  - id: agree5
    kind: options
    options:
      - {code: 1, label: {en: "Not true", zh-Hans: "不符合"}}
      - {code: 2, label: {en: "Hardly true", zh-Hans: "不太符合"}}
      - {code: 3, label: {en: "In between", zh-Hans: "介于两者之间"}}
      - {code: 4, label: {en: "Rather true", zh-Hans: "比较符合"}}
      - {code: 5, label: {en: "True", zh-Hans: "符合"}}
    missing:
      - {code: 98, reason: dont_know, offered: true, label: {en: "Don't know", zh-Hans: "不了解"}}
  - id: agree3
    kind: options
    options:
      - {code: 1, label: {en: "Not true", zh-Hans: "不符合"}}
      - {code: 2, label: {en: "In between", zh-Hans: "介于两者之间"}}
      - {code: 3, label: {en: "True", zh-Hans: "符合"}}
  - id: years
    kind: numeric
    minimum: 0
    maximum: 5
""",
    "instrument/items/A.yaml": """\
construct: A
items:
  - id: A1
    facet: AF
    response_format: agree5
    short: true
    text:
      en: "Working on {M} is easy."
      zh-Hans: "办理{M}很容易。"
  - id: A2
    facet: AF
    response_format: agree5
    short: true
    text:
      en: "Our department finishes its part early."
      zh-Hans: "本部门能提前完成任务。"
  - id: A3
    facet: AF
    response_format: agree5
    text:
      en: "Colleagues offer help when asked."
      zh-Hans: "同事会给予帮助。"
""",
    "instrument/items/B.yaml": """\
construct: B
items:
  - id: B1
    facet: BF
    response_format: years
    quasi_identifier: true
    text:
      en: "How many years have you worked here?"
      zh-Hans: "您在这里工作几年了？"
  - id: B2
    facet: BF
    response_format: agree3
    text:
      en: "To show that this page works, please choose 'True'."
      zh-Hans: "为检查页面显示，请选择“符合”。"
    expected: 3
""",
    "analysis/plan.yaml": """\
version: 1
seed: 1
confidence: 0.95
minimum_cell: 5
steps: [sample]
facet_scores: {minimum_answered: 2}
measurement:
  expected: M1
  nested: [[M1, M2]]
  models:
    - {id: M1, file: one, label: {en: "One", zh-Hans: "一"}}
    - {id: M2, file: two, label: {en: "Two", zh-Hans: "二"}}
hypotheses:
  alpha: 0.05
  smallest_effect: 0.1
  tests:
    - id: H1
      family: f
      model: M1
      test: effect
      effect: A ~ B
      claim: {en: "A", zh-Hans: "甲"}
""",
    "analysis/models/one.lav": "A =~ A1 + A2 + A3\n",
    "analysis/models/two.lav": "A =~ A1 + A2\n",
}


def write_small(root: Path) -> Path:
    """Write the study and return its folder."""
    for name, text in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Replace the first occurrence in a file."""
    file = root / name
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
