"""What a web page of ours asks: one language a page."""

from __future__ import annotations

from html.parser import HTMLParser

from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._types import Reader, Unreadable


class _Page(HTMLParser):
    """Collects the questions; text counts only inside what is marked as a text or a label."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.questions: list[tuple[str, list[str], list[tuple[int, list[str]]]]] = []
        self.bounds: dict[str, tuple[float, float]] = {}
        self._said: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = found.get("lang", "")
        if "data-item" in found:
            self.questions.append((found["data-item"], [], []))
        elif self.questions:
            self._inside(found)

    def _inside(self, found: dict[str, str]) -> None:
        item, text, answers = self.questions[-1]
        if found.get("type") == "radio":
            answers.append((int(found["value"]), []))
        elif "data-low" in found:
            self.bounds[item] = (float(found["data-low"]), float(found["data-high"]))
        elif "data-text" in found:
            self._said = text
        elif "data-label" in found:
            self._said = answers[-1][1]

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._said = None

    def handle_data(self, data: str) -> None:
        if self._said is not None:
            self._said.append(data)


def read(content: bytes) -> Structure:
    """Read what is marked as a question, as its text and as a label."""
    page = _Page()
    try:
        page.feed(content.decode())
        page.close()
    except (ValueError, LookupError) as problem:
        raise Unreadable(f"this is no page of a questionnaire ({problem})") from problem
    if not page.language or not page.questions:
        raise Unreadable("this page holds no question, or does not say its language")
    language = page.language
    asked = (
        Asked(
            item,
            {language: "".join(text)},
            tuple((code, {language: "".join(label)}) for code, label in answers),
            page.bounds.get(item),
        )
        for item, text, answers in page.questions
    )
    return Structure((language,), tuple(asked))


READER = Reader("html", (".html", ".htm"), read, per_language=True)
