"""Real articles and jieba's word counts -> how frequent characters are, in `indexer/sources/data/characters.json`.

    python -m benchmarks.character_shares FOLDER [--out FILE]

FOLDER holds articles in UTF-8, Chinese of both scripts and English. One in five (`is_held_out`) is left for measuring.
Han characters are counted in the articles and, as the language of the press, in jieba's dictionary, whose words are
weighted by their counts and converted to Traditional with opencc; each of the three counts weighs the same. Everything
else is counted in the articles: how frequent a character is within its kind, and which kind follows which. Articles of
one field tell little of marks and foreign letters, so half the weight of those goes to all of their kind alike. What is
kept are shares, as rounded logarithms; no text.
"""

from __future__ import annotations

import argparse
import json
import math
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import jieba
import opencc

from indexer.sources.plausibility import DATA_FILE, kind_of

SUFFIXES = (".md", ".txt")
# Rarer characters of a kind are not listed: about one in 20 million.
LEAST_SHARE = 5e-8
# About how many characters there are of the kinds whose weight is spread, and how much of it is.
SIZES = {"wide": 600, "accented": 100, "mark": 100, "symbol": 1000, "foreign": 20000}
SPREAD = 0.5
# The share of all pairs of kinds that is spread over them alike.
SPREAD_PAIRS = 0.02
FROM = "made by benchmarks/character_shares.py: -ln of shares, of characters in their kind and of kinds after a kind"


def is_held_out(name: str) -> bool:
    """Tell whether an article is left for measuring."""
    return zlib.crc32(name.encode()) % 5 == 0


def texts(folder: Path) -> Iterator[str]:
    """Yield the texts of a folder that are not held out."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and not is_held_out(path.name):
            yield path.read_bytes().decode("utf-8-sig", "ignore")


def press() -> tuple[Counter[str], Counter[str]]:
    """Return the characters of jieba's dictionary, weighted, in Simplified and in Traditional."""
    converter = opencc.OpenCC("s2t")
    simplified: Counter[str] = Counter()
    traditional: Counter[str] = Counter()
    for line in jieba.get_dict_file():
        word, count = line.decode("utf-8").split()[:2]
        for counts, form in ((simplified, word), (traditional, converter.convert(word))):
            for character in form:
                counts[character] += int(count)
    return simplified, traditional


def shares(counts: Counter[str], kind: str) -> dict[str, float]:
    """Return the share of each character of a kind."""
    of_kind = {character: count for character, count in counts.items() if kind_of(character) == kind}
    total = sum(of_kind.values())
    spread = SPREAD if kind in SIZES else 0.0
    return {
        character: (1 - spread) * count / total + spread / SIZES.get(kind, 1) for character, count in of_kind.items()
    }


def by_cost(given: dict[str, float], most: int) -> dict[str, str]:
    """Return characters together by -ln of their share, in halves, `most` at most."""
    groups: dict[float, list[str]] = {}
    for character, share in given.items():
        if share >= LEAST_SHARE:
            cost = min(round(-math.log(share) * 2), most) / 2
            groups.setdefault(cost, []).append(character)
    return {str(cost): "".join(sorted(groups[cost])) for cost in sorted(groups)}


def follows(pairs: Counter[tuple[str, str]], kinds: list[str]) -> dict[str, dict[str, float]]:
    """Return for each kind -ln of the share of each kind that follows it."""
    table: dict[str, dict[str, float]] = {}
    for kind in kinds:
        total = sum(pairs[kind, other] for other in kinds)
        table[kind] = {
            other: round(-math.log((1 - SPREAD_PAIRS) * pairs[kind, other] / total + SPREAD_PAIRS / len(kinds)), 1)
            for other in kinds
        }
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=DATA_FILE)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    kinds: dict[str, str] = {}
    for text in texts(options.folder):
        counts.update(text)
        kinds.update((character, kind_of(character)) for character in set(text) - kinds.keys())
        pairs.update(pairwise([kinds[character] for character in text]))
    listed = {kind: shares(counts, kind) for kind in sorted(set(kinds.values()) - {"wrong"})}
    of_han = [listed["han"], *(shares(one, "han") for one in press())]
    listed["han"] = {
        character: sum(one.get(character, 0) for one in of_han) / len(of_han) for one in of_han for character in one
    }
    unlisted = {kind: round(-math.log(SPREAD / size), 1) for kind, size in SIZES.items()}
    figures = {
        "from": FROM,
        "costs": {kind: by_cost(one, math.ceil(unlisted.get(kind, 99) * 2) - 1) for kind, one in listed.items()},
        "unlisted": unlisted,
        "follows": follows(pairs, sorted(listed)),
    }
    options.out.write_text(json.dumps(figures, ensure_ascii=False, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
