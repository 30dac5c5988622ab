"""Words of a query -> what they are called in the other language: concepts, each in the forms that the archive holds.

The longest phrase of the dictionary goes first. What the dictionary does not have falls back to its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from indexer.analysis.analyzer import Analyzer, cut_of
from indexer.analysis.fold import Folded, fold, fold_key
from indexer.analysis.latin import LatinWord, latin_words, stem
from indexer.analysis.scripts import Run, runs
from indexer.analysis.stopwords import stopwords
from indexer.nodes import Form, Phrase, Prefix, Synonym, Term
from indexer.vocabulary.aliases import Sense
from indexer.vocabulary.irregular import other_forms
from indexer.vocabulary.translations import FAMILY_LETTERS, Equivalent, Gloss, are_family, key_of
from search.phrases import Places, places

# Words of a query that are looked up together, in jieba's cut and in English.
_LONGEST_CHINESE = 5
_LONGEST_ENGLISH = 4
# Below, figures are MRR@10 of xquad zh->en / en->zh and adobe3 zh-Hans->en / en->zh-Hans, exact sums.
# Of an English translation of several words, each word: .1 .783 and .646, .5 .813 and .664, .7 less.
_GLOSS_WORD = 0.5
_LONGEST_GLOSS = 5
# A translation of which but one word tells, "to be a teacher".
_PARTLY = 0.5
# A lone character: at 0, .3, .6, 1 xquad .800, .806, .810, .798. One within a word that is in no dictionary: .3.
_LONE = 0.5
_CHARACTER = 0.3
# Shorter dictionary words inside of one that is in none.
_PART = 0.6
# An English phrase of n words that has a translation: 1 + .3 (n - 1); each of its words besides.
_PHRASE_GAIN = 0.3
_WORD_OF_PHRASE = 0.3
# Characters that count or place the word beside them and, behind another one, say nothing else: 第三届, 战争中. xquad
# zh->en .890 without them, .891 with.
_GRAMMAR = frozenset("第个名位次届项种支只座所件场条中上下里内外间时")
# An English word as it is, in Chinese text: at .3, .7, 1 xquad .771, .772, .763, adobe3 .662, .674, .681.
_LITERAL = 0.7
# Words of one family, where a word has no translation of its own: xquad en->zh .769 without, .796 with. Beside a
# translation that is sure, defense for defend, they only rank: at 0, .3, .5, .7 xquad zh->en .870, .875, .878, .876. So
# do the translations of the family of an English word: at 0, .2, .3, .5 xquad en->zh .834, .839, .838, .835.
_FAMILY = 0.5
_FAMILY_BESIDE = 0.2
# Translations from this weight on have their family with them: from 0, .6, .9 on xquad zh->en .890, .888, .887; a
# search takes 1.15, 1.0 and 1.0 times the processor time.
_WITH_FAMILY = 0.9
_MOST_RELATIVES = 50
# Forms of one concept, the surest: 8, 16, 30 within .003 of each other but for adobe3 en->zh, .663, .690, .692.
_MOST_FORMS = 16
# Forms of all concepts together, but for the surest of each: long questions say more than once what they are about.
# A sample of adobe3, 40 queries each way, zh-Hans->en / en->zh-Hans / en->zh-Hant: without a bound .695 / .690 / .658,
# 160 the same, 96 .695 / .679 / .629. Mean processor time of 100 other queries, short and long, one run: 56, 50, 47 ms.
_FORMS, _FEWEST_FORMS = 160, 4
# Forms of less than this part of the surest one's weight rank, but find nothing by themselves.
_SURE = 0.5
_LEAST = 0.35  # and so do all of less weight: guesses
# What doubtful translations lose: weights to the power of 1, 1.5, 2, 3 give xquad .816, .808, .798, .779.
_POWER = 1.5
# How far the second stage goes with translations: one of several words is there with these, and counts for them too.
# At 1, .7, .5, .3, 0 of it xquad zh->en .849, .857, .857, .857, .856, en->zh .831, .830, .833, .837, .830; adobe3
# zh-Hans->en / en->zh-Hans, 79 queries, at 1 and .5 .561, .566 / .701, .707.
_TOGETHER = 0.5


class Dictionary(Protocol):
    """Translations in both directions; `stems` as `key_of` has them, `typed` the words themselves, folded."""

    def glosses(self, word: str) -> Sequence[Gloss]: ...
    def equivalents(self, stems: Sequence[str], typed: str = "") -> Sequence[Equivalent]: ...
    def family(self, stem: str) -> Sequence[str]: ...
    def sense(self, word: str) -> Sense: ...


class Archive(Protocol):
    """What an archive holds."""

    def holds(self, field: str, term: str) -> bool: ...
    def terms(self, field: str, prefix: str, limit: int) -> Sequence[tuple[str, int]]: ...


class Names(Protocol):
    """What words that no dictionary has are called in the other language, by how they are read."""

    def english(self, words: Sequence[str], at: int) -> tuple[int, tuple[Way, ...]]: ...
    def chinese(self, words: Sequence[str]) -> tuple[Way, ...]: ...


class Way(NamedTuple):
    """A form of a concept: what finds it in bodies, its weight up to 1, how it is shown; `is_part`: it only ranks.

    A passage that holds one of `unless` means something else by it.
    """

    node: Term | Phrase | Prefix
    weight: float
    text: str
    is_part: bool = False
    unless: tuple[Places, ...] = ()


class Concept(NamedTuple):
    """Words of a query with what they may be called, the surest first; `weight` is beside the other concepts."""

    typed: str
    ways: tuple[Way, ...]
    weight: float = 1.0

    @property
    def sure(self) -> Concept:
        """The same in the forms that say all of it about as surely as the surest, perhaps none; others only rank."""
        whole = [way for way in self.ways if not way.is_part and way.weight >= _LEAST]
        return self._replace(ways=tuple(way for way in whole if way.weight >= _SURE * whole[0].weight))

    def node(self, prefix: str = "") -> Synonym:
        """Return the node that finds it, in bodies or, with `title_`, in titles."""
        return Synonym(tuple(Form(_in(way.node, prefix), way.weight**_POWER) for way in self.ways), _TOGETHER)


def concepts_of(
    text: str, to_english: bool, dictionary: Dictionary, archive: Archive, names: Names, analyzer: Analyzer
) -> list[Concept]:
    """Return the concepts of words, in order, each once, in English or in Chinese; of many, the surer forms of each.

    To English Chinese words are translated, to Chinese English ones; Latin words and numbers stand for themselves too.
    """
    folded = fold(text)
    found = runs(folded.key)
    concepts = (
        _ToEnglish(dictionary, archive, names, analyzer).concepts(folded, found)
        if to_english
        else _ToChinese(dictionary, archive, names, analyzer).concepts(folded, found)
    )
    different = list({concept.ways: concept for concept in concepts}.values())
    most = max(_FEWEST_FORMS, _FORMS // max(1, len(different)))
    return [concept._replace(ways=concept.ways[:most]) for concept in different]


class _ToEnglish:
    """Looks up Chinese words."""

    def __init__(self, dictionary: Dictionary, archive: Archive, names: Names, analyzer: Analyzer) -> None:
        self._dictionary, self._archive, self._names, self._analyzer = dictionary, archive, names, analyzer
        self._key = ""

    def concepts(self, folded: Folded, found: Sequence[Run]) -> Iterator[Concept]:
        self._key = folded.key
        for run in found:
            if run.kind == "han":
                spans = self._analyzer.segmenter.word_spans(cut_of(folded, run))
                yield from self._of_words([run.text[start:end] for start, end in spans])
        for word in latin_words(folded.key, found):
            own = stem(word.text)
            if own not in stopwords() and self._holds(own):
                yield Concept(word.text, (Way(Term("en", own), 1.0, word.text),))

    def _of_words(self, words: Sequence[str]) -> Iterator[Concept]:
        at = 0
        while at < len(words):
            size, concepts = self._longest(words, at)
            yield from concepts
            at += size

    def _longest(self, words: Sequence[str], at: int) -> tuple[int, Iterable[Concept]]:
        """Translate the longest phrase or name that begins with a word, or that; return of how many words it is."""
        for size in range(min(_LONGEST_CHINESE, len(words) - at), 1, -1):
            if ways := self._ways("".join(words[at : at + size])):
                return size, [Concept("".join(words[at : at + size]), ways)]
        size, ways = self._names.english(words, at)
        if size:
            return size, [Concept("".join(words[at : at + size]), ways)]
        return 1, self._of_word_alone(words, at)

    def _of_word_alone(self, words: Sequence[str], at: int) -> Iterable[Concept]:
        word, is_only = words[at], len(words) == 1
        if word in stopwords() or (at and word in _GRAMMAR):
            return []
        if ways := self._ways(word):
            return [Concept(word, ways, _LONE if len(word) == 1 and not is_only else 1.0)]
        return self._of_parts(word) if len(word) > 1 else []

    def _of_parts(self, word: str) -> Iterator[Concept]:
        """Translate the dictionary's words within one that it does not have, the longest first; else characters."""
        at = 0
        while at < len(word):
            for size in range(min(len(word) - at, len(word) - 1), 0, -1):
                part = word[at : at + size]
                if part in stopwords():
                    break
                if ways := self._ways(part):
                    yield Concept(part, ways, _PART if size > 1 else _CHARACTER)
                    break
            at += size

    def _ways(self, word: str) -> tuple[Way, ...]:
        """Return the translations of a word that the archive holds."""
        if _means_else(self._dictionary, word, self._key):
            return ()
        return _best(way for gloss in self._dictionary.glosses(word) for way in self._of_gloss(gloss))

    def _of_gloss(self, gloss: Gloss) -> Iterator[Way]:
        stems = gloss.stems
        telling = key_of(stems)
        if telling[0] in stopwords():
            return
        if len(stems) == 1:
            yield from self._of_word(gloss)
        elif len(telling) == 1 and len(stems) == 2:
            if self._holds(telling[0]):
                yield Way(Term("en", telling[0]), gloss.weight * _PARTLY, gloss.text)
        elif len(stems) <= _LONGEST_GLOSS:
            held = {one for one in stems if self._holds(one)}
            if len(held) == len(set(stems)):
                yield Way(Phrase("en", stems), gloss.weight, gloss.text)
            yield from (Way(Term("en", one), gloss.weight * _GLOSS_WORD, one, True) for one in telling if one in held)

    def _of_word(self, gloss: Gloss) -> Iterator[Way]:
        """Yield a word, its irregular forms, and words of its family, which only rank if the archive holds it."""
        (own,) = gloss.stems
        unless = self._dictionary.sense(gloss.text).unless
        for one in (own, *other_forms(own)):
            if one not in stopwords() and self._holds(one):
                yield Way(Term("en", one), gloss.weight, gloss.text, unless=_places(unless))
        is_held = self._holds(own)
        if len(own) >= FAMILY_LETTERS and (not is_held or gloss.weight >= _WITH_FAMILY):
            for other, _ in self._archive.terms("en", own[:FAMILY_LETTERS], _MOST_RELATIVES):
                if are_family(own, other):
                    yield Way(Term("en", other), gloss.weight * _FAMILY, other, is_held)

    def _holds(self, term: str) -> bool:
        return self._archive.holds("en", term)


class _ToChinese:
    """Looks up English words."""

    def __init__(self, dictionary: Dictionary, archive: Archive, names: Names, analyzer: Analyzer) -> None:
        self._dictionary, self._archive, self._names, self._analyzer = dictionary, archive, names, analyzer
        self._key = ""

    def concepts(self, folded: Folded, found: Sequence[Run]) -> Iterator[Concept]:
        self._key = folded.key
        words = [word for word in latin_words(folded.key, found) if word.text not in stopwords()]
        at = 0
        while at < len(words):
            for size in range(min(_LONGEST_ENGLISH, len(words) - at), 0, -1):
                if ways := self._ways(words[at : at + size]):
                    typed = " ".join(word.text for word in words[at : at + size])
                    yield Concept(typed, ways, 1 + _PHRASE_GAIN * (size - 1))
                    if size > 1:
                        yield from self._parts(words[at : at + size])
                    break
            at += size

    def _parts(self, words: Sequence[LatinWord]) -> Iterator[Concept]:
        for word in words:
            if ways := self._ways([word]):
                yield Concept(word.text, ways, _WORD_OF_PHRASE)

    def _ways(self, words: Sequence[LatinWord]) -> tuple[Way, ...]:
        stems = [stem(word.text) for word in words]
        typed = self._key[words[0].first.start : words[-1].last.end]
        if len(stems) > 1:
            return _best(self._equivalents(stems, typed)) or self._name(words)
        own = stems[0]
        ways = [
            *self._equivalents(stems, typed),
            *(way for one in other_forms(own) for way in self._equivalents([one])),
        ]
        ways = ways or [*self._name(words)]
        if len(own) >= FAMILY_LETTERS:
            is_beside = bool(ways)
            weight = _FAMILY_BESIDE if is_beside else _FAMILY
            relatives = (way for one in self._dictionary.family(own) for way in self._equivalents([one]))
            ways += [way._replace(weight=way.weight * weight, is_part=way.is_part or is_beside) for way in relatives]
        if self._archive.holds("en", own):
            ways.append(Way(Term("en", own), _LITERAL, words[0].text))
        return _best(ways)

    def _name(self, words: Sequence[LatinWord]) -> tuple[Way, ...]:
        """Return what words are in Chinese as a name, one of which at least the dictionary does not have."""
        if all(self._dictionary.equivalents([stem(word.text)], word.text) for word in words):
            return ()
        return self._names.chinese([word.text for word in words])

    def _equivalents(self, stems: Sequence[str], typed: str = "") -> Iterator[Way]:
        for one in self._dictionary.equivalents(stems, typed):
            if _means_else(self._dictionary, typed, self._key) or fold_key(one.word) in stopwords():
                continue
            found = places(one.word)
            if found is not None and all(self._holds(term, is_open=found.prefix) for term in found.terms):
                sense = self._dictionary.sense(one.word)
                guarded = found._replace(not_after=sense.before, not_before=sense.behind)
                key = fold_key(one.word)
                is_word = sense.is_name and guarded == found and self._analyzer.knows(key, sense.is_word)
                node = Term("zh", key) if is_word else guarded.node("text")
                is_part = len(one.word) == 1  # 的 of 的士 is a taxi, but seldom
                yield Way(node, one.weight, one.word, is_part, _places(sense.unless))

    def _holds(self, term: str, *, is_open: bool) -> bool:
        if is_open:
            return bool(self._archive.terms("text", term, 1))
        return self._archive.holds("text", term)


def _means_else(dictionary: Dictionary, word: str, key: str) -> bool:
    """Tell whether the rest of a query, by its key, says that a word of it is not the name that it may be."""
    return any(other in key for other in dictionary.sense(word).unless)


def _places(words: Iterable[str]) -> tuple[Places, ...]:
    return tuple([found for found in map(places, words) if found])


def _in(node: Term | Phrase | Prefix, prefix: str) -> Term | Phrase | Prefix:
    return replace(node, field=prefix + node.field) if prefix else node


def _best(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Return the surest forms, each once."""
    found: dict[object, Way] = {}
    for way in ways:
        if way.node not in found or found[way.node].weight < way.weight:
            found[way.node] = way
    return tuple(sorted(found.values(), key=lambda way: -way.weight)[:_MOST_FORMS])
