"""Items that ask two things, and items that deny."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cosyn.instrument.lint._types import Subject

_QUOTED = re.compile(r"[\"“„‘«「『][^\"”’»」』]*[\"”’»」』]|(?<!\w)'[^']*'(?!\w)")
_PLACE = "{}"  # a named matter or department: who acts together with it is one actor

_EN_RECIPROCAL = re.compile(r"\b(?:each other|one another)\b", re.IGNORECASE)
_EN_WHOLE = re.compile(
    r"\bbetween\b[^,.;]*?\band\b|\b(?:less or more|more or less|and so on|whether or not|or not)\b",
    re.IGNORECASE,
)
_EN_JOINED = re.compile(
    r"([\w’'-]+|\{\}),?\s+(and/or|and|or)\s+((?:(?:the|an?|our|its|in|on|of|to)\s)?[\w’'-]+|\{\})",
    re.IGNORECASE,
)
_ZH_RECIPROCAL = re.compile("相互|互相|彼此")
# Words in which the character joins nothing.
_ZH_WHOLE = re.compile(
    "[缓温总饱随平祥调共柔暖中]和|和(?:谐|平|睦|解|气|好|缓)|[涉触普危顾提波遍惠论累]及|及(?:时|早|格)"
    "|[合一兼]并|并(?:不|非|未|没|列|联|购)|[暂尚姑]且|或(?:许|多或少)|来[得不]及"
)
_ZH_JOINED = re.compile(r"(\w{0,4}|\})(以及|并且|而且|或者|和|及|并|且|或)(\w{1,4}|\{)")

_EN_NOT = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|cannot)\b|\w+n[’']t\b", re.IGNORECASE
)
_EN_NOT_DENYING = re.compile(r"\bnot only\b|\bno matter\b|\b(?:whether )?or not\b", re.IGNORECASE)
# Words in which the character denies nothing that the sentence says.
_ZH_NOT_DENYING = re.compile(
    "不(?:断|仅|但|光|只是|单|同|一|管|论|过|久|少|错|力|足|妨|禁|料|时|停|等|良|动产|得不|约而同|遗余力)"
    "|[差]不多|了不起|对不起|忍不住|[如若]不|未(?:来|婚)|无(?:论|疑|偿|线|障碍|缝|形|私|非|人机)"
    "|非(?:常|正式|营利|政府|公有|法|但)|[除是莫]非|没(?:收|落)|[淹沉埋出]没|能不能|是不是|会不会|要不要"
)
_ZH_NOT = re.compile(r"[不没未非无]\w{0,2}")


def find(subject: Subject) -> Iterator[Note]:
    """Look at each item's text in the languages whose words are known here."""
    for item in subject.items:
        for code, words_of, said in (
            ("double-barrelled", _JOINED, "joins"),
            ("negated", _DENYING, "says"),
        ):
            found = {
                language: words_of[tag](_bare(text))
                for language, text in item.text.items()
                if (tag := language.partition("-")[0]) in words_of
            }
            shown = [f'"{words[0]}" ({language})' for language, words in found.items() if words]
            if shown:
                what = f"item {item.id} {said} {', '.join(shown)}"
                yield Note(code, ("items", item.id, "text"), what)


def _bare(text: str) -> str:
    """Leave out what is only quoted, and what a placeholder stands for."""
    return re.sub(r"\{[^{}]*\}", _PLACE, _QUOTED.sub(" ", text))


def _english_joins(text: str) -> list[str]:
    if _EN_RECIPROCAL.search(text):
        return []
    return [
        " ".join(found.groups())
        for found in _EN_JOINED.finditer(_EN_WHOLE.sub(",", text))
        if _PLACE not in {found[1], found[3]}
    ]


def _chinese_joins(text: str) -> list[str]:
    if _ZH_RECIPROCAL.search(text):
        return []
    return [
        "".join(found.groups())
        for found in _ZH_JOINED.finditer(_ZH_WHOLE.sub("，", text))
        if found[1] != "}" and found[3] != "{"
    ]


def _english_denials(text: str) -> list[str]:
    return _EN_NOT.findall(_EN_NOT_DENYING.sub(" ", text))


def _chinese_denials(text: str) -> list[str]:
    """Leave out what offers both sides: more willing, or not willing."""
    plain = _ZH_NOT_DENYING.sub("，", text)
    return [
        found[0]
        for found in _ZH_NOT.finditer(plain)
        if len(found[0]) < 2 or not re.search(rf"(?<![不没未非无]){found[0][1:]}", plain)
    ]


_Words = dict[str, "Callable[[str], list[str]]"]
_JOINED: _Words = {"en": _english_joins, "zh": _chinese_joins}
_DENYING: _Words = {"en": _english_denials, "zh": _chinese_denials}

RULE = Rule(
    {
        "double-barrelled": Advice(
            "a text in English or Chinese joins two words by and, or, 和, 及, 并, 且, 以及 or 或, "
            "placeholders apart: who agrees with one half only cannot answer, and others take "
            "longer to (Bassili & Scott 1996)",
            "Ask for one thing, or make sure that nobody can think differently of the two",
        ),
        "negated": Advice(
            "a text in English or Chinese says not, no, never, n't, 不, 没, 未, 非 or 无 (a word "
            "that merely contains one does not count): denials are overlooked, and superfluous "
            "ones take longer to answer (Bassili & Scott 1996)",
            "Say what is, not what is not; mark `reverse: true` what counts against its scale",
        ),
    },
    find,
)
