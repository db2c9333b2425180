"""Respondents who fill in the default form over HTTP: link, consent, pages, overview, hand-in.

    python benchmarks/fielding_load.py [--at-once 16 200] [--people 400]
    python benchmarks/fielding_load.py --open 2000 --think 20 --seconds 120
    python benchmarks/fielding_load.py --database own --workers 2
    python benchmarks/fielding_load.py --proxy

Nobody pauses, unless `--think` says how many seconds a page takes on average; `--open` has so many
at once; they come within the time that a page takes. `--seconds` ends a run before all are done.
`--database own` starts a PostgreSQL server for the time, `--proxy` an nginx with TLS and a path
prefix. The client shares the machine with the server: of the figures, the server's processor time
for a completed questionnaire depends least on that. Prints JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.loaded_wave import Served, codes, crowd, free_port, new_wave, people, versions
from tests.nginx import BASE, PREFIX, nginx_before
from tests.postgresql import postgresql_server

WARM = 8
"""Who answer before the clock starts: the first pages are made from files."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--at-once", type=int, nargs="+", default=[16, 200])
    words.add_argument("--people", type=int, default=400)
    words.add_argument("--open", type=int, default=0)
    words.add_argument("--think", type=float, default=0.0)
    words.add_argument("--seconds", type=float)
    words.add_argument("--database", default="")
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--proxy", action="store_true")
    asked = words.parse_args()
    counts = [asked.open] if asked.open else asked.at_once
    runs = [measured(count, asked) for count in counts]
    told = {"versions": versions(), "processors": os.cpu_count(), "runs": runs}
    print(json.dumps(told, indent=1))


def measured(at_once: int, asked: argparse.Namespace) -> dict[str, object]:
    """One wave with so many respondents at once."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        database = asked.database
        if database == "own":
            database = opened.enter_context(postgresql_server()).new_database("load")
        study, tokens = new_wave(folder, max(asked.people, at_once) + WARM, database)
        more = ("--base-url", BASE) if asked.proxy else ()
        server = Served(study, free_port(), database, asked.workers, more=more)
        server.start()
        opened.callback(server.stop)
        offered, door, way = codes(), server.port, {}
        if asked.proxy:
            proxy = opened.enter_context(nginx_before(server.port))
            door, way = proxy.https, {"tls": proxy.trust(), "prefix": PREFIX}
        failed = asyncio.run(crowd(people(tokens[:WARM], door, **way), WARM, offered))
        assert not failed, failed[0]
        group = people(tokens[WARM:], door, think=asked.think, **way)
        busy, idle, started = server.cpu_seconds(), server.resident_mb(), time.perf_counter()
        asking = time.process_time()
        failed = asyncio.run(crowd(group, at_once, offered, asked.seconds))
        took, used = time.perf_counter() - started, server.cpu_seconds() - busy
        asking = time.process_time() - asking
        done = sum(person.handed_in for person in group)
        seconds = sorted(s for person in group for s in person.browser.seconds)
        refused = sum(n for p in group for s, n in p.browser.statuses.items() if s >= 400)
        return {
            "stores": "postgresql" if database else "sqlite",
            "workers": asked.workers,
            "proxy": "nginx, TLS" if asked.proxy else "",
            "at once": at_once,
            "think": asked.think,
            "items": len(offered),
            "completed": done,
            "seconds": round(took, 1),
            "completed a second": round(done / took, 2),
            "requests a second": round(len(seconds) / took, 1),
            "p50 ms": round(1000 * seconds[len(seconds) // 2], 1),
            "p95 ms": round(1000 * seconds[len(seconds) * 95 // 100], 1),
            "server cpu ms a completed": round(1000 * used / done, 1) if done else None,
            "server cpu ms a request": round(1000 * used / len(seconds), 2),
            "client cpu ms a request": round(1000 * asking / len(seconds), 2),
            "resident MB": round(server.resident_mb(), 1),
            "resident MB before": round(idle, 1),
            "proportional MB": round(server.proportional_mb(), 1),
            "broken": len(failed),
            "replies of 400 and more": refused,
            "load average": round(os.getloadavg()[0], 1),
        }


if __name__ == "__main__":
    main()
