"""Send hostile requests to every page of the server, so many to each route.

    python benchmarks/fuzz_pages.py [--count 10000] [--seed 1] [--only ROUTE] [--out FILE]

Requests are drawn as in tests/property/test_hostile_pages.py; every fifth is sent twice. The first
that breaks a page is printed, with the number that draws it again, and ends the run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.hostile_keying import STORED, target
from tests.hostile_requests import ROUTES

EVERY = 10
"""Two of so many, one of each form, are sent a second time."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=10_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", default="")
    words.add_argument("--out", type=Path)
    asked = words.parse_args()
    routes = [route for route in (*ROUTES, *STORED) if asked.only in {"", route}]
    lines = ["route,requests,taken,told what is wrong,refused,failed,cpu ms a request"]
    for route in routes:
        started = time.process_time()
        told = asyncio.run(tried(route, asked.count, asked.seed))
        spent = 1000 * (time.process_time() - started) / asked.count
        taken = sum(many for status, many in told.items() if status < 400)
        failed = sum(many for status, many in told.items() if status >= 500)
        total = sum(told.values())
        numbers = (total, taken, told[422], total - taken - told[422] - failed, failed)
        lines.append(",".join([route, *map(str, numbers), f"{spent:.2f}"]))
        print(lines[-1], json.dumps(dict(sorted(told.items()))), flush=True)
    if asked.out:
        asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


async def tried(route: str, count: int, seed: int) -> Counter[int]:
    """Send so many to a route; gives status -> how often."""
    told: Counter[int] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        pages = target(route, Path(folder), "core-40")
        others = pages if route in STORED else target(route, Path(folder), "coordinator")
        for number in range(count):
            tried_on = others if number % 2 else pages
            drawn = tried_on.drawn(random.Random(f"{seed} {number}"))  # noqa: S311 - no secret
            try:
                reply = await tried_on.send(drawn, twice=number % EVERY < 2)
            except Exception:
                print(f"{route}, number {number}: {drawn}", file=sys.stderr)
                raise
            told[reply.status] += 1
    return told


if __name__ == "__main__":
    main()
