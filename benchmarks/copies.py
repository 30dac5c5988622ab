"""Are copies of one report found, and only those? Generated edits of real articles, and the articles themselves.

    python -m benchmarks.copies FOLDER [--draws 1000] [--seed 1] [--pairs FILE] [--json FILE]

Draws articles of FOLDER, edits each in every kind of way, and looks for copies among all articles and all edits. An
edit is found if it is joined with its original. What else is joined is wrong, unless the originals are copies
themselves: those are counted, and listed in FILE, to be read. Articles at one path in two folders of FOLDER are taken
for versions in two languages or scripts.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import opencc

from indexer.cleaning import clean
from indexer.model import FOREIGN_KINDS, Article, Passage
from indexer.passages import cut_passages
from indexer.sentences import split_sentences
from indexer.sources import read_articles
from indexer.sources.source import ReadOptions, SourceFile
from indexer.stories.evidence import Records, joined, records_of, similarity, story_of
from indexer.stories.pairs import ALIKE, SHORTEST, SHORTEST_BY_ANOTHER_NAME, near_pairs

HAN = "\u3400-\u9fff"
WORD = re.compile(f"[{HAN}]{{2}}|[A-Za-z]{{4,}}")
FOOTER = (
    "\n責任編輯：王小明　攝影：李大華。本文版權所有，未經書面授權不得轉載。更多新聞請下載本報應用程式。"
    "\nSubscribe to our newsletter. All rights reserved; no part may be reproduced without permission."
)
CHANGED_WORDS = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What is edited of an article."""

    path: str
    title: str
    text: str
    published: date | None = None
    source: str = ""
    url: str = ""

    @property
    def id(self) -> str:
        return self.path

    @property
    def passages(self) -> list[Passage]:
        return [Passage("", "", "body", "", self.text, 0, len(self.text))]


class Editor:
    """Makes edits; `others` are what sentences are borrowed from."""

    def __init__(self, others: Sequence[Told], dice: random.Random) -> None:
        self._others = others
        self._dice = dice
        self._converters = opencc.OpenCC("t2s"), opencc.OpenCC("s2t")

    def edits(self) -> dict[str, Callable[[Told], Told]]:
        """Return the kinds of edits by their names."""
        return {
            "other script": self.in_other_script,
            "white space and width of marks": self.respaced,
            f"{CHANGED_WORDS} words changed": self.with_words,
            "a sentence left out": self.shortened,
            "a sentence added": self.extended,
            "a footer": lambda told: replace(told, text=told.text + FOOTER),
            "another headline": self.renamed,
            f"another headline, {CHANGED_WORDS} words, script": lambda told: self.renamed(
                self.with_words(self.in_other_script(told))
            ),
        }

    def in_other_script(self, told: Told) -> Told:
        simplified, traditional = (
            replace(told, title=converter.convert(told.title), text=converter.convert(told.text))
            for converter in self._converters
        )
        return simplified if simplified != told else traditional

    def respaced(self, told: Told) -> Told:
        text = re.sub(r"\s+", "\n\n", told.text).translate(str.maketrans("，：；？！（）", ",:;?!()"))
        return replace(told, text=text)

    def with_words(self, told: Told) -> Told:
        words = list(WORD.finditer(told.text))
        text = told.text
        for word in sorted(self._dice.sample(words, min(CHANGED_WORDS, len(words))), key=lambda word: -word.start()):
            text = text[: word.start()] + ("其他" if word.group() > "z" else "another") + text[word.end() :]
        return replace(told, text=text)

    def shortened(self, told: Told) -> Told:
        sentences = split_sentences(told.text)
        del sentences[self._dice.randrange(len(sentences))]
        return replace(told, text="".join(sentences))

    def extended(self, told: Told) -> Told:
        sentences = split_sentences(told.text)
        borrowed = self._dice.choice(split_sentences(self._dice.choice(self._others).text))[:120]
        sentences.insert(self._dice.randrange(len(sentences)), borrowed)
        return replace(told, text="".join(sentences))

    def renamed(self, told: Told) -> Told:
        """Take a stretch of the text for the headline, as another editor would say it in the report's words."""
        words = [word.group() for word in WORD.finditer(told.text)]
        start = self._dice.randrange(max(1, len(words) - 6))
        return replace(told, title=" ".join(words[start : start + 6]))


def read(folder: Path) -> Iterator[tuple[Article, tuple[Passage, ...]]]:
    """Yield the articles of a folder with their passages."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        file = SourceFile(path.read_bytes(), path.relative_to(folder).as_posix(), str(path), ReadOptions())
        try:
            for reading in read_articles(file):
                if not isinstance(reading, Exception):
                    article = clean(reading.article)
                    yield article, cut_passages(article)
        except Exception as error:
            print(f"{path}: {error}")


def pairs_among(records: Records) -> set[tuple[int, int]]:
    """Return all pairs that are near, and those of each exact copy with the next."""
    found = (zip(pairs.one.tolist(), pairs.other.tolist(), strict=True) for pairs in near_pairs(records))
    return {(min(pair), max(pair)) for pairs in found for pair in pairs}


def groups_of(pairs: set[tuple[int, int]]) -> dict[int, int]:
    """Return for each article that is in a pair the smallest one that it is joined with."""
    beside: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        beside[one].add(other)
        beside[other].add(one)
    leader: dict[int, int] = {}
    for start in sorted(beside):
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place not in leader:
                leader[place] = start
                waiting += beside[place]
    return leader


def edited(originals: Sequence[Told], records: Records, draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Return recall and precision for each kind of edit and size of story."""
    dice = random.Random(seed)
    sizes = records["size"]
    known = groups_of(pairs_among(records))
    results: dict[str, dict[str, float]] = {}
    for least, most in ((SHORTEST, SHORTEST_BY_ANOTHER_NAME), (SHORTEST_BY_ANOTHER_NAME, 300), (300, 1 << 30)):
        places = np.flatnonzero((sizes >= least) & (sizes < most)).tolist()
        chosen = sorted(dice.sample(places, min(draws, len(places))))
        for kind, edit in Editor(originals, dice).edits().items():
            made = records_of([(told, told.passages) for told in (edit(originals[place]) for place in chosen)])
            pairs = pairs_among(joined([records, made]))
            results[f"{kind}, {least} units and more"] = judged(pairs, known, chosen, len(records))
    return results


def judged(pairs: set[tuple[int, int]], known: dict[int, int], chosen: Sequence[int], count: int) -> dict[str, float]:
    """Compare pairs with the originals that the edits, from `count` on, are of."""
    leader = groups_of(pairs)
    right = sum(leader.get(count + i, -1 - i) == leader.get(place, place) for i, place in enumerate(chosen))
    wrong = 0
    for one, other in pairs:
        if other >= count:
            first, second = chosen[other - count], chosen[one - count] if one >= count else one
            wrong += known.get(first, first) != known.get(second, second)
    return {
        "n": len(chosen),
        "recall": round(right / max(1, len(chosen)), 4),
        "precision": round(right / max(1, right + wrong), 4),
    }


def versions(originals: Sequence[Told], records: Records) -> dict[str, int]:
    """Count articles that stand at one path in two folders, those that are alike, and those taken for copies."""
    by_path: dict[str, list[int]] = defaultdict(list)
    for place, told in enumerate(originals):
        by_path[told.path.partition("/")[2]].append(place)
    beside = [
        (one, other) for path, places in by_path.items() if path for i, one in enumerate(places) for other in places[:i]
    ]
    leader = groups_of(pairs_among(records))
    runs = {place: story_of(originals[place], originals[place].passages)[1] for pair in beside for place in pair}
    alike = [pair for pair in beside if similarity(runs[pair[0]], runs[pair[1]]) >= ALIKE]
    joined_ones = [pair for pair in beside if leader.get(pair[0], -1) == leader.get(pair[1], -2)]
    exact = [pair for pair in beside if records["exact"][pair[0]] == records["exact"][pair[1]] != 0]
    return {
        "pairs": len(beside),
        "alike": len(alike),
        "exact": len(exact),
        "taken for copies": len(joined_ones),
        "of these alike or exact": len({*alike, *exact} & {*joined_ones}),
    }


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that some work takes, the best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    articles = list(read(options.folder))
    records = records_of(articles)
    originals = [
        Told(article.id, article.title, "\n".join(one.text for one in passages if one.kind not in FOREIGN_KINDS))
        for article, passages in articles
    ]
    found = sorted(pairs_among(records))
    is_exact = [bool(records["exact"][one] == records["exact"][other]) for one, other in found]
    results = {
        "articles": len(articles),
        "evidence_ms": round(timed(lambda: records_of(articles)) / len(articles) * 1000, 4),
        "pairs_ms": round(timed(lambda: pairs_among(records)) / len(articles) * 1000, 4),
        "record_bytes": records.itemsize,
        "near": is_exact.count(False),
        "exact": is_exact.count(True),
        "versions": versions(originals, records),
        "edits": edited(originals, records, options.draws, options.seed),
    }
    if options.pairs:
        lines = [f"{originals[one].path}\t{originals[other].path}\n" for one, other in found]
        options.pairs.write_text("".join(lines), "utf-8")
    text = json.dumps(results, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
