"""Words that no dictionary has -> the names of an archive, in the other writing, that sound like them.

What the archive holds is found in the index by its pairs of characters and the beginnings of its words; whether it is
a name, in some passages that hold it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from math import exp
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer, cut_of
from indexer.analysis.fold import fold
from indexer.analysis.scripts import runs
from indexer.engines.base import Engine, Request
from indexer.nodes import Node, Term
from indexer.payload import load_text
from indexer.vocabulary.foreign_sounds import ForeignSounds, foreign_sounds
from search.phrases import places
from search.sounding import LEAST_LETTERS, LONGEST_NAME, in_characters, in_letters

# Fits from which on a name may be shown; others only rank.
LEAST_SHOWN = -0.8
# Spellings that are looked for in passages, names that are found, and passages that show whether one is a name.
_MOST_TRIED, _MOST_FOUND, _MOST_READ = 200, 5, 5
# Of the occurrences that are read, those that must be a name.
_PART = 0.5


class Sounding(NamedTuple):
    """A name that the archive holds, its weight up to 1, and how well it fits by sound: 0 at best."""

    text: str
    weight: float
    certainty: float


class ForeignNames:
    """Finds the names of an archive by sound. `is_word` tells of Han characters whether they are a word, not a name."""

    def __init__(self, engine: Engine, analyzer: Analyzer, is_word: Callable[[str], bool]) -> None:
        self._engine, self._analyzer, self._is_word = engine, analyzer, is_word

    @cached_property
    def _sounds(self) -> ForeignSounds:
        return foreign_sounds()

    def may_be_name(self, han: str) -> bool:
        """Tell whether Han characters are all of those of foreign names."""
        return 2 <= len(han) <= LONGEST_NAME and self._sounds.characters.issuperset(han)

    def in_chinese(self, word: str) -> list[Sounding]:
        """Return the Chinese names that sound like a folded English word, the likeliest first."""
        if len(word) < LEAST_LETTERS or not (word.isascii() and word.isalpha()) or not self._is_capitalised(word):
            return []
        held = self._held(in_characters(word, self._sounds, self._holds, _MOST_TRIED))
        return self._soundings((han, self._sounds.score(han, word)) for han in held if self._stands_alone(han))

    def in_english(self, han: str) -> list[Sounding]:
        """Return the English words, as they stand in `text`, that sound like a folded Chinese name."""
        if not self.may_be_name(han):
            return []
        words = in_letters(han, self._sounds, self._begins, self._holds, _MOST_FOUND)
        return self._soundings((word, self._sounds.score(han, word)) for word in words if self._is_capitalised(word))

    def _soundings(self, scored: Iterable[tuple[str, float]]) -> list[Sounding]:
        found = sorted(scored, key=lambda pair: -pair[1])
        # The mean chance of a letter.
        return [Sounding(text, exp(score), score) for text, score in found]

    def _holds(self, term: str) -> bool:
        return self._engine.passages_with("text", term) > 0

    def _begins(self, letters: str) -> bool:
        return bool(self._engine.terms("text", letters, 1))

    def _held(self, spellings: Sequence[str]) -> list[str]:
        """Return the first of some names that the archive holds."""
        nodes = tuple(_node(han) for han in spellings)
        if not nodes:
            return []
        counts = self._engine.search(Request(rank=nodes[0], limit=1, counts=nodes)).counts
        return [han for han, count in zip(spellings, counts, strict=True) if count][:_MOST_FOUND]

    def _stands_alone(self, han: str) -> bool:
        """Tell whether a name mostly stands between other words, and not across or within them."""
        is_name = [is_one for text in self._texts(_node(han)) for is_one in self._is_name(han, text)]
        return bool(is_name) and sum(is_name) >= _PART * len(is_name)

    def _is_name(self, han: str, text: str) -> Iterator[bool]:
        folded = fold(text)
        for run in runs(folded.key):
            if run.kind == "han" and han in run.text:
                spans = [*self._analyzer.segmenter.word_spans(cut_of(folded, run))]
                for match in re.finditer(han, run.text):
                    inside = [
                        run.text[start:end] for start, end in spans if start < match.end() and end > match.start()
                    ]
                    yield "".join(inside) == han and not any(len(word) > 1 and self._is_word(word) for word in inside)

    def _is_capitalised(self, word: str) -> bool:
        """Tell whether a word mostly begins with a capital, where the archive holds it; true where it does not."""
        found = [match for text in self._texts(Term("text", word)) for match in _whole(word).findall(text)]
        return not found or sum(match[0].isupper() for match in found) >= _PART * len(found)

    def _texts(self, node: Node) -> Iterator[str]:
        """Yield some passages that hold what a node finds."""
        ranking = self._engine.search(Request(rank=node, limit=_MOST_READ, by_passage=True))
        for article in ranking.articles:
            for passage in article.passages:
                yield load_text(passage.payload, passage.passage_id, passage.article_id).text


def _node(han: str) -> Node:
    found = places(han)
    assert found is not None
    return found.node("text")


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){word}(?![^\W_])", re.IGNORECASE)
