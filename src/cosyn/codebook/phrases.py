"""The fixed phrases around the questions, in any language of the instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.i18n import Catalogue, catalogue, catalogue_languages

if TYPE_CHECKING:
    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Questionnaire

PACKAGE = "cosyn.exporters"
_LENT = "en"


def phrases(questionnaire: Questionnaire, language: str) -> Catalogue:
    """Fixed phrases in a language: the program's own, or those of the instrument's language file.

    What a language file leaves out is lent by English.
    """
    if language in catalogue_languages(PACKAGE):
        return catalogue(PACKAGE, language)
    own = questionnaire.phrases.get(language, {})
    return Catalogue(language, {**catalogue(PACKAGE, _LENT).phrases, **own})


def phrase(questionnaire: Questionnaire, key: str, **values: object) -> Text:
    """One phrase in every language of the questionnaire."""
    return {
        language: phrases(questionnaire, language)(key, **values)
        for language in questionnaire.languages
    }
