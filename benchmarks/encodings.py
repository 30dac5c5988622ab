"""Are texts read back exactly, whatever their encoding? Pieces of real texts, encoded, and decoded without its name.

    python -m benchmarks.encodings FOLDER [--trials 10000] [--seed 1] [--libraries] [--show]

FOLDER holds markdown and text files in UTF-8, and JSON Lines whose records have a `text`; of the files those are used
that `character_shares.py` did not count. Each trial draws a piece, of 20 to 99 and of 100 to 2,000 characters in turn,
and encodes it in each encoding that can hold it. Pieces of ASCII alone are left out, but for UTF-16. Prints the share
read back exactly, beside those of detection libraries with `--libraries` (pip install chardet charset-normalizer
faust-cchardet chardetng-py), and how fast large files are read. Exits with 1 below the targets.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.character_shares import SUFFIXES, is_held_out
from indexer.errors import SourceError
from indexer.sources.encoding import decode

ENCODINGS = [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb2312", "gbk", "gb18030", "big5", "cp950", "big5hkscs",
    "cp1252",
]  # fmt: skip
LENGTHS = {"20-99": (20, 99, 0.98), "100-2000": (100, 2000, 0.999)}
SPEED_BYTES = 4 << 20

Reader = Callable[[bytes], str]


def texts(folder: Path) -> list[str]:
    """Return the texts of a folder that were not counted."""
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and is_held_out(path.name):
            found.append(path.read_text("utf-8-sig", "ignore"))
        elif path.name == "passages.jsonl":
            found += [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines() if line]
    return found


def wensou(data: bytes) -> str:
    """Read with what is measured."""
    try:
        return decode(data).text
    except SourceError:
        return ""


def by_library(detect: Callable[[bytes], str | None]) -> Reader:
    """Return a reader that trusts a library, and reads the supersets of the encodings that it names."""
    supersets = {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "utf-8", "utf-8": "utf-8-sig", "big5": "big5hkscs"}

    def read(data: bytes) -> str:
        name = (detect(data) or "utf-8").lower().replace("_", "-")
        try:
            return data.decode(supersets.get(name, name)).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            return ""

    return read


def libraries() -> dict[str, Reader]:
    """Return readers by the libraries that are installed."""
    detectors: dict[str, Callable[[bytes], str | None]] = {}
    for name in ("chardet", "charset_normalizer", "cchardet", "chardetng_py"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        if name == "chardetng_py":
            detectors[name] = lambda data, module=module: module.detect(data, allow_utf8=True)
        else:
            detectors[name] = lambda data, module=module: module.detect(data)["encoding"]
    return {name: by_library(detect) for name, detect in detectors.items()}


def draw(found: list[str], least: int, most: int, dice: random.Random) -> str:
    """Return a piece of a random text; of those in ASCII alone one in ten."""
    while True:
        text = dice.choice(found)
        length = dice.randint(least, most)
        start = dice.randint(0, max(len(text) - length, 0))
        piece = text[start : start + length].removeprefix("\ufeff")
        if len(piece) >= least and (not piece.isascii() or dice.random() < 0.1):
            return piece


def encoded(piece: str, encoding: str) -> bytes:
    """Return a piece in an encoding; nothing if that cannot hold it."""
    try:
        data = piece.encode(encoding)
        return data if data.decode(encoding) == piece else b""
    except UnicodeError:
        return b""


def measure(found: list[str], trials: int, seed: int, readers: dict[str, Reader], *, show: bool) -> bool:
    """Print the share read back exactly by length, encoding and reader; tell whether wensou reaches the targets."""
    reached = True
    for name, (least, most, target) in LENGTHS.items():
        dice = random.Random(seed)
        right: Counter[tuple[str, str]] = Counter()
        total: Counter[str] = Counter()
        for _ in range(trials // len(LENGTHS)):
            piece = draw(found, least, most, dice)
            for encoding in ENCODINGS:
                data = encoded(piece, encoding)
                if not data or (piece.isascii() and not encoding.startswith("utf-16")):
                    continue
                total[encoding] += 1
                for reader, read in readers.items():
                    is_right = read(data) == piece
                    right[encoding, reader] += is_right
                    if show and reader == "wensou" and not is_right:
                        print(f"{encoding}: {piece!r} -> {read(data)!r}", file=sys.stderr)
        print(f"\n| {name} characters | n | {' | '.join(readers)} |\n|---|---|{'---|' * len(readers)}")
        for encoding in ENCODINGS:
            shares = [right[encoding, reader] / max(total[encoding], 1) for reader in readers]
            print(f"| {encoding} | {total[encoding]:,} | {' | '.join(f'{share:.2%}' for share in shares)} |")
        everything = {reader: sum(right[encoding, reader] for encoding in ENCODINGS) for reader in readers}
        shares = [everything[reader] / total.total() for reader in readers]
        print(f"| all | {total.total():,} | {' | '.join(f'{share:.2%}' for share in shares)} |")
        reached = reached and shares[0] >= target
    return reached


def measure_speed(found: list[str]) -> None:
    """Print how many MB a second of processor time are read, in files as long as the texts and in one of 4 MB."""
    print("\n| read, MB/s | files | one file | Python's decoder |\n|---|---|---|---|")
    for encoding in ENCODINGS:
        files = [text.encode(encoding, "ignore") for text in found if not text.isascii()][:1000]
        whole = "".join(found).encode(encoding, "ignore")[:SPEED_BYTES]
        size = sum(map(len, files))
        rates = (
            size / best_time(lambda files=files: [wensou(data) for data in files]),
            len(whole) / best_time(lambda whole=whole: wensou(whole)),
            size / best_time(lambda files=files, name=encoding: [data.decode(name, "replace") for data in files]),
        )
        print(f"| {encoding} | {' | '.join(f'{rate / 1e6:,.0f}' for rate in rates)} |")


def best_time(run: Callable[[], object]) -> float:
    """Return the processor time of the quickest of three runs, in seconds."""
    times: list[float] = []
    for _ in range(3):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--libraries", action="store_true", help="measure detection libraries, too")
    parser.add_argument("--show", action="store_true", help="print what was not read back")
    options = parser.parse_args()
    found = texts(options.folder)
    readers = {"wensou": wensou} | (libraries() if options.libraries else {})
    reached = measure(found, options.trials, options.seed, readers, show=options.show)
    measure_speed(found)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
