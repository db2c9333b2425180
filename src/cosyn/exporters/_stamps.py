"""What is stored beside each respondent's answers, so that they can be traced to their wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosyn.instrument.questionnaire import Questionnaire


def stamps(questionnaire: Questionnaire) -> dict[str, str]:
    """Name -> value, of letters, digits, ``.``, ``-`` and ``_``; the department if it is known."""
    found = {
        "instrument": questionnaire.instrument,
        "version": questionnaire.version,
        "digest": questionnaire.digest,
        "form": questionnaire.form,
        "order": str(questionnaire.order),
    }
    return found | ({"department": questionnaire.department} if questionnaire.department else {})
