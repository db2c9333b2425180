"""Every fault of an instrument is found, named with its line, and all of them in one pass."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cosyn.errors import Faults, InstrumentError, SurveyError
from cosyn.instrument.load import load_instrument, read_instrument, record_version
from cosyn.study import bundled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the default instrument that a test may spoil."""
    return Path(shutil.copytree(bundled() / "instrument", tmp_path / "instrument"))


def edit(file: Path, old: str, new: str) -> int:
    """Replace the first occurrence and return its line."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults_of(folder: Path) -> list[SurveyError]:
    return list(read_instrument(folder).faults)


def test_the_default_instrument_has_no_fault(folder: Path) -> None:
    reading = read_instrument(folder)
    assert reading.faults == ()
    assert reading.recorded
    assert reading.instrument is not None
    scales = reading.instrument.scale_items_of("core-40")
    assert len(scales) == 40 + 3  # and the marker
    assert len({item.facet for item in scales}) == 20 + 1


def test_items_inherit_the_attributes_of_their_construct(folder: Path) -> None:
    instrument = load_instrument(folder)
    assert instrument.item("INS1").attributes == {
        "role": "dynamic",
        "locus": "internal",
        "direction": "restrain",
        "key_a": "restraint",
        "key_b": "none",
        "key_h": "internal-negative",
        "referent": "department",
    }


SPOILS = [
    # file, old, new, code, line offset from the edited line, words in the message
    ("items/IP.yaml", "short: true", "shrt: true", "unknown-key", 0, "Did you mean 'short'"),
    ("items/IP.yaml", "short: true", "short: 'yes '", "wrong-value", 0, "short"),
    ("items/IP.yaml", "facet: IPB", "facet: IPX", "unknown-facet", 0, "IPB, IPG"),
    ("items/IP.yaml", "response_format: fit7", "response_format: fit9", "unknown-response-format", 0, "fit7"),
    ("items/IP.yaml", "- id: IPG2", "- id: ipg1", "duplicate-id", 0, "items/IP.yaml:4"),
    ("items/IP.yaml", "- id: IPG2", "- id: 9x", "wrong-value", 0, "9x"),
    ("items/IP.yaml", "construct: IP", "construct: EP", "wrong-construct", 0, "'IP'"),
    ("items/EP.yaml", "meet in {M}", "meet in {N}", "unknown-placeholder", None, "{N}"),
    ("instrument.yaml", "default_form: core-40", "default_form: core", "unknown-form", 0, "core-40"),
    ("instrument.yaml", "[IPG1,", "[IPG1, IPG1,", "item-twice", 0, "IPG1"),
    ("instrument.yaml", "[IPG1,", "[IPG9,", "unknown-item", 0, "IPG9"),
    ("instrument.yaml", "version: 2.0.0", "version: one", "wrong-value", 0, "version"),
    ("instrument.yaml", "id: cosyn-dynamics", "id: a\nid: b", "duplicate-key", 1, "twice"),
    ("instrument.yaml", "  key_a: [drive, restraint]\n", "", "unknown-attribute", None, "key_a"),
    ("response_formats.yaml", "code: 2,", "code: 1,", "wrong-value", None, "same code"),
    ("constructs.yaml", "direction: drive", "direction: pull", "unknown-attribute", None, "drive"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "offset", "words"), SPOILS)
def test_a_spoilt_file_is_named_with_its_line(
    folder: Path, file: str, old: str, new: str, code: str, offset: int | None, words: str
) -> None:
    line = edit(folder / file, old, new)
    found = [f for f in faults_of(folder) if f.code == f"instrument.{code}"]
    assert found, [str(f) for f in faults_of(folder)]
    assert any(words in str(f) for f in found), [str(f) for f in found]
    if offset is not None:
        assert f"instrument/{file}:{line + offset}" in {f.where for f in found}


def test_an_item_without_chinese_text_is_named(folder: Path) -> None:
    file = folder / "items" / "IP.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(i for i, text in enumerate(lines) if "zh-Hans" in text)
    del lines[at]
    file.write_text("\n".join(lines), encoding="utf-8")
    (fault,) = faults_of(folder)
    assert fault.code == "instrument.missing-translation"
    assert "item IPG1 has no text in zh-Hans" in str(fault)
    assert fault.where == f"instrument/items/IP.yaml:{at}"


def test_a_page_that_names_no_item_is_an_error(folder: Path) -> None:
    text = (folder / "instrument.yaml").read_text(encoding="utf-8")
    head, _, tail = text.partition("    items: [IPG1")
    rest = tail[tail.index("]") + 1 :]
    (folder / "instrument.yaml").write_text(head + "    items: []" + rest, encoding="utf-8")
    codes = {f.code for f in faults_of(folder)}
    assert codes == {"instrument.empty-page", "instrument.item-on-no-page"}


def test_every_fault_is_reported_not_only_the_first(folder: Path) -> None:
    edit(folder / "items" / "IP.yaml", "facet: IPB", "facet: IPX")
    edit(folder / "items" / "EN.yaml", "facet: ENS", "facet: ENX")
    with pytest.raises(Faults) as caught:
        load_instrument(folder)
    assert len(caught.value.faults) == 2
    assert str(caught.value).count("\n") == 1


def test_half_written_yaml_is_one_clear_error(folder: Path) -> None:
    file = folder / "constructs.yaml"
    file.write_text(file.read_text(encoding="utf-8")[:500], encoding="utf-8")
    (fault,) = faults_of(folder)
    assert fault.code == "instrument.not-yaml"
    assert fault.where.startswith("instrument/constructs.yaml:")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "not-utf8"),
        (b"a: &x [1]\nb: *x\n", "alias"),
        (b"\tx: 1\n", "not-yaml"),
        (b"[" * 5000, "too-deep"),
        (b"x" * 3_000_000, "too-big"),
    ],
)
def test_a_file_that_is_no_yaml(folder: Path, content: bytes, code: str) -> None:
    (folder / "instrument.yaml").write_bytes(content)
    assert f"instrument.{code}" in {f.code for f in faults_of(folder)}


def test_an_empty_folder_names_every_missing_file(tmp_path: Path) -> None:
    codes = [f.code for f in faults_of(tmp_path)]
    assert codes == ["instrument.missing-file"] * 3


def test_an_orphaned_items_file_is_named(folder: Path) -> None:
    source = (folder / "items" / "IP.yaml").read_text(encoding="utf-8")
    orphan = source.replace("construct: IP\n", "construct: ZZ\n").replace("IP", "ZZ")
    (folder / "items" / "ZZ.yaml").write_text(orphan, encoding="utf-8")
    assert "instrument.unlisted-construct" in {f.code for f in faults_of(folder)}


def test_changed_wording_needs_a_new_version(folder: Path) -> None:
    edit(folder / "items" / "IP.yaml", "the same result", "the same results")
    (fault,) = faults_of(folder)
    assert fault.code == "instrument.changed-without-version"
    edit(folder / "instrument.yaml", "version: 2.0.0", "version: 2.0.1")
    reading = read_instrument(folder)
    assert reading.faults == ()
    assert not reading.recorded
    assert reading.instrument is not None
    record_version(folder, reading.instrument)
    assert read_instrument(folder).recorded


def test_layout_and_comments_do_not_change_the_digest(folder: Path) -> None:
    before = load_instrument(folder).digest
    edit(folder / "items" / "IP.yaml", "items:\n", "items:   # a remark\n\n")
    assert load_instrument(folder).digest == before


def test_faults_are_instrument_errors(folder: Path) -> None:
    edit(folder / "items" / "IP.yaml", "facet: IPB", "facet: IPX")
    with pytest.raises(InstrumentError):
        load_instrument(folder)
