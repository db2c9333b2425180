"""Whatever a translator writes comes through sheet and files exactly, and nothing else changes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import openpyxl
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cosyn.instrument.load import instrument_texts
from cosyn.instrument.texts import PLACEHOLDER
from cosyn.translation.sheet import COLUMNS, HEAD
from cosyn.workflow import translate
from cosyn.yamledit import quoted, replace

ROOT = Path(__file__).resolve().parents[2]
STUDIES = [ROOT, ROOT / "examples" / "holzinger_swineford"]
ADDRESSES = [
    ["title", "introduction", "closing", "placeholders.P", "forms.long.label", "pages.own.title",
     "constructs.EN.label", "constructs.CS.facets.CSX.label", "items.IPB2.text",
     "response_formats.fit7.options.3.label", "response_formats.fit7.missing.99.label"],
    ["title", "introduction", "closing", "forms.nine.label", "constructs.speed.label", "items.x7.text"],
]  # fmt: skip

# A questionnaire shows no control characters; a sheet and YAML could not hold all of them.
characters = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
pieces = st.one_of(
    st.text(characters, max_size=12),
    st.sampled_from(
        ["=1+1", "@x", "+", "-", "'", '"', "\\", "\n", "\t", ": ", " #", "{", "}", "[", "&a", "*a", "!t",
         "%", "|", ">", "`", "_x000D_", "x005F_", "<b>", "&amp;", "\u2028", "\ufeff", "\u202e", "𠮷", "~", "null"]
    ),
)  # fmt: skip
texts = (
    st.lists(pieces, min_size=1, max_size=8)
    .map(lambda parts: "".join(parts).strip())
    .filter(lambda text: text and not PLACEHOLDER.search(text))
)


@settings(max_examples=300, deadline=None)
@given(st.lists(texts, min_size=5, max_size=5))
def test_any_text_may_replace_any_scalar(new: list[str]) -> None:
    content = (
        "a: {x: 'one', y: two}\nb: >-\n  folded\n  text\n\nc:\n  - |\n    block\n  - plain\n"
        f"d: {quoted(new[0])}\n"
    )
    paths: list[tuple[str | int, ...]] = [("a", "x"), ("b",), ("c", 0), ("c", 1), ("d",)]
    again = yaml.safe_load(replace(content, dict(zip(paths, new, strict=True))))
    assert again == {"a": {"x": new[0], "y": "two"}, "b": new[1], "c": new[2:4], "d": new[4]}


def fill(file: Path, proposed: dict[str, str]) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    for row in range(HEAD + 1, sheet.max_row + 1):
        address = str(sheet.cell(row, 1).value)
        if address in proposed:
            cell = sheet.cell(row, COLUMNS.index("proposed") + 1)
            # As a spreadsheet program writes it, which keeps its own escapes apart.
            cell.value = proposed[address].replace("_x", "_x005F_x")
            cell.data_type = "s"
    book.save(file)


def all_texts(folder: Path) -> dict[tuple[str, str], str]:
    return {
        (t.address, tag): text for t in instrument_texts(folder) for tag, text in t.texts.items()
    }


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 1), st.lists(texts, min_size=11, max_size=11), st.sampled_from(["zh-Hans", "fr"])
)
@example(
    0,
    [
        "_x0041_",
        "x005F_",
        "_x005F_x0041_",
        "=1",
        "a\n\nb",
        "'",
        "\ufeffa",
        "#",
        "\\",
        "a\t|",
        "- a",
    ],
    "zh-Hans",
)
@example(
    1,
    [
        "_x0041_",
        "x005F_",
        "_x005F_x0041_",
        "=1",
        "a\n\nb",
        "'",
        "\ufeffa",
        "#",
        "\\",
        "a\t|",
        "- a",
    ],
    "fr",
)
def test_sheet_and_files_give_back_what_was_written(
    which: int, new: list[str], language: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(STUDIES[which] / "instrument", Path(name) / "instrument"))
        (folder / "versions.yaml").unlink()
        before = all_texts(folder)
        placeholders = {address: "".join(f"{{{p}}}" for p in PLACEHOLDER.findall(before[address, "en"]))
                        for address in ADDRESSES[which]}  # fmt: skip
        wanted = {a: text + placeholders[a] for a, text in zip(ADDRESSES[which], new, strict=False)}
        file = translate.write(folder.parent, language).file
        fill(file, wanted)
        translate.read(folder.parent, file, apply=True)
        if language == "fr":
            kept = (folder / "languages" / "fr.yaml").read_text(encoding="utf-8")
            assert yaml.safe_load(kept) == {"language": "fr", "texts": wanted}
            assert all_texts(folder) == before
        else:
            assert all_texts(folder) == before | {(a, language): text for a, text in wanted.items()}
