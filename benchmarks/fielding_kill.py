"""Kill the server of a wave while people answer, fill its disk, and look for what was lost.

    python benchmarks/fielding_kill.py [--rounds 20] [--full 3] [--people 12]

A round kills the server (SIGKILL) at a random moment, checks the files, looks for every page of
answers whose receipt had reached a respondent, and starts the server again; respondents send again
what was not acknowledged. `--full`: the disk has no space left for a while (a small file system in
memory, which root may mount). At the end everybody hands in, and every envelope is opened: each
person's answers must lie in exactly one. Prints JSON; ends with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.killed_wave import full_disk, killed
from tests.loaded_wave import versions


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=20)
    words.add_argument("--full", type=int, default=0)
    words.add_argument("--people", type=int, default=12)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    told: dict[str, object] = {"versions": versions()}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        if asked.rounds:
            found = killed(Path(folder) / "killed", asked.rounds, asked.people, asked.seed)
            told["killed"] = found.told()
            wrong += found.wrong
        if asked.full:
            found = full_disk(Path(folder) / "full", asked.full, asked.people, asked.seed)
            told["full disk"] = found.told()
            wrong += found.wrong
    print(json.dumps(told, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
