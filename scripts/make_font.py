"""Make the Chinese font of the figures: a renamed subset of Noto Sans SC Regular.

Usage: python scripts/make_font.py NotoSansSC-Regular.otf [--out FOLDER]

The same source and the same fontTools give the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Cosyn Sans SC"
POSTSCRIPT = "CosynSansSC-Regular"
FOLDER = Path(__file__).resolve().parents[1] / "src" / "cosyn" / "report" / "fonts"

BLOCKS = (
    range(0x0020, 0x007F),  # Basic Latin
    range(0x00A0, 0x0100),  # Latin-1
    range(0x0370, 0x0400),  # Greek
    range(0x2000, 0x2070),  # general punctuation
    range(0x2150, 0x2190),  # number forms
    range(0x2190, 0x2200),  # arrows
    range(0x2200, 0x2300),  # mathematical operators
    range(0x3000, 0x3040),  # CJK symbols and punctuation
    range(0xFF00, 0xFFF0),  # half- and full-width forms
)
CREDITS = {0, 9, 13, 14}  # name records of the copyright, the designers and the licence stay
DROPPED = ["BASE", "DSIG", "GDEF", "GSUB", "VORG", "vhea", "vmtx"]  # vertical setting, variants


def gb2312() -> set[int]:
    """Every character of GB 2312-80, by its Unicode code point."""
    rows, cells = range(0xA1, 0xF8), range(0xA1, 0xFF)
    pairs = (bytes((row, cell)) for row in rows for cell in cells)
    return {ord(text) for pair in pairs if (text := pair.decode("gb2312", errors="ignore"))}


def subset(font: TTFont) -> None:
    """Keep the outlines, widths and kerning of the wanted characters, unhinted."""
    options = Options(hinting=False, layout_features=["kern"], notdef_outline=True)
    options.name_IDs = ["*"]
    options.drop_tables += DROPPED
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=gb2312().union(*BLOCKS))
    subsetter.subset(font)


def rename(font: TTFont) -> None:
    """Give the font its own name: a changed font must not bear a reserved one."""
    name = font["name"]
    version = name.getDebugName(5).split(";")[0].removeprefix("Version ")
    source = f"{name.getDebugName(4)} {version}"
    name.names = [record for record in name.names if record.nameID in CREDITS]
    own = {
        1: FAMILY,
        2: "Regular",
        3: f"{version};{POSTSCRIPT}",
        4: FAMILY,
        5: f"Version {version}",
        6: POSTSCRIPT,
        10: f"Subset of {source}: GB 2312, Latin, Greek, punctuation and signs",
    }
    for identifier, text in own.items():
        name.setName(text, identifier, 3, 1, 0x409)
    name.names.sort()
    _rename_outlines(font)


def _rename_outlines(font: TTFont) -> None:
    """Rename inside the table of outlines, too."""
    outlines = font["CFF "].cff
    outlines.fontNames = [POSTSCRIPT]
    top = outlines.topDictIndex[0]
    top.FullName = top.FamilyName = FAMILY
    for part in top.FDArray:
        part.FontName = f"{POSTSCRIPT}-{part.FontName.rpartition('-')[2]}"


def make(source: Path, folder: Path) -> Path:
    """Write the subset of ``source`` to ``folder``."""
    font = TTFont(source, recalcTimestamp=False)
    subset(font)
    rename(font)
    target = folder / f"{POSTSCRIPT}.otf"
    font.save(target)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the Chinese font of the figures.")
    parser.add_argument("source", type=Path, help="NotoSansSC-Regular.otf")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    given = parser.parse_args()
    target = make(given.source, given.out)
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
