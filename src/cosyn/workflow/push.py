"""The verb that sends a questionnaire to a running survey platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.study import locate
from cosyn.terminal import Tell, silent

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.publish import TargetLoss
    from cosyn.push.limesurvey import Pushed


@dataclass(frozen=True, slots=True)
class PushedSurvey:
    """A questionnaire on a survey platform: what it holds, and what it could never express."""

    pushed: Pushed
    losses: tuple[TargetLoss, ...]


def push_limesurvey(
    folder: Path | None,
    url: str,
    user: str,
    password: str,
    *,
    form: str | None = None,
    progress: Tell = silent,
) -> PushedSurvey:
    """Import a form of the instrument into a LimeSurvey and read it back.

    Raises
    ------
    ExtraError
        If the library that talks to LimeSurvey is not installed.
    ServerError
        If LimeSurvey does not answer, or refuses.
    """
    from cosyn.fielding.settings import handed_out
    from cosyn.publish import publish
    from cosyn.push.limesurvey import push
    from cosyn.push.session import connected

    instrument = handed_out(locate(folder).instrument)
    published = publish(instrument, ["limesurvey"], instrument.languages, form=form)
    (content,) = published.files.values()
    progress("logging in")
    with connected(url, user, password) as call:
        return PushedSurvey(push(content, call, progress), published.losses)
