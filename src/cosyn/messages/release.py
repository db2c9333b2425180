"""What the verb `survey release` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.workflow.release import ReleasedFiles


def released_json(done: ReleasedFiles) -> dict[str, Any]:
    """Spell out the disclosure report and the files."""
    report = {key: value for key, value in done.report.items() if key != "schema"}
    return {**report, "files": done.files}


def released_lines(done: ReleasedFiles) -> Iterator[str]:
    """Say what protection did, and where the files are."""
    s = done.summary
    yield (
        f"{s.stored:,} responses: {s.published:,} published, {s.suppressed:,} suppressed, "
        f"{s.screened_out:,} screened out"
    )
    yield (
        f"k = {done.k}: {s.before.below_k:,} records shared their quasi-identifiers with fewer, "
        f"{s.before.unique:,} with nobody; now {s.after.below_k:,} and {s.after.unique:,}"
    )
    yield (
        f"An attacker who knows everybody's finds {s.attack_before.success:.1%} before, "
        f"{s.attack_after.success:.1%} after; at most {s.attack_after.worst:.1%} for anybody"
    )
    for key in s.keys:
        if key.bands or key.suppressed:
            bands = "; ".join("+".join(band) for band in key.bands) or "none"
            yield f"  {key.name}: bands merged {bands}; {key.suppressed:,} cells suppressed"
    yield from (f"Wrote {file}" for file in done.files)
    if not done.files:
        yield "Nothing was written (--dry-run)"
