"""Words as they were typed -> the words that a hit must hold one of, each with the node that finds it.

A word is what a reader takes for one: jieba's word of two characters and more, a Latin word with its hyphens, a
number with the measure words that stand at it (2025年9月19日), kana or hangul that stand together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.analysis.analyzer import Analyzer, cut_of, key_places
from indexer.analysis.fold import Folded, fold
from indexer.analysis.latin import stem
from indexer.analysis.scripts import Run, is_han, runs
from indexer.analysis.stopwords import stopwords
from indexer.nodes import AnyOf, Node, Term
from search.phrases import Places, places_of_runs


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query: as typed, where its places must stand, and for a Latin one its stem."""

    text: str
    places: Places
    stem: str = ""
    is_function_word: bool = False

    @property
    def is_ranked(self) -> bool:
        """Whether the fields `zh` and `en` and the pairs of `text` hold the word, so that its terms rank it."""
        return bool(self.stem) or (not self.places.prefix and is_han(self.places.terms[0]))

    @property
    def node(self) -> Node:
        """The node that finds the word in an article's text or title, whole."""
        if self.stem:
            found: list[Node] = [Term("en", self.stem), Term("title_en", self.stem)]
            if len(self.places.terms) > 1:
                found += (self.places.node("text"), self.places.node("title_text"))
            return AnyOf(tuple(found))
        return AnyOf((self.places.node("text"), self.places.node("title_text")))


def words_of(text: str, analyzer: Analyzer) -> list[Word]:
    """Return the different words of `text`, in order. Function words are marked if there are any others."""
    folded = fold(text)
    found: dict[tuple[Places, str], Word] = {}
    for unit in _units(folded.key, list(runs(folded.key))):
        for group, is_function_word in _groups(folded, unit, analyzer):
            places = places_of_runs(group)
            assert places is not None
            start, end = folded.span(group[0].start, group[-1].end)
            stemmed = stem("".join(run.text for run in group)) if all(run.kind == "word" for run in group) else ""
            word = Word(text[start:end], places, stemmed, is_function_word)
            found.setdefault((places, stemmed), word)
    words = list(found.values())
    if all(word.is_function_word for word in words):
        return [Word(word.text, word.places, word.stem) for word in words]
    return words


def _units(key: str, found: Sequence[Run]) -> Iterator[list[Run]]:
    """Yield runs that stand together: nothing between them, or a hyphen between Latin words."""
    unit: list[Run] = []
    for run in found:
        if unit and not (run.start == unit[-1].end or _is_hyphened(key, unit[-1], run)):
            yield unit
            unit = []
        unit.append(run)
    if unit:
        yield unit


def _is_hyphened(key: str, one: Run, other: Run) -> bool:
    return one.kind == other.kind == "word" and other.start == one.end + 1 and key[one.end] == "-"


def _groups(folded: Folded, unit: Sequence[Run], analyzer: Analyzer) -> Iterator[tuple[list[Run], bool]]:
    """Yield the runs, whole or cut, of each word of a unit, and whether it is a function word."""
    pieces: list[Run] = []
    for run in unit:
        pieces += _cut_run(folded, run, analyzer) if run.kind == "han" else [run]
    has_words = any(piece.kind != "han" or len(piece.text) > 1 for piece in pieces)
    group: list[Run] = []
    for piece in pieces:
        if group and not _belongs(folded.key, group[-1], piece):
            yield from _word(group, has_words)
            group = []
        group.append(piece)
    yield from _word(group, has_words)


def _belongs(key: str, last: Run, piece: Run) -> bool:
    if last.kind == piece.kind:
        return last.kind == "character" or _is_hyphened(key, last, piece) or (_is_lone(last) and _is_lone(piece))
    return (_is_lone(last) and piece.text.isdecimal()) or (_is_lone(piece) and last.text.isdecimal())


def _is_lone(piece: Run) -> bool:
    return piece.kind == "han" and len(piece.text) == 1


def _word(group: list[Run], has_words: bool) -> Iterator[tuple[list[Run], bool]]:
    """Lone Han characters beside whole words are particles and leftovers; alone they are a name jieba does not know."""
    if all(map(_is_lone, group)) and has_words:
        return
    is_function_word = len(group) == 1 and group[0].text in stopwords()
    yield group, is_function_word


def _cut_run(folded: Folded, run: Run, analyzer: Analyzer) -> list[Run]:
    """Cut a Han run into jieba's words, each a run of its own."""
    at = key_places(folded.key, run)
    return [
        Run("han", at[start], at[end - 1] + 1, run.text[start:end])
        for start, end in analyzer.segmenter.word_spans(cut_of(folded, run))
    ]
