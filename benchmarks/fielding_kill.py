"""Break the machine of a wave while people answer, again and again, and look for what was lost.

    python benchmarks/fielding_kill.py [--killed 20] [--full 3] [--read-only 3] [--cut 4]
                                       [--database 4] [--clock 5] [--at-once 12] [--seed 1]

So many respondents answer at once, one after another, every third over a bad line: each POST
twice, some at the same moment, autosaves out of order, from two tabs, and old pages sent again. A
round breaks something:

killed     the server is killed (SIGKILL) and started again
full       the disk has no byte left until people are refused (a file system in memory, for root)
read-only  the disk can be read and not written to (ext4 in a file, for root)
cut        the disk loses what was not synced and is dead, as at a power cut (likewise); in both
           kinds it is checked and mounted anew, and the server started again
database   PostgreSQL is killed and started again, or one of its processes is; two processes serve
clock      the server's clock is put back or ahead (needs libfaketime)

Each time the stores are checked (integrity_check, `survey field verify`) and every draft is opened
with its token: what was acknowledged is there, no page by half, and nothing else. At the end all
hand in, and every envelope is opened with the wave's private key: each person's answers lie in
exactly one. Whoever is not served may see 503 and no other status. Prints JSON; ends with 1 if
anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.broken_machine import false_clock
from tests.kept_answers import Found
from tests.killed_wave import (
    full_disk,
    jumping_clock,
    killed,
    killed_database,
    power_cut,
    read_only_disk,
)
from tests.loaded_wave import versions

Kind = Callable[..., Found]


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    library = false_clock()
    kinds: dict[str, Kind] = {
        "killed": killed,
        "full": full_disk,
        "read-only": read_only_disk,
        "cut": power_cut,
        "database": killed_database,
    }
    if library:
        kinds["clock"] = partial(jumping_clock, library=library)
    for kind in (*kinds, "clock") if library is None else kinds:
        words.add_argument(f"--{kind}", type=int, default=0, metavar="ROUNDS")
    words.add_argument("--at-once", type=int, default=12)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    if asked.clock and library is None:
        words.error("--clock needs libfaketime (Debian: apt-get install faketime)")
    told: dict[str, object] = {"versions": versions()}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, night in kinds.items():
            if rounds := getattr(asked, kind.replace("-", "_")):
                found = night(Path(folder) / kind, rounds, at_once=asked.at_once, seed=asked.seed)
                told[kind] = found.told()
                wrong += found.wrong
                print(f"{kind}: {rounds} rounds, {len(found.wrong)} wrong", file=sys.stderr)
    print(json.dumps(told, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
