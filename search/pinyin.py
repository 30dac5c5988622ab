"""Latin words -> the Chinese words of the index that they spell: xijinping, xi jinping, or their initials, xjp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product

from indexer.engines.base import Engine
from indexer.vocabulary.sounds import beginning_with, readings, syllables

# Words of one syllable are too many, of more than this there are none.
_SYLLABLES = range(2, 9)
# Of two initials anything is spelled.
_INITIALS = range(3, 7)
# Words that are looked for in place of one.
MOST_SPELLED = 5
# Words of a query that may be one Chinese word: a syllable each, or a name's two halves.
_MOST_JOINED = 4
# A word of fewer letters (women, china, long) is one of its own language, unless fewer passages than this hold it.
_SURE_LETTERS, _FEW = 6, 5
# Times that what was typed may be commoner than the word it spells: landing is not 兰丁.
_TIMES = 10


def spelled(words: Sequence[str], engine: Engine, limit: int = MOST_SPELLED) -> tuple[str, ...]:
    """Return the Chinese words of the index that Latin words, folded and side by side, spell, most frequent first."""
    return tuple(term for term, _ in spelled_terms(words, engine, limit))


def spelled_terms(words: Sequence[str], engine: Engine, limit: int = MOST_SPELLED) -> list[tuple[str, int]]:
    """Return the same with how many passages hold each. Initials count only where nothing is spelled in full."""
    found: dict[str, int] = {}
    for places in _whole(words):
        found.update(engine.terms_like("zh", places, limit))
    if not found and len(words) == 1 and len(words[0]) in _INITIALS:
        found.update(engine.terms_like("zh", [beginning_with(letter) for letter in words[0]], limit))
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def spelled_in(groups: Iterable[Sequence[str]], engine: Engine) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return for words of a query, which stand side by side in each group, the words of the index that they spell.

    Several words are pinyin if they have three syllables and more; one of few letters if the index hardly holds it. A
    Chinese word that is far rarer than what was typed is not what it means.
    """
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for group in groups:
        at = 0
        while at < len(group):
            for size in range(min(_MOST_JOINED, len(group) - at), 0, -1):
                joined = group[at : at + size]
                if words := _meant(joined, engine):
                    found[tuple(joined)] = words
                    break
            at += size
    return found


def _meant(words: Sequence[str], engine: Engine) -> tuple[str, ...]:
    """Return the words of the index that words of a query are likely to mean as pinyin."""
    held = min(engine.passages_with("text", word) for word in words)
    letters = sum(map(len, words))
    if len(words) == 1 and held >= _FEW and letters < _SURE_LETTERS:
        return ()
    if len(words) > 1 and not any(len(way) > 2 for way in _whole(words)):
        return ()
    return tuple(term for term, passages in spelled_terms(words, engine) if passages * _TIMES >= held)


def begun(letters: str, engine: Engine, limit: int) -> list[tuple[str, int]]:
    """Return the Chinese words of the index whose pinyin, or initials, begin so, with how many passages hold each."""
    found: dict[str, int] = {}
    for way in readings(letters, is_open=True):
        places = [*(syllables()[syllable] for syllable in way[:-1]), beginning_with(way[-1])]
        found.update(engine.terms_like("zh", places, limit, is_open=True))
    if not found and len(letters) in (2, *_INITIALS):
        found.update(engine.terms_like("zh", [beginning_with(one) for one in letters], limit, is_open=True))
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _whole(words: Sequence[str]) -> Iterator[list[str]]:
    """Yield the characters that may stand at each place, for each way to read the words."""
    for ways in product(*map(readings, words)):
        way = list(chain.from_iterable(ways))
        if len(way) in _SYLLABLES:
            yield [syllables()[syllable] for syllable in way]
