"""Which encoding a text has, decided by strict decoding and told to the user when guessed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cosyn.errors import ResponseError

_SAVE = "Save the table again as CSV with the encoding UTF-8"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the name of its encoding, and a warning where that is a guess."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(raw: bytes, name: str) -> Decoded:
    """Decode UTF-8 or UTF-16 by their marks, else UTF-8, GB18030 or cp1252 by fit.

    Raises
    ------
    ResponseError
        ``response.nul-bytes``, ``response.damaged-text`` or ``response.unknown-encoding``.
    """
    found = _decode(raw, name)
    if "\0" in found.text:
        line = found.text.count("\n", 0, found.text.index("\0")) + 1
        what = "there is a NUL byte, so this is no text, or UTF-16 without its mark"
        raise ResponseError("response.nul-bytes", f"{name}, line {line}", what, _SAVE)
    return found


def _decode(raw: bytes, name: str) -> Decoded:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _insist(raw, "utf-16", name)
    if raw.startswith(b"\xef\xbb\xbf"):
        return _insist(raw, "utf-8-sig", name)
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        if _mostly_utf8(raw):
            return _insist(raw, "utf-8", name)
    return _guess(raw, name)


def _insist(raw: bytes, encoding: str, name: str) -> Decoded:
    try:
        return Decoded(raw.decode(encoding), encoding)
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].decode(encoding, errors="ignore").count("\n") + 1
        what = f"the text is {encoding.removesuffix('-sig').upper()}, but damaged here or cut off"
        fix = "Export the table again, or restore these characters and save it as UTF-8"
        raise ResponseError("response.damaged-text", f"{name}, line {line}", what, fix) from problem


def _mostly_utf8(raw: bytes) -> bool:
    """Tell damaged UTF-8 from another encoding, which hardly ever forms its sequences."""
    text = raw.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return _wide(text).total() > 2 * broken


def _guess(raw: bytes, name: str) -> Decoded:
    chinese = _try(raw, "gb18030")
    if chinese is not None and _reads_as_chinese(chinese):
        return Decoded(chinese, "gb18030")
    western = _try(raw, "cp1252")
    if western is None:
        what = "the encoding is none of UTF-8, UTF-16, GB18030 and Windows-1252"
        raise ResponseError("response.unknown-encoding", name, what, _SAVE)
    shown = " ".join(sorted(_wide(western))[:10])
    warning = f"the encoding was guessed to be Windows-1252; check these characters: {shown}"
    return Decoded(western, "cp1252", (warning,))


def _try(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_as_chinese(text: str) -> bool:
    """Tell Chinese from Western text taken for Chinese.

    GB18030 decodes nearly anything, but an accented letter before a plain one gives a rare
    character, while what Chinese people write lies almost wholly in the older set GB 2312.
    """
    wide = _wide(text)
    common = sum(n for character, n in wide.items() if character.encode("gb2312", "ignore"))
    return 2 * common > wide.total()


def _wide(text: str) -> Counter[str]:
    """Count the characters beyond ASCII."""
    return Counter({c: n for c, n in Counter(text).items() if c > "\x7f"})
