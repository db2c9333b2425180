"""What the verb `push` says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cosyn.messages import MOST_SHOWN, counted, lost_lines

if TYPE_CHECKING:
    from cosyn.workflow.push import PushedSurvey


def pushed_json(done: PushedSurvey) -> dict[str, Any]:
    """Spell out what a survey platform holds."""
    return {**asdict(done.pushed), "losses": [asdict(x) for x in done.losses]}


def pushed_lines(done: PushedSurvey) -> list[str]:
    """Say whether a survey platform holds what was sent, and what it holds otherwise."""
    pushed = done.pushed
    count = len(pushed.differences)
    outcome = counted(count, "difference") if count else "all equal"
    lines = [
        f"Survey {pushed.survey} is in LimeSurvey and not yet active",
        f"{pushed.compared:,} texts, codes and settings read back: {outcome}",
    ]
    for d in pushed.differences[:MOST_SHOWN]:
        place = ", ".join(filter(None, (d.item, d.language, d.field)))
        lines.append(f"Differs, {place}: sent {d.sent!r}, held {d.held!r}")
    if count > MOST_SHOWN:
        lines.append(f"and {count - MOST_SHOWN:,} more; --json lists them all")
    lines += lost_lines(done.losses)
    if count:
        return [*lines, "Do not activate it: delete it, mend what differs, and push again"]
    return [*lines, "Next: look through it in LimeSurvey, then activate it there"]
