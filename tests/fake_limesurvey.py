"""A LimeSurvey in memory that loses what the real one loses, as seen of 6.4 and 6.13, and answers OK."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, str]
SETTINGS = {"anonymized": "N", "datestamp": "N", "ipaddr": "N", "shownoanswer": "Y", "format": "G"}
SWITCHED_OFF = {"hidden": "0", "statistics_showgraph": "1"}


@dataclass
class FakeLimeSurvey:
    """Holds one survey; called as a session of the remote interface is.

    Attributes
    ----------
    filtered : bool
        Whether the author is one whose HTML is filtered (no superadministrator).
    refuses : Mapping[str, Any]
        Method -> the status (or error) that it answers in place of a result.
    """

    filtered: bool = False
    refuses: Mapping[str, Any] = field(default_factory=dict)
    settings: Row = field(default_factory=dict)
    texts: dict[str, Row] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def __call__(self, method: str, *parameters: Any) -> Mapping[str, Any]:
        self.calls.append(method)
        if method in self.refuses:
            return {"result": {"status": self.refuses[method]}, "error": None}
        return {"result": getattr(self, method)(*parameters), "error": None}

    def import_survey(self, content: str, kind: str) -> int:
        assert kind == "txt"
        for row in _rows(base64.b64decode(content)):
            reader = getattr(self, f"_read_{row.get('class', '').lower()}", None)
            if reader is not None:
                reader({name: value for name, value in row.items() if value})
        return 123456

    def _read_s(self, row: Row) -> None:
        self.settings[row["name"]] = row.get("text", "")

    def _read_sl(self, row: Row) -> None:
        text = self._purified(row.get("text", ""))
        self.texts.setdefault(row["language"], {})[row["name"]] = text

    def _read_g(self, row: Row) -> None:
        number, name = row["type/scale"], row.get("name", "0")
        group = self.groups.setdefault(
            number,
            {
                "gid": 10 + len(self.groups),
                "group_order": len(self.groups) + 1,
                "grelevance": row.get("relevance", ""),
                "randomization_group": row.get("random_group", ""),
                "l10n": {},
            },
        )
        # PHP's `empty` is true of "0".
        name = f"G{number}" if name == "0" else name
        group["l10n"][row["language"]] = (
            self._purified(name),
            self._purified(row.get("text", "")),
        )
        self._group = group["gid"]

    def _read_q(self, row: Row) -> None:
        found = self._named(row["name"], 0)
        if found is None:
            found = self._new(row, 0, _question_code(row["name"]))
            found["mandatory"] = row.get("mandatory", "N")
            known = {"class", "type/scale", "name", "text", "language", "relevance", "mandatory"}
            found["attributes"] = {k: v for k, v in row.items() if k not in {*known, "other"}}
        found["l10n"][row["language"]] = self._purified(row.get("text", ""))
        self._question = found

    def _read_sq(self, row: Row) -> None:
        found = self._named(row["name"], self._question["qid"])
        if found is None:
            found = self._new(row, self._question["qid"], row["name"])
        found["l10n"][row["language"]] = self._purified(row.get("text", ""))

    def _read_a(self, row: Row) -> None:
        if re.fullmatch("[A-Za-z0-9]{1,5}", row["name"]):
            option = self._question["options"].setdefault(row["name"], {})
            option[row["language"]] = self._purified(row.get("text", ""))

    def _named(self, code: str, parent: int) -> dict[str, Any] | None:
        own = (self._group, parent)
        found = (q for q in self.questions if (q["gid"], q["parent_qid"]) == own)
        return next((q for q in found if q["sent"] == code), None)

    def _new(self, row: Row, parent: int, code: str) -> dict[str, Any]:
        question = {
            "qid": 100 + len(self.questions),
            "gid": self._group,
            "parent_qid": parent,
            "sent": row["name"],
            "title": code,
            "type": row.get("type/scale", "T"),
            "relevance": row.get("relevance", ""),
            "question_order": len(self.questions),
            "other": "N",
            "l10n": {},
            "options": {},
            "attributes": {},
        }
        self.questions.append(question)
        return question

    def _purified(self, text: str) -> str:
        """Spell characters out, as HTML Purifier does; what is markup stays."""
        if not self.filtered:
            return text
        return re.sub("&(?!amp;|lt;|gt;)[#a-z0-9]+;", lambda found: html.unescape(found[0]), text)

    def get_survey_properties(self, _: int, names: list[str]) -> dict[str, Any]:
        return {name: {**SETTINGS, **self.settings}.get(name) for name in names}

    def get_language_properties(self, _: int, names: list[str], language: str) -> Row:
        texts = self.texts.get(language, {})
        return {name: texts[name] for name in names if name in texts}

    def list_groups(self, _: int, language: str) -> Any:
        found = [
            {**group, "group_name": title, "description": text}
            for group in self.groups.values()
            for title, text in [self._local(group["l10n"], language)]
        ]
        return found or {"status": "No groups found"}

    def list_questions(self, _: int, __: None, language: str) -> Any:
        found = [{**q, "question": self._local(q["l10n"], language)} for q in self.questions]
        return found[::-1] or {"status": "No questions found"}

    def get_question_properties(self, qid: int, names: list[str], language: str) -> dict[str, Any]:
        question = next(q for q in self.questions if q["qid"] == qid)
        options = {
            code: {"answer": self._local(texts, language), "order": order}
            for order, (code, texts) in enumerate(question["options"].items(), start=1)
        }
        codes = [str(code) for code in range(len(options))]
        listed: Any = [options[code] for code in codes] if codes == list(options) else options
        return {
            "answeroptions": listed or "No available answer options",
            **(
                {"attributes": {**SWITCHED_OFF, **question["attributes"]}}
                if "attributes" in names
                else {}
            ),
        }

    def _local(self, texts: Mapping[str, Any], language: str) -> Any:
        """A text; where it is missing, silently that of the first language."""
        return texts.get(language, next(iter(texts.values())))


def _question_code(code: str) -> str:
    if code in {"LANG", "SID", "SAVEDID", "TOKEN", "QID", "GID", "SGQ", "self", "that", "this"}:
        return "r409q0"
    kept = re.sub("[^A-Za-z0-9]", "", code)
    return f"q{kept}" if kept[:1].isdigit() else kept


def _rows(content: bytes) -> list[Row]:
    text = content.decode(_guessed(content[:10_000]), errors="replace")
    text = re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", text.replace("0xC20xA0", " "))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    header = [name.strip() for name in next(reader)]
    header[0] = re.sub(r"^\W+", "", header[0])
    return [
        {name: re.sub('^"(.*)"$', r"\1", cell) for name, cell in zip(header, row, strict=False)}
        for row in reader
    ]


def _guessed(sample: bytes) -> str:
    """As PHP guesses: worst where the sample ends within a character."""
    if sample.isascii():
        return "utf-7" if re.search(rb"\+[A-Za-z0-9/]+-", sample) else "utf-8"
    try:
        sample.decode()
    except UnicodeDecodeError:
        return "euc_jp"
    return "utf-8"
