"""Time `survey analyze`: the full plan, `--quick`, and again after a change of one step.

1,200 respondents in 200 departments, drawn anew; elapsed seconds and versions are printed.
"""

from __future__ import annotations

import argparse
import platform
import re
import tempfile
import time
from pathlib import Path

from cosyn import run, workflow
from cosyn.crew import cores
from cosyn.study import create
from cosyn.workflow.importing import import_


def main() -> None:
    """Make a study in a folder that is removed afterwards, and time its runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave the full plan out")
    parser.add_argument("--jobs", type=int, default=cores())
    chosen = parser.parse_args()
    print(platform.platform(), run.versions(), f"jobs {chosen.jobs}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "study"
        create(root)
        population = root / "analysis" / "population.yaml"
        text = population.read_text(encoding="utf-8")
        text = re.sub(
            r"(?m)^respondents_per_department: \d+", "respondents_per_department: 6", text
        )
        population.write_text(text, encoding="utf-8")
        import_(root, workflow.simulate(root, departments=200).file)
        timed("quick, nothing known", root, chosen.jobs, hurried=True)
        timed("quick, nothing changed", root, chosen.jobs, hurried=True)
        if chosen.quick:
            return
        timed("full, nothing known", root, chosen.jobs)
        timed("full, nothing changed", root, chosen.jobs)
        plan = root / "analysis" / "plan.yaml"
        text = plan.read_text(encoding="utf-8")
        changed = text.replace("favourable: [IP, EP]", "favourable: [EP, IP]")
        plan.write_text(changed, encoding="utf-8")
        timed("full, one step changed", root, chosen.jobs)


def timed(what: str, root: Path, jobs: int, *, hurried: bool = False) -> None:
    """Run the plan once and print the seconds."""
    started = time.perf_counter()
    done = workflow.analyze(root, hurried=hurried, jobs=jobs)
    seconds = time.perf_counter() - started
    print(f"{what:<24} {seconds:7.1f} s, {len(done.from_cache)} steps known")


if __name__ == "__main__":
    main()
