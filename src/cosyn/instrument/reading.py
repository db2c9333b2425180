"""How long texts are to read, and how long a questionnaire takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.questionnaire import Questionnaire

_HAN = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHARACTER = re.compile(f"[{_HAN}]")
_WORD = re.compile(rf"[^\W_{_HAN}]+(?:['’-][^\W_{_HAN}]+)*")
WORDS_A_MINUTE = 238
"""Silent reading of English non-fiction by adults (Brysbaert 2019, J. Mem. Lang. 109, 104047)."""
CHARACTERS_A_MINUTE = 330
"""Silent reading of Chinese: 255 characters a minute aloud (Trauzettel-Klosinski & Dietz 2012,
Invest. Ophthalmol. Vis. Sci. 53, 5452) times 238/183, silent over oral rate (Brysbaert 2019)."""
SECONDS_AN_ANSWER = 3.0
"""To decide and mark, so that a question of 20 words with four short options takes the ten
seconds that Pew Research Center reports for one that stands alone (Decoded, 8 December 2022).
An allowance, not a measurement: time the pilot."""


def words(text: str) -> int:
    """Count what is read as a unit: a word, or a character where words have no blanks."""
    return len(_WORD.findall(text)) + characters(text)


def characters(text: str) -> int:
    """Count Chinese characters and kana."""
    return len(_CHARACTER.findall(text))


def seconds(text: str) -> float:
    """Time to read a text silently."""
    han = characters(text)
    return 60 * ((words(text) - han) / WORDS_A_MINUTE + han / CHARACTERS_A_MINUTE)


def minutes(questionnaire: Questionnaire, language: str) -> float:
    """Time that a respondent who reads everything once and leaves nothing out will need."""
    reading = sum(map(seconds, _read(questionnaire, language)))
    return (reading + SECONDS_AN_ANSWER * len(questionnaire.questions)) / 60


def _read(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    """Every text before the last answer, labels once a block."""
    yield questionnaire.title[language]
    yield questionnaire.introduction[language]
    yield questionnaire.consent.get(language, "")
    for page in questionnaire.pages:
        yield page.title[language]
        yield page.instruction[language]
        for block in page.blocks:
            yield from (q.text[language] for q in block.questions)
            yield from (o.label[language] for o in block.response_format.options)
            yield from (m.label[language] for m in block.missing)
