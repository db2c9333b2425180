"""LibreOffice prints a document it can load, and one it cannot is named."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.referees import office
from tests.referees.tools import needs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs(*office.NEEDED)

PACKAGE = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>Our department 本部门</w:t></w:r></w:p></w:body></w:document>",
}


def test_what_can_be_loaded_is_printed_and_what_cannot_is_named(tmp_path: Path) -> None:
    good, broken = tmp_path / "good.docx", tmp_path / "broken.docx"
    with zipfile.ZipFile(good, "w") as package:
        for name, text in PACKAGE.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    broken.write_bytes(good.read_bytes().replace(b"</w:body>", b"</w:bode>"))
    with pytest.raises(ValueError, match="cannot load broken"):
        office.to_pdf([broken, good], tmp_path)
    pdf = tmp_path / "good.pdf"
    assert "Our department 本部门" in office.text_of(pdf)
    (picture,) = office.pictures_of(pdf, tmp_path)
    assert picture.read_bytes().startswith(b"\x89PNG")
