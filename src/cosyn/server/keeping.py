"""What is stored of a respondent, in plain words: drawn up from the settings of the wave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.server.texts import phrases

if TYPE_CHECKING:
    from cosyn.server.types import Survey


@dataclass(frozen=True, slots=True)
class Keeping:
    """A lead, a line for each thing that is or is not stored, and who runs the survey."""

    lead: str
    lines: tuple[str, ...]
    contact: str


def keeping(survey: Survey, language: str) -> Keeping:
    """Say what is stored.

    Parameters
    ----------
    language : str
        BCP 47 tag of one of the questionnaire's languages.
    """
    t = phrases(language)
    anonymous = survey.mode == "anonymous"
    kind = "" if anonymous else "_identified"
    lines = [t(f"keeping.answers{kind}"), t("keeping.draft"), t(f"keeping.not_kept{kind}")]
    lines.append(t(f"keeping.batch{kind}", **({"others": survey.k - 1} if anonymous else {})))
    if survey.keep_language:
        lines.append(t(f"keeping.language{kind}", **({"k": survey.k} if anonymous else {})))
    if survey.keep_minutes:
        lines.append(t("keeping.minutes"))
    lines += [t("keeping.cookie"), t("keeping.limit")]
    contact = survey.contact.get(language, "")
    return Keeping(
        t("keeping.lead_anonymous" if anonymous else "keeping.lead_identified"),
        tuple(lines),
        t("keeping.contact", contact=contact) if contact else "",
    )
