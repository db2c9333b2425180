"""Pages for training as files: whole, marked, sending nothing, and signed."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path, PurePosixPath
from posixpath import normpath

import pytest
from tests.served_pages import survey
from typer.testing import CliRunner

from cosyn.cli._app import app
from cosyn.errors import StoreError
from cosyn.fielding.signing import PUBLIC, SECRET, public_half, signature, signing_key
from cosyn.fielding.training import MANIFEST, SIGNATURE, check_training, write_training
from cosyn.server.frozen import Ways, frozen
from cosyn.server.training import INDEX, training_files
from cosyn.study import create

KEY = bytes(range(32))
BANNERS = {"en": "Training: these pages", "zh-Hans": "培训：这些页面"}
PLACES = re.compile(r'(?:href|src)="([^"]*)"')
GO = re.compile(r'<a class="go" href="([^"]*)">')


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    made = training_files(survey(demonstration=True))
    return {path: content.decode() for path, content in made.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written = tmp_path / "pages"
    write_training(written, {"index.html": b"one", "en/a.html": b"two"}, {}, KEY)
    return written


def target(page: str, place: str) -> tuple[str, str]:
    """The file that a link on a page leads to, and the place there."""
    path, _, anchor = place.partition("#")
    found = normpath(str(PurePosixPath(page).parent / path)) if path else page
    return found, anchor


def test_every_link_leads_to_a_page_of_the_folder(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        places = [place for place in map(unescape, PLACES.findall(text)) if place[:5] != "data:"]
        assert len(places) > 2, path
        for place in places:
            found, anchor = target(path, place)
            assert found in pages, (path, place)
            assert not anchor or f'id="{anchor}"' in pages[found], (path, place)


def test_every_kind_of_page_is_there_in_both_languages_and_marked(pages: dict[str, str]) -> None:
    kinds = {tag: {p.partition("/")[2] for p in pages if p.startswith(tag)} for tag in BANNERS}
    assert kinds["en"] == kinds["zh-Hans"]
    assert len(kinds["en"]) == 24
    for path, text in pages.items():
        language = path.partition("/")[0] if "/" in path else "en"
        assert f'<html lang="{language}">' in text
        assert f'<p class="banner">{BANNERS[language]}' in text, path
        assert "emonstration" not in text
        assert "演示" not in text.replace("学习和演示", "")


def test_the_first_page_names_every_page_by_another_name(pages: dict[str, str]) -> None:
    listed = re.findall(
        r'<a href="((?:en|zh-Hans)/[^"]+)"><span[^>]*>\d+</span><span>([^<]+)', pages[INDEX]
    )
    assert {path for path, _ in listed} == set(pages) - {INDEX}
    for language in BANNERS:
        names = [name for path, name in listed if path.startswith(f"{language}/")]
        assert len(names) == len(set(names)) == 24


def test_nothing_can_be_sent_loaded_or_run(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        assert "default-src 'none'" in text, path
        assert "form-action 'none'" in text, path
        assert not re.search(r"<script|<link rel=.stylesheet| (method|action|on\w+)=", text), path
        buttons = re.findall(r"<button [^>]*>", text)
        assert all(' type="reset" ' in button for button in buttons), path
        assert "_nonce" not in text


def test_an_answer_is_cleared_by_the_form_it_belongs_to(pages: dict[str, str]) -> None:
    text = pages["en/page-2.html"]
    forms = set(re.findall(r'<form id="([^"]+)"></form>', text))
    assert forms
    assert set(re.findall(r'type="reset" form="([^"]+)"', text)) == forms
    assert set(re.findall(r'<input type="radio"[^>]* form="([^"]+)"', text)) >= forms


@pytest.mark.parametrize("language", BANNERS)
def test_the_way_from_the_first_page_to_the_thanks(pages: dict[str, str], language: str) -> None:
    path, seen = f"{language}/enter.html", []
    while step := GO.search(pages[path]):
        path = target(path, step[1])[0]
        assert path not in seen
        seen.append(path)
    assert path == f"{language}/done.html"
    assert len(seen) == 12
    ended = target(f"{language}/end.html", GO.findall(pages[f"{language}/end.html"])[0])[0]
    assert ended == f"{language}/ended.html"


def test_the_same_questionnaire_makes_the_same_files(pages: dict[str, str]) -> None:
    again = training_files(survey(demonstration=True, key=b"x" * 32))
    assert {path: content.decode() for path, content in again.items()} == pages


def test_text_of_a_page_stays_text() -> None:
    ways = Ways(lambda place: f"{place}.html", {"": "next.html"}, {}, {"is": "was"})
    page = '<form method="post"><p title="&quot;<">is &lt;b&gt; &amp; &#34;</p><button>Go</button></form>'
    assert frozen(page, ways) == (
        '<div><p title="&quot;&lt;">was &lt;b&gt; &amp; &#34;</p><a class href="next.html">Go</a></div>'
    )


def test_a_folder_as_it_was_signed(folder: Path) -> None:
    found = check_training(folder, public_half(KEY))
    assert found.ok
    assert found.files == 2


def test_every_change_is_named(folder: Path) -> None:
    (folder / "index.html").write_text("other")
    (folder / "en" / "a.html").unlink()
    (folder / "new").mkdir()
    (folder / "new" / "b.html").write_text("")
    (folder / "c.html").symlink_to(folder / "index.html")
    found = check_training(folder, public_half(KEY))
    assert found.signed
    assert not found.ok
    assert found.altered == ("index.html",)
    assert found.missing == ("en/a.html",)
    assert found.added == ("c.html", "new/b.html")


def test_another_key_or_another_list_is_not_signed(folder: Path) -> None:
    assert not check_training(folder, public_half(b"k" * 32)).signed
    path = folder / MANIFEST
    told = json.loads(path.read_text())
    told["files"].pop("en/a.html")
    (folder / "en" / "a.html").unlink()
    path.write_text(json.dumps(told))
    found = check_training(folder, public_half(KEY))
    assert (found.signed, found.altered, found.missing, found.added) == (False, (), (), ())
    (folder / SIGNATURE).write_text(signature(b"k" * 32, path.read_bytes()).hex())
    assert not check_training(folder, public_half(KEY)).ok
    (folder / SIGNATURE).unlink()
    assert not check_training(folder, public_half(KEY)).ok


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"schema": "cosyn.training/1", "files": {"../x": "0"}}', b"\xff",
     b'{"schema": "other", "files": {}}', b'{"schema": "cosyn.training/1", "files": []}',
     b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_manifest_is_told(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(StoreError) as caught:
        check_training(folder, public_half(KEY))
    assert caught.value.code == "training.manifest"


def test_a_folder_without_a_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        check_training(tmp_path, public_half(KEY))
    assert caught.value.code == "training.manifest"


def test_nothing_is_written_into_a_folder_that_is_in_use(folder: Path) -> None:
    with pytest.raises(StoreError) as caught:
        write_training(folder, {"index.html": b"three"}, {}, KEY)
    assert caught.value.code == "training.folder"
    assert (folder / "index.html").read_bytes() == b"one"


def test_the_key_is_drawn_once_and_a_lost_one_is_told(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert signing_key(tmp_path) == key
    assert (tmp_path / SECRET).stat().st_mode & 0o077 == 0
    assert (tmp_path / PUBLIC).read_text().strip() == public_half(key).hex()
    (tmp_path / SECRET).unlink()
    with pytest.raises(StoreError) as caught:
        signing_key(tmp_path)
    assert caught.value.code == "field.no-key"


def test_the_commands(tmp_path: Path) -> None:
    study, out = create(tmp_path / "study").root, tmp_path / "pages"

    def ran(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["field", *words])
        return done.exit_code, done.output

    status, said = ran("training", str(out), "--study", str(study))
    assert status == 0
    assert "Wrote 49 pages (en, zh-Hans)" in said
    assert (out / INDEX).is_file()
    key = str(study / "fielding" / PUBLIC)
    assert ran("verify-training", str(out), "--key", key)[0] == 0
    (out / "en" / "done.html").write_text("x")
    status, said = ran("verify-training", str(out), "--study", str(study))
    assert status == 6
    assert "altered: 'en/done.html'" in said
    status, said = ran("verify-training", str(out), "--study", str(study), "--json")
    told = json.loads(said)
    assert (told["ok"], told["altered"]) == (False, ["en/done.html"])
