"""Words as they were typed -> the words that a hit must hold one of, each with the node that finds it.

A word is what a reader takes for one: jieba's word of two characters and more, a Latin word with its hyphens, a
number with the measure words that stand at it (2025年9月19日), kana or hangul that stand together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer, cut_of, key_places
from indexer.analysis.fold import Folded, fold
from indexer.analysis.latin import latin_words, stem
from indexer.analysis.scripts import Run, is_han, runs
from indexer.analysis.stopwords import stopwords
from indexer.nodes import AnyOf, Node, Term
from search.numbers import number_spans
from search.phrases import Places, other_places, places_of_runs
from search.scopes import Scope


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query: as typed, where its places must stand, and for a Latin one its stem.

    `others` are its places with numbers written in other ways, `span` is where it was typed first.
    """

    text: str
    places: Places
    stem: str = ""
    is_function_word: bool = False
    others: tuple[Places, ...] = ()
    span: tuple[int, int] = field(default=(0, 0), compare=False)

    @property
    def is_ranked(self) -> bool:
        """Whether the fields `zh` and `en` and the pairs of `text` hold the word, so that its terms rank it."""
        return bool(self.stem) or (not self.places.prefix and is_han(self.places.terms[0]))

    def node(self, scope: Scope) -> Node:
        """Return the node that finds the word, whole, in the fields of a scope."""
        stems = tuple([Term(field, self.stem) for field in scope.stems]) if self.stem else ()
        is_stem = stems and len(self.places.terms) == 1
        return AnyOf((*stems, *_nodes(self.others if is_stem else (self.places, *self.others), scope)))

    def unranked(self, scope: Scope) -> tuple[Node, ...]:
        """Return what finds the word where its terms do not rank it."""
        if not self.is_ranked:
            return (self.node(scope),)
        return (AnyOf(_nodes(self.others, scope)),) if self.others else ()


def _nodes(found: Sequence[Places], scope: Scope) -> tuple[Node, ...]:
    return tuple([node for part in found for node in part.either(scope.streams).nodes])


def words_of(text: str, analyzer: Analyzer) -> list[Word]:
    """Return the different words of `text`, in order. Function words are marked if there are any others."""
    folded = fold(text)
    numbers = number_spans(folded.key)
    found: dict[tuple[Places, str], Word] = {}
    for unit in _units(_pieces(folded, analyzer)):
        for group in _groups(unit):
            places = _places(group)
            start, end = group[0].start, group[-1].end
            others = other_places(folded.key[start:end]) if any(start <= at < end for at, _ in numbers) else ()
            span = folded.span(start, end)
            own = group[0].stem if len(group) == 1 else ""
            word = Word(text[slice(*span)], places, own, _is_function_word(group), others, span)
            found.setdefault((places, word.stem), word)
    words = list(found.values())
    if all(word.is_function_word for word in words):
        return [replace(word, is_function_word=False) for word in words]
    return words


def units_of(text: str, analyzer: Analyzer) -> list[Places]:
    """Return the places of what was typed together and is more than one word, to highlight where it stands whole."""
    folded = fold(text)
    return [_places(unit) for unit in _units(_pieces(folded, analyzer)) if len(unit) > 1]


class Cut(NamedTuple):
    """Where a piece stands in the key of a text, and whether it is a known word, or one of letters and digits."""

    start: int
    end: int
    is_known: bool


def cuts_of(text: str, analyzer: Analyzer) -> list[Cut]:
    """Return the pieces that a text is cut into, in order; words that jieba guessed are not known."""
    return [Cut(piece.start, piece.end, _is_known(piece, analyzer)) for piece in _pieces(fold(text), analyzer)]


def _is_known(piece: _Piece, analyzer: Analyzer) -> bool:
    first = piece.runs[0]
    return len(piece.runs) > 1 or first.kind != "han" or analyzer.segmenter.knows(first.text)


def seams_of(text: str, analyzer: Analyzer) -> list[Places]:
    """Return the pairs of a lone character with its neighbours, where jieba has cut a name that it does not know.

    涞滩镇隶属于 is cut 涞 · 滩 · 镇 · 隶属于; no word of it is 涞滩, but the pair is.
    """
    seams: dict[Places, None] = {}
    for unit in _units(_pieces(fold(text), analyzer)):
        for one, other in pairwise(unit):
            lone = (one.is_lone and not _is_function_word([one])) or (other.is_lone and not _is_function_word([other]))
            if lone and one.runs[-1].kind == other.runs[0].kind == "han":
                seams[Places((one.runs[-1].text[-1] + other.runs[0].text[0],))] = None
    return list(seams)


def guesses_of(text: str, analyzer: Analyzer) -> list[Places]:
    """Return the pairs inside longer words that jieba guessed, perhaps wrongly: of 潘淑是 one is 潘淑."""
    han = (piece.runs[0].text for piece in _pieces(fold(text), analyzer) if [run.kind for run in piece.runs] == ["han"])
    guessed = [word for word in han if len(word) > 2 and not analyzer.segmenter.knows(word)]
    return list(dict.fromkeys(Places((word[i : i + 2],)) for word in guessed for i in range(len(word) - 1)))


class _Piece(NamedTuple):
    """One of jieba's words, a Latin word, a number with what it counts, or another character.

    Its runs, and the stem of a Latin word.
    """

    runs: tuple[Run, ...]
    stem: str = ""

    @property
    def start(self) -> int:
        return self.runs[0].start

    @property
    def end(self) -> int:
        return self.runs[-1].end

    @property
    def is_lone(self) -> bool:
        """Whether it is a Han character by itself."""
        return len(self.runs) == 1 and self.runs[0].kind == "han" and len(self.runs[0].text) == 1

    @property
    def is_number(self) -> bool:
        return all(run.text.isdecimal() for run in self.runs)


def _places(pieces: Sequence[_Piece]) -> Places:
    """Return the places of pieces side by side; Han runs that touch are one run, as they are in a text."""
    joined: list[Run] = []
    for run in (run for piece in pieces for run in piece.runs):
        if joined and joined[-1].kind == run.kind == "han" and joined[-1].end == run.start:
            joined[-1] = Run("han", joined[-1].start, run.end, joined[-1].text + run.text)
        else:
            joined.append(run)
    places = places_of_runs(joined)
    assert places is not None
    return places


def _pieces(folded: Folded, analyzer: Analyzer) -> list[_Piece]:
    """Return the pieces of a text in order; of Latin words joined by hyphens only the whole."""
    found = runs(folded.key)
    pieces: list[_Piece] = []
    for run in found:
        if run.kind == "han":
            pieces += _jieba_words(folded, run, analyzer)
        elif run.kind == "character":
            pieces.append(_Piece((run,)))
    latin: list[_Piece] = []
    for word in latin_words(folded.key, found):
        while latin and latin[-1].start >= word.first.start:
            latin.pop()  # a part of this one
        latin.append(_Piece(word.runs, stem(word.text)))
    inside = {run for piece in latin for run in piece.runs}
    kept = [piece for piece in pieces if piece.runs[0] not in inside]  # the signs of C++ and C# are in their word
    return _with_numbers(sorted([*kept, *latin], key=lambda piece: piece.start), number_spans(folded.key))


def _with_numbers(pieces: Sequence[_Piece], numbers: Sequence[tuple[int, int]]) -> list[_Piece]:
    """Join the pieces that numbers were cut into."""
    joined: list[_Piece] = []
    ends = iter(numbers)
    start, end = next(ends, (0, 0))
    for piece in pieces:
        while end and end <= piece.start:
            start, end = next(ends, (0, 0))
        if joined and start < joined[-1].end and piece.start < end:
            joined[-1] = _Piece((*joined[-1].runs, *piece.runs))
        else:
            joined.append(piece)
    return joined


def _jieba_words(folded: Folded, run: Run, analyzer: Analyzer) -> Iterator[_Piece]:
    at = key_places(folded.key, run)
    for start, end in analyzer.segmenter.word_spans(cut_of(folded, run)):
        yield _Piece((Run("han", at[start], at[end - 1] + 1, run.text[start:end]),))


def _units(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Yield pieces that were typed together, with nothing between them."""
    unit: list[_Piece] = []
    for piece in pieces:
        if unit and piece.start != unit[-1].end:
            yield unit
            unit = []
        unit.append(piece)
    if unit:
        yield unit


def _groups(unit: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Yield the pieces of each word.

    Lone Han characters beside whole words are particles and leftovers and make no word; alone they are a name that
    jieba does not know.
    """
    has_words = not all(piece.is_lone for piece in unit)
    group: list[_Piece] = []
    for piece in [*unit, None]:
        if group and (piece is None or not _belong(group[-1], piece)):
            if not (has_words and all(one.is_lone for one in group)):
                yield group
            group = []
        if piece is not None:
            group.append(piece)


def _belong(one: _Piece, other: _Piece) -> bool:
    """Tell whether two pieces side by side are one word: characters, or numbers and what measures them."""
    characters = one.runs[0].kind == other.runs[0].kind == "character"
    measured = (one.is_lone or one.is_number) and (other.is_lone or other.is_number)
    return characters or measured


def _is_function_word(group: Sequence[_Piece]) -> bool:
    return len(group) == 1 and "".join(run.text for run in group[0].runs) in stopwords()
