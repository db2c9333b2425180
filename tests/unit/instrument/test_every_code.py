"""Every fault and remark that `survey check` can name, each with its place."""

from __future__ import annotations

import ast
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.unit.instrument.small import edit, write_small

from cosyn.errors import SurveyError
from cosyn.instrument.check import known
from cosyn.instrument.lint import RULES
from cosyn.instrument.load import instrument_texts, read_instrument
from cosyn.workflow import check

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "src" / "cosyn"
Change = tuple[str, str, str] | Callable[[Path], object]
MAIN, CONSTRUCTS, FORMATS, A, B, GERMAN, PLAN = (
    "instrument/instrument.yaml",
    "instrument/constructs.yaml",
    "instrument/response_formats.yaml",
    "instrument/items/A.yaml",
    "instrument/items/B.yaml",
    "instrument/languages/de.yaml",
    "analysis/plan.yaml",
)


class Case(NamedTuple):
    """What is spoilt, and where the fault is then found.

    `at` is a text of the line that is named; empty if the file is named without a line.
    """

    code: str
    file: str
    at: str
    changes: tuple[Change, ...]


def case(code: str, file: str, at: str, *changes: Change) -> Case:
    return Case(code, file, at, changes)


def spoil(file: str, old: str, new: str) -> Change:
    return (file, old, new)


def add_items(count: int, *, reads: Callable[[int], tuple[str, str]]) -> Change:
    """Add items of construct A and put them on its page."""

    def add(root: Path) -> None:
        items = "".join(
            f"  - id: X{n}\n    facet: AF\n    response_format: agree5\n"
            f"    text: {{en: '{reads(n)[0]}', zh-Hans: '{reads(n)[1]}'}}\n"
            for n in range(count)
        )
        with (root / A).open("a", encoding="utf-8") as file:
            file.write(items)
        ids = ", ".join(f"X{n}" for n in range(count))
        edit(root, MAIN, "[A1, A2, A3]", f"[A1, A2, A3, {ids}]")

    return add


WORDS = [
    "alpha",
    "bravo",
    "candle",
    "dolphin",
    "ember",
    "forest",
    "garden",
    "harbour",
    "island",
    "jungle",
    "kettle",
    "lantern",
]
SIGNS = "春夏秋冬山水火木金土日月星云风雨雪花草树鸟鱼马牛羊犬东西南北上下左右前后"


def unlike(n: int) -> tuple[str, str]:
    """Texts of ten words, no two alike, each as long in one language as the others."""
    rotated = WORDS[n % 12 :] + WORDS[: n % 12]
    text = " ".join(word[::-1] if n >= 12 else word for word in rotated)
    text = text.upper() if n >= 24 else text
    signs = SIGNS[n % 36 :] + SIGNS[: n % 36]
    return text, signs[: 20 + n % 3]


def one_is_longer(n: int) -> tuple[str, str]:
    english, chinese = unlike(n)
    return english, chinese + "长" * 16 if n == 7 else chinese


def third_check(root: Path) -> None:
    text = (root / B).read_text(encoding="utf-8")
    last = text[text.index("  - id: B2") :]
    more = last.replace("B2", "B3").replace("To show", "So that we see")
    (root / B).write_text(
        text + more + last.replace("B2", "B4").replace("To show", "To make clear"),
        encoding="utf-8",
    )
    edit(root, MAIN, "[B1, B2]", "[B1, B2, B3, B4]")


def write(file: str, content: bytes) -> Change:
    def save(root: Path) -> None:
        (root / file).parent.mkdir(exist_ok=True)
        (root / file).write_bytes(content)

    return save


def remove(file: str) -> Change:
    return lambda root: (root / file).unlink()


def make_folder(root: Path) -> None:
    (root / B).unlink()
    (root / B).mkdir()


def lead_out(root: Path) -> None:
    outside = (root / B).rename(root.parent / "B.yaml")
    (root / B).symlink_to(outside)


NOT_LATIN = "编码".encode("gbk")
LONG = "instruction " * 4000

SIDES = """comparison:
  null: M1
  synergy: [H9]
  models:
    - {id: x, source: coupling, says: {en: "A", zh-Hans: "甲"}, fails: {en: "B", zh-Hans: "乙"}}
hypotheses:
"""

FAULTS = [
    # The text of a file.
    case("instrument.missing-file", B, "", remove(B)),
    case("instrument.no-file", B, "", make_folder),
    case("instrument.link", B, "", lead_out),
    case("instrument.too-big", B, "", write(B, b"#" * 2_000_001)),
    case("instrument.empty", B, "", write(B, b"# nothing\n")),
    case("instrument.not-utf8", B, "# 1", write(B, b"# 0\n# 1" + NOT_LATIN)),
    case("instrument.not-yaml", B, "facet", write(B, b"items:\n  - id: [B1\n    facet: x\n")),
    case("instrument.alias", A, "*b", spoil(A, "short: true", "short: *b")),
    case("instrument.tag", A, "!!bool", spoil(A, "short: true", "short: !!bool true")),
    case("instrument.too-deep", A, "[[[", spoil(A, "short: true", f"short: {'[' * 50}{']' * 50}")),
    case("instrument.control-character", A, "\\a", spoil(A, "Working on", "Working\\a on")),
    case("instrument.duplicate-key", A, "short: no", spoil(A, "short: true", "short: true\n    short: no")),
    # Its keys and values.
    case("instrument.unknown-key", A, "shrt", spoil(A, "short:", "shrt:")),
    case("instrument.missing-key", A, "- id: A1", spoil(A, "    response_format: agree5\n", "")),
    case("instrument.wrong-value", A, "short: 5", spoil(A, "short: true", "short: 5")),
    # What the files say of one another.
    case("instrument.changed-without-version", MAIN, "", write("instrument/versions.yaml", b"versions: {1.0.0: " + b"a" * 64 + b"}")),
    case("instrument.duplicate-id", A, "- id: a1", spoil(A, "- id: A2", "- id: a1")),
    case("instrument.duplicate-label", FORMATS, "code: 2, label: {en: \"Not true\"", spoil(FORMATS, "Hardly true", "Not true")),
    case("instrument.empty-facet", CONSTRUCTS, "- id: AG", spoil(CONSTRUCTS, "  - id: B\n", '      - id: AG\n        label: {en: "None", zh-Hans: "无"}\n  - id: B\n')),
    case("instrument.empty-form", MAIN, "- id: brief", spoil(MAIN, "constructs: [A]", "constructs: [B]")),
    case("instrument.empty-page", MAIN, "- id: second", spoil(MAIN, "[B1, B2]", "[]")),
    case("instrument.halves-apart", MAIN, "halves:", spoil(MAIN, "[[first], [second]]", "[[second], [first]]")),
    case("instrument.item-on-no-page", MAIN, "- id: first", spoil(MAIN, "[A1, A2, A3]", "[A1, A2]")),
    case("instrument.item-twice", MAIN, "items: [A1, A1", spoil(MAIN, "[A1, A2, A3]", "[A1, A1, A2, A3]")),
    case("instrument.language-twice", GERMAN, "language:", write(GERMAN, b"language: en")),
    case("instrument.missing-in-range", FORMATS, "code: 4", spoil(FORMATS, '      - {code: 4, label: {en: "Rather true", zh-Hans: "比较符合"}}\n', ""), spoil(FORMATS, "code: 98", "code: 4")),
    case("instrument.missing-translation", A, "Colleagues", spoil(A, '\n      zh-Hans: "同事会给予帮助。"', "")),
    case("instrument.placeholder-not-filled", CONSTRUCTS, "{M}", spoil(CONSTRUCTS, '"Ease", zh-Hans: "便利"', '"Ease of {M}", zh-Hans: "{M}便利"')),
    case("instrument.placeholder-parity", A, "Working on", spoil(A, "办理{M}", "办理")),
    case("instrument.reserved-id", B, "- id: Language", spoil(B, "- id: B1", "- id: Language")),
    case("instrument.unknown-attribute", CONSTRUCTS, "- id: A", spoil(CONSTRUCTS, "{role: scale}", "{role: x}")),
    case("instrument.unknown-code", B, "expected: 4", spoil(B, "expected: 3", "expected: 4")),
    case("instrument.unknown-construct", MAIN, "constructs: [A, B, C]", spoil(MAIN, "constructs: [A, B]", "constructs: [A, B, C]"), write("instrument/items/C.yaml", b"construct: C\nitems: [{id: C1, facet: CF, response_format: years, text: {en: a, zh-Hans: b}}]")),
    case("instrument.unknown-facet", A, "facet: AG", spoil(A, "facet: AF", "facet: AG")),
    case("instrument.unknown-form", MAIN, "default_form", spoil(MAIN, "default_form: whole", "default_form: other")),
    case("instrument.unknown-item", MAIN, "A9", spoil(MAIN, "A3]", "A3, A9]")),
    case("instrument.unknown-language", A, "Working on", spoil(A, '      zh-Hans: "办理{M}很容易。"', '      zh-Hans: "办理{M}很容易。"\n      de: "{M} ist leicht."')),
    case("instrument.unknown-page", MAIN, "halves:", spoil(MAIN, "[second]]", "[third]]")),
    case("instrument.unknown-placeholder", A, "{N}", spoil(A, "on {M}", "on {M} {N}"), spoil(A, "办理{M}", "办理{M}{N}")),
    case("instrument.unknown-response-format", A, "agree9", spoil(A, "agree5", "agree9")),
    case("instrument.unknown-text", GERMAN, "A9", write(GERMAN, b"language: de\ntexts:\n  items.A9.text: Nichts")),
    case("instrument.unlisted-construct", CONSTRUCTS, "- id: B", spoil(MAIN, "constructs: [A, B]", "constructs: [A]")),
    case("instrument.wrong-construct", A, "construct: B", spoil(A, "construct: A", "construct: B")),
    case("instrument.wrong-instruction", B, "“不符合”", spoil(B, "“符合”", "“不符合”")),
    # The plan.
    case("plan.duplicate-id", PLAN, "expected: M1", spoil(PLAN, "{id: M2", "{id: M1")),
    case("plan.missing-key", PLAN, "- id: H1", spoil(PLAN, "      effect: A ~ B\n", "")),
    case("plan.missing-model", PLAN, "{id: M2", remove("analysis/models/two.lav")),
    case("plan.unknown-hypothesis", PLAN, "synergy: [H9]", spoil(PLAN, "hypotheses:\n", SIDES)),
    case("plan.unknown-model", PLAN, "nested:", spoil(PLAN, "[[M1, M2]]", "[[M1, M9]]")),
]  # fmt: skip

REMARKS = [
    case("remark.accepted-in-vain", A, "accept:", spoil(A, "short: true", "short: true\n    accept: [negated]")),
    case("remark.cut-value-label", FORMATS, "xxx", spoil(FORMATS, "Rather true", "x" * 121)),
    case("remark.cut-variable-label", A, "字字", spoil(A, "同事会给予帮助", "字" * 86)),
    case("remark.double-barrelled", A, "help and advice", spoil(A, "help when", "help and advice when")),
    case("remark.equal-text", A, "Colleagues", spoil(A, "同事会给予帮助。", "本部门能提前完成任务。")),
    case("remark.identifying-questions", MAIN, "- id: whole", spoil(FORMATS, "maximum: 5", "maximum: 31")),
    case("remark.length-ratio", A, "长长", add_items(12, reads=one_is_longer)),
    case("remark.long-form", MAIN, "- id: whole", spoil(MAIN, "It is about", LONG)),
    case("remark.long-item", A, "twenty", spoil(A, "Colleagues offer help when asked.", "twenty " * 26)),
    case("remark.lopsided-options", FORMATS, "- id: agree5", spoil(FORMATS, '      - {code: 2, label: {en: "Hardly true", zh-Hans: "不太符合"}}\n', "")),
    case("remark.many-attention-checks", MAIN, "- id: whole", third_check),
    case("remark.near-equal-text", A, "early!", spoil(A, "Colleagues offer help when asked.", "Our department finishes its part early!")),
    case("remark.negated", A, "do not", spoil(A, "Colleagues offer", "Colleagues do not offer")),
    case("remark.negative-code", FORMATS, "-9", spoil(FORMATS, "code: 98", "code: -9")),
    case("remark.no-attention-check", MAIN, "- id: whole", add_items(30, reads=unlike), spoil(B, "    expected: 3\n", "")),
    case("remark.reserved-name", B, "- id: Private", spoil(B, "- id: B1", "- id: Private"), spoil(MAIN, "[B1,", "[Private,")),
    case("remark.thin-facet", CONSTRUCTS, "- id: AF", spoil(A, "    short: true\n", "")),
    case("remark.unbalanced-keying", CONSTRUCTS, "- id: A", spoil(A, "short: true", "short: true\n    reverse: yes"), spoil(A, "short: true\n    text", "short: true\n    reverse: yes\n    text")),
    case("remark.unnamed-answer", B, "第三项", spoil(B, "“符合”", "第三项")),
    case("remark.unsure-midpoint", FORMATS, "Not sure", spoil(FORMATS, "In between", "Not sure")),
    case("remark.unused-construct", CONSTRUCTS, "- id: B", spoil(MAIN, "select: all", "select: all\n    constructs: [A]")),
    case("remark.unused-facet", CONSTRUCTS, "- id: AG", spoil(MAIN, "select: all", "select: short"), spoil(CONSTRUCTS, "  - id: B\n", '      - id: AG\n        label: {en: "Help", zh-Hans: "帮助"}\n  - id: B\n'), spoil(A, "A3\n    facet: AF", "A3\n    facet: AG")),
    case("remark.unused-format", FORMATS, "- id: spare", spoil(FORMATS, "  - id: years", "  - {id: spare, kind: numeric, minimum: 0, maximum: 1}\n  - id: years"), spoil(FORMATS, "{id: spare, kind", "id: spare\n    kind"), spoil(FORMATS, "numeric, minimum: 0, maximum: 1}", "numeric\n    minimum: 0\n    maximum: 1")),
    case("remark.unused-item", A, "- id: A3", spoil(MAIN, "select: all", "select: short")),
    case("remark.unused-page", MAIN, "- id: second", spoil(MAIN, "select: all", "select: all\n    constructs: [A]")),
    case("remark.unused-placeholder", MAIN, 'M: {en: "this', spoil(MAIN, "{M}", "it"), spoil(MAIN, "{M}", "它"), spoil(A, "{M}", "it"), spoil(A, "{M}", "它")),
]  # fmt: skip


def spoilt(root: Path, changes: tuple[Change, ...]) -> Path:
    write_small(root)
    for change in changes:
        if callable(change):
            change(root)
        else:
            edit(root, *change)
    return root


def place(root: Path, file: str, at: str) -> str:
    if not at:
        return file
    lines = (root / file).read_text(encoding="utf-8", errors="replace").splitlines()
    return f"{file}:{next(n for n, line in enumerate(lines, start=1) if at in line)}"


def test_the_small_study_has_neither_fault_nor_remark(tmp_path: Path) -> None:
    checked = check(write_small(tmp_path / "study"))
    assert (checked.faults, checked.remarks) == ((), ())


@pytest.mark.parametrize("spoiling", FAULTS, ids=lambda c: c.code)
def test_every_fault_is_named_with_its_place(spoiling: Case, tmp_path: Path) -> None:
    root = spoilt(tmp_path / "study", spoiling.changes)
    faults = check(root).faults
    found = [(fault.code, fault.where) for fault in faults]
    assert (spoiling.code, place(root, spoiling.file, spoiling.at)) in found, found
    assert all(fault.fix and not fault.fix.endswith(".") for fault in faults)


@pytest.mark.parametrize("spoiling", REMARKS, ids=lambda c: c.code)
def test_every_remark_is_made_with_its_place(spoiling: Case, tmp_path: Path) -> None:
    root = spoilt(tmp_path / "study", spoiling.changes)
    checked = check(root)
    assert checked.faults == ()
    found = [(remark.code, remark.where) for remark in checked.remarks]
    assert (spoiling.code, place(root, spoiling.file, spoiling.at)) in found, found


def test_no_code_of_the_source_is_without_a_case() -> None:
    """What `survey check` reads: the study, the instrument, the plan."""
    path = ROOT / "scripts" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", path)
    assert spec
    assert spec.loader
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    sources = [SOURCES / name for name in ("yamlfile.py", "yamltree.py", "plan/_load.py")]
    sources += (SOURCES / "instrument").rglob("*.py")
    codes = {code for source in sources for code in reference._codes(source)}
    codes = {code.replace("<kind of file>", "instrument") for code in codes}
    codes |= {f"remark.{code}" for code in known()}
    # `survey check` says study.none before the first; only `survey simulate` asks for the second.
    elsewhere = {"instrument.missing-folder", "plan.unknown-population"}
    assert len(codes) > 70
    assert codes - elsewhere == {c.code for c in (*FAULTS, *REMARKS)}


@pytest.mark.parametrize("name", RULES.names())
def test_a_rule_makes_the_remarks_that_it_describes(name: str) -> None:
    tree = ast.parse((SOURCES / "instrument" / "lint" / f"{name}.py").read_text(encoding="utf-8"))
    words = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    made = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Note"
        and isinstance(node.args[0], ast.Constant)
    }
    described = set(RULES[name].codes)
    assert made <= described <= words


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        *(
            (B, "- id: B1", f"- id: {name}")
            for name in ("1b", "b-1", "b_1", "题1", "b" * 21, "b.1")
        ),
        *(
            (FORMATS, "{code: 1,", f"{{code: {code},")
            for code in ("-1", "10000", "1.5", "x", "true")
        ),
        *((FORMATS, "{code: 98,", f"{{code: {code},") for code in ("10000", "DK", "9.8")),
    ],
)
def test_codes_that_a_target_cannot_carry_are_no_codes(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    """Letters and digits, letter first, at most 20; options are 0 to 9999, reasons are numbers."""
    root = write_small(tmp_path / "study")
    edit(root, file, old, new)
    found = [(fault.code, fault.where) for fault in check(root).faults]
    assert found == [("instrument.wrong-value", place(root, file, new))]


def test_a_folder_that_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(SurveyError) as caught:
        check(tmp_path)
    assert (caught.value.code, caught.value.where) == ("study.none", str(tmp_path))
    (fault,) = read_instrument(tmp_path / "instrument").faults
    assert (fault.code, fault.where) == ("instrument.missing-folder", "instrument")


def test_a_file_that_the_machine_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_small(tmp_path / "study")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, os.strerror(13), str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SurveyError) as caught:
        check(root)
    assert (caught.value.code, caught.value.exit_code) == ("store.refused", 6)
    assert caught.value.where.endswith("instrument.yaml")


def test_a_translation_must_name_the_expected_answer_too(tmp_path: Path) -> None:
    """Its labels are not known before the language is laid over the instrument."""
    root = write_small(tmp_path / "study")
    texts = {
        text.address: f"Text {n}" for n, text in enumerate(instrument_texts(root / "instrument"))
    }
    texts |= {a: f"{t} {{M}}" for a, t in texts.items() if a in {"introduction", "items.A1.text"}}
    texts["response_formats.agree3.options.3.label"] = "Stimmt"
    texts["response_formats.agree3.options.1.label"] = "Stimmt nicht"
    texts["items.B2.text"] = "Bitte hier „Stimmt nicht“ ankreuzen."
    lines = "".join(f"  {address}: {text!r}\n" for address, text in texts.items())
    write(GERMAN, f"language: de\ntexts:\n{lines}".encode())(root)  # type: ignore[operator]
    (fault,) = check(root).faults
    assert fault.code == "instrument.wrong-instruction"
    assert "asks in de for 'Stimmt nicht', which is code 1" in fault.what
    file = root / GERMAN
    file.write_text(
        file.read_text("utf-8").replace("hier „Stimmt nicht“", "hier „Stimmt“"), "utf-8"
    )
    assert check(root).faults == ()
