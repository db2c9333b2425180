"""Damage small files of every kind in many ways and import them: only a named fault may come out.

Bytes are flipped, cut out, doubled and put in; lines and cells change places; archives are packed
again around damaged parts. A child does the reading, so that a crash or a hang of a native library
is seen and named with its seed. Libraries that users meet in a process of their own are called
within the child, which is many times as fast; what breaks it there is read again as users do.
Run as

    python benchmarks/fuzz_import.py [--files 10000] [--kinds delimited,excel,...]

The last line of each kind says how many were read, how many refused, what went wrong, and the most
memory that the reading took. What a library prints by itself counts as wrong.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cosyn.errors import SurveyError
from cosyn.importers import read_responses
from cosyn.instrument.load import load_instrument
from cosyn.study import bundled
from cosyn.tables import RawTable, _calamine, _labelled

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS, MEGABYTES = 20, 1500
HERE = "here"
TOKENS = (
    *(b'"', b"'", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b",", b";", b"\t", b"\r", b"\n"),
    *(b"\r\n", b"=1+1", b"<", b"&", b"9" * 400, b"1e999", b"NaN", b"\xe4\xb8", b"PK\x03\x04"),
    *(b"{question_not_shown}", b"item,value,respondent\n", b'{"ImportId":"Q1"}', b"startlanguage"),
    "序号,提交答卷时间,所用时间".encode(),
)
ITEMS = 4


def originals(folder: Path, asked: str) -> dict[str, bytes]:
    """One small, sound file of each kind; old workbooks only where they are asked for, or all."""
    instrument = load_instrument(bundled() / "instrument")
    items = [i.id for i in instrument.items if instrument.response_format(i).kind == "options"]
    frame = pd.DataFrame(
        {"department": ["D1", "D2", "部门"]}
        | {item: [float(1 + (i + j) % 5) for j in range(3)] for i, item in enumerate(items[:ITEMS])}
    )
    texts = frame.astype(str).replace(r"\.0$", "", regex=True)
    found = {
        "delimited": texts.to_csv(index=False).encode(),
        "quoted": (
            '"id";"submitdate";"lastpage";"startlanguage";"' + items[0] + '"\n"1";;"1";"en";"3"\n'
        ).encode(),
        "json": texts.to_json(orient="records", force_ascii=False).encode(),
    }
    texts.to_excel(folder / "t.xlsx", index=False)
    found["excel"] = (folder / "t.xlsx").read_bytes()
    import pyreadstat

    pyreadstat.write_sav(frame, folder / "t.sav", variable_value_labels={items[0]: {1: "x"}})
    pyreadstat.write_sav(frame, folder / "t.zsav", compress=True)
    pyreadstat.write_dta(frame, folder / "t.dta")
    pyreadstat.write_dta(frame.replace("部门", "D3"), folder / "t.dta8", version=8)
    short = frame.rename(columns={"department": "DEPT"} | {i: i[:8] for i in items})
    pyreadstat.write_por(short.replace("部门", "D3"), folder / "t.por")
    found |= {
        name: (folder / f"t.{name}").read_bytes() for name in ("sav", "zsav", "dta", "dta8", "por")
    }
    # Not packed, so that damage gets past the unpacking.
    frame.to_parquet(folder / "t.parquet", index=False, compression=None)
    found["parquet"] = (folder / "t.parquet").read_bytes()
    for suffix in [s for s in ("xls", "ods") if not asked or s in asked.split(",")]:
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             "--convert-to", suffix, "--outdir", str(folder), str(folder / "t.xlsx")],
            capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode == 0 and (folder / f"t.{suffix}").is_file():
            found[suffix] = (folder / f"t.{suffix}").read_bytes()
    return found


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Damage a file; an archive is, as often as not, packed again around a damaged part."""
    if content.startswith(b"PK") and draw.random() < 0.6:
        return _repacked(content, draw)
    return _mutated(content, draw)


def _mutated(content: bytes, draw: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        place = draw.randrange(len(data) + 1)
        match draw.randrange(6):
            case 0 if data:
                data[place % len(data)] ^= 1 << draw.randrange(8)
            case 1:
                del data[place : place + draw.choice((1, 2, 7, 100))]
            case 2:
                data[place:place] = draw.choice(TOKENS)
            case 3:
                other = draw.randrange(len(data) + 1)
                data[place:place] = data[other : other + draw.choice((1, 5, 50))]
            case 4 if draw.random() < 0.3:
                del data[place:]
            case _:
                data[place : place + 4] = draw.randbytes(4)
    return bytes(data)


def _repacked(content: bytes, draw: random.Random) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        names = old.namelist()
        hit = draw.choice(names)
        for name in names:
            part = old.read(name)
            if name == hit:
                if draw.random() < 0.1:
                    continue
                part = _mutated(part, draw)
            new.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()


def child(kind: str, first: int, last: int, folder: Path, where: str) -> None:
    """Read the files of some seeds; print a line for each, with the memory taken until then."""
    limit = MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    if where == HERE:
        _calamine.apart = _labelled.apart = _at_once
    instrument = load_instrument(bundled() / "instrument")
    content = (folder / f"original.{kind}").read_bytes()
    path = folder / f"damaged.{kind}"
    for seed in range(first, last):
        print(seed, "begun", 0, flush=True)
        path.write_bytes(damaged(content, random.Random(seed)))  # noqa: S311 - no secret
        # Nobody handles it, so that it ends native code as well.
        signal.alarm(SECONDS if where == HERE else 5 * SECONDS)
        try:
            read_responses(path, instrument)
        except SurveyError as fault:
            word = fault.code
        else:
            word = "read"
        signal.alarm(0)
        print(seed, word, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000, flush=True)


def _at_once(function: Callable[..., RawTable], path: Path, *more: str) -> RawTable:
    return function(str(path), *more)


@dataclass
class Outcomes:
    """How many files were read or refused, and by which code; and what went wrong."""

    words: Counter[str] = field(default_factory=Counter)
    broke: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    peak: int = 0


def run(kind: str, files: int, folder: Path) -> Outcomes:
    """Read so many damaged files; a child that dies or hangs is replaced after its seed.

    What broke the child is read again as users read it, with the library in a process of its own.
    """
    found = Outcomes()
    first = 0
    while first < files:
        said, how = _child(kind, first, files, folder, HERE)
        found.words.update(word for _, word, _ in said if word != "begun")
        found.peak = max([found.peak, *(megabytes for *_, megabytes in said)])
        if not said or said[-1][1] != "begun":
            return found
        seed = said[-1][0]
        first = seed + 1
        again, ended = _child(kind, seed, first, folder, "apart")
        if again[-1][1] == "begun" or ended:
            found.wrong.append(f"seed {seed}: {ended}")
        else:
            found.words[again[-1][1]] += 1
            found.broke.append(f"seed {seed} broke the library: {how}")
    return found


def _child(
    kind: str, first: int, last: int, folder: Path, where: str
) -> tuple[list[tuple[int, str, int]], str]:
    """What a child said of its seeds, and how it ended: nothing if well and without a word."""
    command = [sys.executable, __file__, "--child", kind, str(first), str(last), str(folder), where]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line.split(" ") for line in done.stdout.splitlines() if line.count(" ") == 2]
    said = [(int(seed), word, int(megabytes)) for seed, word, megabytes in lines]
    last_words = "".join(done.stderr.strip().splitlines()[-1:])[:150]
    code = {0: "", -signal.SIGALRM: "hung "}.get(done.returncode, f"died ({done.returncode}) ")
    return said, f"{code}{last_words}"


def main() -> None:
    """Print what became of the files of each kind."""
    if sys.argv[1:2] == ["--child"]:
        kind, first, last, folder, where = sys.argv[2:]
        child(kind, int(first), int(last), Path(folder), where)
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--kinds", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = originals(folder, asked.kinds)
        for kind in asked.kinds.split(",") if asked.kinds else sound:
            (folder / f"original.{kind}").write_bytes(sound[kind])
            started = time.perf_counter()
            found = run(kind, asked.files, folder)
            refused = sum(n for w, n in found.words.items() if w.startswith(("response", "store")))
            print(
                f"{kind}: {found.words['read']} read, {refused} refused, "
                f"{len(found.broke)} of these broke a library, {len(found.wrong)} went wrong, "
                f"{time.perf_counter() - started:.0f} s, {found.peak} MB"
            )
            for word in [*found.wrong, *found.broke][:20]:
                print("   ", word)


if __name__ == "__main__":
    main()
