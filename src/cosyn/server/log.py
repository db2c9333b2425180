"""A line of JSON for what whoever runs the server must know; of respondents it says nothing."""

from __future__ import annotations

import json
import sys
import traceback
from datetime import UTC, datetime

from cosyn.errors import SurveyError


def note(event: str, /, **details: object) -> None:
    """Write one line: the time to the minute, what happened, and details without persons.

    A time to the second, beside somebody who watches the network, could tell who handed in.
    """
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
    line = json.dumps({"at": at, "event": event, **details}, ensure_ascii=False, default=str)
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def fault(problem: BaseException) -> dict[str, object]:
    """What to say of an error: never its text, in which an answer or a link could stand."""
    if isinstance(problem, SurveyError):
        return {"code": problem.code, "where": problem.where, "what": problem.what}
    frames = traceback.extract_tb(problem.__traceback__)[-6:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    return {"error": type(problem).__name__, "at_lines": places}
