"""Titles and passages -> the queries of each kind, the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.speed.corpus import Library, Streams
from indexer.analysis.analyzer import default_analyzer
from indexer.analysis.stopwords import stopwords

KINDS = ("OR", "OR + 3 stop words", "AND", "phrase", "prefix")
_HAN = re.compile("[\u4e00-\u9fd5]{4,}")
_WORDS = 3


@dataclass(frozen=True, slots=True)
class WordQuery:
    """A question to one field, in terms: their kind is one of `KINDS`."""

    kind: str
    terms: tuple[str, ...]


def word_queries(library: Library, streams: Streams, count: int, seed: int) -> dict[str, list[WordQuery]]:
    """Draw the queries of each kind for passages: words of titles, and phrases of passages."""
    dice = random.Random(seed)
    counts = np.bincount(streams.numbers, minlength=len(streams.terms))
    occurring = {term for term, number in zip(streams.terms, counts.tolist(), strict=True) if number}
    drawn = list(_words_of_titles(library.titles, occurring, dice, count))
    common = tuple(streams.terms[i] for i in np.argsort(-counts, kind="stable")[:3].tolist())
    phrases = list(_phrases(streams, dice, len(drawn)))
    return {
        "OR": [WordQuery("OR", words) for words in drawn],
        "OR + 3 stop words": [WordQuery("OR", (*words, *common)) for words in drawn],
        "AND": [WordQuery("AND", words) for words in drawn],
        "phrase": [WordQuery("phrase", words) for words in phrases],
        "prefix": [WordQuery("prefix", (dice.choice(words)[0],)) for words in drawn],
    }


def _words_of_titles(
    titles: Sequence[str], occurring: set[str], dice: random.Random, count: int
) -> Iterator[tuple[str, ...]]:
    """Yield three words of each of `count` titles that have so many that say something and occur."""
    for title in dice.sample(titles, len(titles)):
        if count == 0:
            return
        terms = dict.fromkeys(default_analyzer().terms(title).zh)
        words = [term for term in terms if len(term) > 1 and term in occurring and term not in stopwords()]
        if len(words) >= _WORDS:
            count -= 1
            yield tuple(dice.sample(words, _WORDS))


def _phrases(streams: Streams, dice: random.Random, count: int) -> Iterator[tuple[str, ...]]:
    """Yield two words that stand side by side in a passage, `count` times."""
    lengths = np.diff(streams.starts)
    long_enough = np.flatnonzero(lengths > 1).tolist()
    for _ in range(count if long_enough else 0):
        stream = streams.stream(dice.choice(long_enough))
        place = dice.randrange(len(stream) - 1)
        yield tuple(stream[place : place + 2])


def typed_queries(
    titles: Sequence[tuple[str, str]], texts: Sequence[str], terms: Streams, count: int, seed: int
) -> dict[str, list[str]]:
    """Draw queries as users type them: `titles` with their languages, `texts` of passages, `terms` of `zh`."""
    dice = random.Random(seed)
    counts = np.bincount(terms.numbers, minlength=len(terms.terms))
    by_frequency = [terms.terms[i] for i in np.argsort(-counts, kind="stable").tolist() if counts[i]]
    words = list(_words_of_titles([title for title, _ in titles], set(by_frequency), dice, count))
    chinese = [title for title, lang in titles if lang.startswith("zh")]
    english = [title for title, lang in titles if lang == "en" and len(title.split()) > 1]
    runs = [run for text in texts for run in _HAN.findall(text)]
    telling = [term for term in by_frequency if len(term) > 1 and term not in stopwords()][:count]
    return {
        "three words": [" ".join(three) for three in words],
        "three + 3 stop words": [" ".join((*three, *by_frequency[:3])) for three in words],
        "whole title": dice.sample(chinese, min(count, len(chinese))),
        "quoted phrase": [f'"{_stretch(run, dice)}"' for run in dice.sample(runs, min(count, len(runs)))],
        "English title": dice.sample(english, min(count, len(english))),
        "one common word": telling,
        "one character": [dice.choice(three)[0] for three in words],
    }


def _stretch(run: str, dice: random.Random) -> str:
    start = dice.randrange(len(run) - 3)
    return run[start : start + 4]
