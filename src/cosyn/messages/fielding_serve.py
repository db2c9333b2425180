"""What `survey field` says before it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cosyn.workflow.fielding_serve import Served

_SHUT = {
    "early": "It is not open yet, and says so. `survey field schedule` changes that",
    "over": "Its time is over, and it says so. `survey field schedule` changes that",
    "paused": "It is paused, and says so. `survey field schedule` ends that",
    "closed": "It was closed for good, and says so",
}


_KEY = (
    "Answers are sealed for keys/answers.key: copy it to a safe place now, and take it off this "
    "machine; without it nobody can read them"
)


def served_json(served: Served) -> dict[str, Any]:
    """Where the questionnaire is."""
    return {
        "link": served.link,
        "wave": served.wave,
        "mode": served.mode,
        "state": served.state,
        "demonstration": served.demonstration,
    }


def served_lines(served: Served) -> list[str]:
    """Say where the questionnaire is, and what to do now."""
    if served.demonstration:
        return [
            f"Demonstration, for training: {served.link}",
            *served.qr.splitlines(),
            "Nothing that is entered there is written anywhere; it ends with this program",
            "Stop with Ctrl+C",
        ]
    lines = [f"Wave {served.wave} ({served.mode}) is served at {served.link}/"]
    lines += served.qr.splitlines()
    if served.state in _SHUT:
        lines.append(_SHUT[served.state])
    if served.local:
        lines.append(
            "Only this machine reaches it; give --host 0.0.0.0 for its network, or --base-url "
            "behind a proxy"
        )
    return [
        *lines,
        _KEY,
        "Next: open one link yourself, then send them out; watch with `survey status`",
        "Stop with Ctrl+C: what was saved stays, and the links open it again",
    ]
