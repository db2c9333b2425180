"""What `survey field keying-link` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosyn.workflow.fielding_keying import KeyingLink


def keying_lines(done: KeyingLink) -> list[str]:
    """Show the link and its QR code, or say how many were taken back."""
    if not done.link:
        return [f"Withdrawn: {done.withdrawn} keying links"]
    return [
        f"Keying link: {done.link}",
        *done.qr.splitlines(),
        "It is shown this once. A sheet must be finished with the link that began it",
    ]
