"""SurveyJS's own library as referee of SurveyJS forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.referees.tools import ask

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NEEDED = ("node", "survey-core")


def judge(forms: Iterable[Path]) -> list[dict[str, Any]]:
    """Load forms as a browser would, and return what the library makes of each.

    Each has `errors` (of loading), `expressions` (places of those that make no sense), `findings`
    (of the linter: severity, path, message) and `locales`: for each the questions, panels opened,
    with `name`, `type`, `title`, `rowOrder`, and `rows`, `columns`, `choices` as pairs of value and
    text. A text is None where the form has none in that locale and another would be shown.
    """
    found: list[dict[str, Any]] = ask("survey_core.mjs", {"files": [str(form) for form in forms]})
    return found
