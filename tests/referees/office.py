"""LibreOffice as referee of word-processor files and workbooks, poppler as reader of PDF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.referees.tools import path_of, run, soffice

if TYPE_CHECKING:
    from pathlib import Path

NEEDED = ("soffice", "pdftotext", "pdftoppm")
CALC = ("calc", "pdftotext")


def to_pdf(documents: list[Path], folder: Path) -> list[Path]:
    """Print documents with one start of LibreOffice; its profile is made in the folder.

    Raises
    ------
    ValueError
        If LibreOffice could not load one of them: it says so, and exits with 0.
    """
    return _converted(documents, folder, "pdf")


def saved_again(documents: list[Path], folder: Path) -> list[Path]:
    """Open documents of one kind in LibreOffice and save them, calculated, in another folder.

    Raises
    ------
    ValueError
        If LibreOffice could not load one of them.
    """
    return _converted(documents, folder, documents[0].suffix.removeprefix("."))


def _converted(documents: list[Path], folder: Path, suffix: str) -> list[Path]:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ("--headless", "--norestore", "--convert-to", suffix, "--outdir", folder)
    run(soffice(), profile, *options, *documents)
    written = [folder / f"{document.stem}.{suffix}" for document in documents]
    if lacking := [file.stem for file in written if not file.exists()]:
        raise ValueError(f"LibreOffice cannot load {', '.join(lacking)}")
    return written


def text_of(pdf: Path) -> str:
    """Return the text of a PDF in reading order."""
    return run(path_of("pdftotext"), "-enc", "UTF-8", pdf, "-")


def squeezed(text: str) -> str:
    """Return a text without blanks and hyphens: print breaks lines where it likes."""
    return re.sub(r"[\s-]", "", text)


def pictures_of(pdf: Path, folder: Path, *, dpi: int = 60) -> list[Path]:
    """Draw each page of a PDF as a PNG and return the files in order."""
    run(path_of("pdftoppm"), "-png", "-r", str(dpi), pdf, folder / pdf.stem)
    return sorted(folder.glob(f"{pdf.stem}-*.png"))
