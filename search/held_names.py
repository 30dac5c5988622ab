"""What an archive holds, and whether it is a name there: told from some passages that hold it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer, cut_of
from indexer.analysis.fold import fold
from indexer.analysis.scripts import runs
from indexer.engines.base import Engine, Request
from indexer.nodes import Node
from indexer.payload import load_text
from search.phrases import places

# Names that are found, and passages that show whether one is a name.
MOST_FOUND, _MOST_READ = 5, 5
# Characters between a name and its title: Minister of Foreign Affairs Wang Yi.
_NEAR = 30
# Of the occurrences that are read, those that must be a name.
_PART = 0.5


class Sounding(NamedTuple):
    """A name that the archive holds, its weight up to 1, and how well it fits by sound: 0 at best."""

    text: str
    weight: float
    certainty: float


class HeldNames:
    """The names of an archive. `is_word` tells of Han characters whether they are a word, and not a name."""

    def __init__(self, engine: Engine, analyzer: Analyzer, is_word: Callable[[str], bool]) -> None:
        self._engine, self._analyzer, self._is_word = engine, analyzer, is_word

    def holds(self, term: str) -> bool:
        """Tell whether a term stands in `text`."""
        return self._engine.holds("text", term)

    def begins(self, letters: str) -> bool:
        """Tell whether a term of `text` begins so."""
        return bool(self._engine.terms("text", letters, 1))

    def pairs(self, first: str, second: str, limit: int) -> list[str]:
        """Return the pairs of one of some characters with one of others, those of most passages first."""
        return [term for term, _ in self._engine.terms_like("text", (first, second), limit)]

    def held(self, names: Sequence[str]) -> list[str]:
        """Return the first MOST_FOUND of some names that stand in `text`."""
        nodes = tuple(_node(name) for name in names)
        if not nodes:
            return []
        counts = self._engine.search(Request(rank=nodes[0], limit=1, counts=nodes)).counts
        return [name for name, count in zip(names, counts, strict=True) if count][:MOST_FOUND]

    def stands_alone(self, han: str) -> bool:
        """Tell whether characters mostly stand between other words, and not across or within them."""
        is_name = [is_one for text in self._texts(han) for is_one in self._are_names(han, text)]
        return bool(is_name) and sum(is_name) >= _PART * len(is_name)

    def is_capitalised(self, name: str) -> bool:
        """Tell whether all words of a name mostly begin with a capital, where the archive holds it; else it is true."""
        found = [match for text in self._texts(name) for match in _written(name).findall(text)]
        return not found or sum(_has_capitals(match) for match in found) >= _PART * len(found)

    def stands_beside(self, name: str, words: re.Pattern[str]) -> bool:
        """Tell whether some words stand shortly before a name, or behind it."""
        return any(
            words.search(text, max(0, match.start() - _NEAR), match.end() + _NEAR)
            for text in self._texts(name)
            for match in _written(name).finditer(text)
        )

    def _are_names(self, han: str, text: str) -> Iterator[bool]:
        """Yield for each place in a text where characters stand whether they are a name there."""
        folded = fold(text)
        for run in runs(folded.key):
            if run.kind == "han" and han in run.text:
                spans = [*self._analyzer.segmenter.word_spans(cut_of(folded, run))]
                for match in re.finditer(han, run.text):
                    own = [run.text[start:end] for start, end in spans if start < match.end() and end > match.start()]
                    yield "".join(own) == han and not any(len(word) > 1 and self._is_word(word) for word in own)

    def _texts(self, name: str) -> Iterator[str]:
        """Yield some passages that hold a name."""
        ranking = self._engine.search(Request(rank=_node(name), limit=_MOST_READ, by_passage=True))
        for article in ranking.articles:
            for passage in article.passages:
                yield load_text(passage.payload, passage.passage_id, passage.article_id).text


def _node(name: str) -> Node:
    found = places(name)
    assert found is not None
    return found.node("text")


def _written(name: str) -> re.Pattern[str]:
    words = r"[\s\-]+".join(map(re.escape, name.split(" ")))
    return re.compile(rf"(?<![^\W_]){words}(?![^\W_])", re.IGNORECASE)


def _has_capitals(text: str) -> bool:
    """Tell whether a name's words do: those behind a hyphen need not, Ing-wen."""
    return all(word[:1].isupper() for word in text.split())
