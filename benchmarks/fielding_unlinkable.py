"""How well whoever holds stores, backups and raw files of a wave guesses whose answers are whose.

    python benchmarks/fielding_unlinkable.py [WAVES]

Each wave has 200 people in 20 departments and is watched after every event. Half of the waves
choose the best attack, the other half tell what it is worth. Prints JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.wave_attacks import hits, watched_wave, with_all_keys, without_keys

from cosyn import __version__


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    waves = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(count):
            waves.append(watched_wave(Path(folder) / str(seed), seed=seed))
            print(f"\rwave {seed + 1} of {count}", end="", file=sys.stderr)
    print(file=sys.stderr)
    chosen, tried = waves[: count // 2], waves[count // 2 :]
    attacks = without_keys()
    name = max(attacks, key=lambda n: mean([hits(w, attacks[n](w)) for w in chosen]))
    keyed = [(hits(w, guess), crowd) for w in waves for guess, crowd in [with_all_keys(w)]]
    result = {
        "cosyn": __version__,
        "waves": count,
        "people": len(waves[0].truth),
        "without keys": {
            "best attack": name,
            "share right": round(mean([hits(w, attacks[name](w)) for w in tried]), 4),
            "chance": round(mean([w.chance() for w in tried]), 4),
            "all attacks": {
                n: round(mean([hits(w, a(w)) for w in waves]), 4) for n, a in attacks.items()
            },
        },
        "with every key and every backup": {
            "share right": round(mean([h for h, _ in keyed]), 4),
            "one in the batch": round(mean([1 / s for _, c in keyed for s in c.values()]), 4),
            "fewest people in a batch": min(s for _, c in keyed for s in c.values()),
        },
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
