"""Original text -> search key, character by character, with the way back. The door of opencc.

A key has one width, one case, no accents and one script (Simplified). Each character is folded for itself, so
its key never depends on its neighbours; only what jieba is given to cut follows opencc's phrases.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from indexer.analysis.characters import CharacterTable
from indexer.analysis.variants import variants
from indexer.errors import DependencyError

# Stands, while folding, for a character whose key is not one character long. A noncharacter: no text holds it
# by right, and one that does loses nothing that could be searched.
PENDING = "\uffff"

# Marks that a search ignores: combining diacritics, kana voicing marks, variation selectors. Vowel signs of
# Thai, Hindi or Arabic are letters to their readers and stay.
_MARK = (
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef"
)
# Apostrophes and hyphens as they are printed, which NFKC leaves as they are.
_PUNCTUATION = {"’": "'", "‘": "'", "ʼ": "'", "′": "'", "‐": "-", "‑": "-", "﹣": "-"}
_MARKS = re.compile(f"[{_MARK}]+")
# Conjoining jamo that spell one hangul syllable, or any single character; with the marks that follow.
_CLUSTER = re.compile(f"(?:[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|.)([{_MARK}]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Folded:
    """The search key of a text; `cut` is what jieba reads in its place, character by character as long.

    `starts` and `ends` lead back to the original; None says that text and key go in step.
    """

    key: str
    cut: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original characters behind `key[start:end]`, which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(text: str, for_words: bool = True) -> Folded:
    """Return the search key of any text, in the text's order; `cut` is only right if it is `for_words`."""
    if not for_words and PENDING not in (key := _keys().translate(text)):
        return Folded(key, key)
    simple = _table().translate(text)
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None
    if PENDING in simple:
        simple, starts, ends = _fold_uneven(text, simple)
    cut = _cut(text, simple, starts) if for_words else simple
    return Folded(simple.translate(_common_variants()), cut, starts, ends)


def fold_key(text: str) -> str:
    """Return only the key of `text`."""
    return fold(text).key


def simple_of(character: str) -> str:
    """Return what jieba reads for a character outside of phrases; PENDING if that is not one character."""
    return _table()[ord(character)]


def key_of_simple(character: str) -> str:
    """Return the key of what `simple_of` gave."""
    return character.translate(_common_variants())


def key_of_cut(cut: str) -> str:
    """Return the key of what jieba read: equal to the key of the text that it stood for, character by character."""
    return cut.translate(_table()).translate(_common_variants())


def to_simplified(text: str) -> str:
    """Return exactly what opencc's t2s conversion makes of `text`, many times faster."""
    pieces: list[str] = []
    last = 0
    for start, end in _phrase_clusters(text):
        pieces += (text[last:start].translate(_characters()), _convert(text[start:end]))
        last = end
    pieces.append(text[last:].translate(_characters()))
    return "".join(pieces)


def traditional_only() -> tuple[set[str], set[str]]:
    """Return the characters that only Traditional text has, and those that only Simplified text has.

    A few that opencc changes are in use in both (著, 后, 里, 面 …); they tell nothing and are in neither.
    """
    table = _dictionary("TSCharacters.txt")
    common = {character for character in {*table, *table.values()} if _in_both(character)}
    changed = {source for source, target in table.items() if source != target}
    return changed - common, set(table.values()) - table.keys() - common


def _in_both(character: str) -> bool:
    return bool(character.encode("gb2312", "ignore")) and bool(character.encode("big5", "ignore"))


def _fold_uneven(text: str, stepped: str) -> tuple[str, list[int], list[int]]:
    """Fold what does not go in step; `stepped` holds `PENDING` in its place. Returns key, starts, ends."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for position, end, key in uneven(text, stepped):
        pieces += (stepped[last:position], key)
        starts += range(last, position)
        ends += range(last + 1, position + 1)
        last = end
        if _MARKS.match(text, position):  # marks belong to the character before them, so it ends after them
            if ends and ends[-1] == position:
                ends[-1] = last
        else:
            starts += [position] * len(key)
            ends += [last] * len(key)
    pieces.append(stepped[last:])
    starts += range(last, len(text))
    ends += range(last + 1, len(text) + 1)
    return "".join(pieces), starts, ends


def uneven(text: str, stepped: str) -> Iterator[tuple[int, int, str]]:
    """Yield what does not go in step: its start and end in `text`, and its key; `stepped` holds `PENDING` there."""
    position = stepped.find(PENDING)
    while position >= 0:
        cluster = _CLUSTER.match(text, position)
        assert cluster is not None
        is_mark = _MARKS.match(text, position) is not None
        end = cluster.end() if is_mark else cluster.start(1)
        yield position, end, "" if is_mark else _spell(text[position:end])
        position = stepped.find(PENDING, end)


def _cut(text: str, simple: str, starts: Sequence[int] | None) -> str:
    """Return `simple` with opencc's phrases in place of its single characters, where `text` has such phrases."""
    phrases = phrases_in(text)
    if not phrases:
        return simple
    characters = list(simple)
    for start, converted in phrases:
        at = start if starts is None else bisect_left(starts, start)
        characters[at : at + len(converted)] = converted
    return "".join(characters)


def phrases_in(text: str) -> list[tuple[int, str]]:
    """Return where opencc's phrases stand in `text`, and what opencc makes of them, character by character as long."""
    return [(start, _convert(text[start:end])) for start, end in _phrase_clusters(text)]


def _spell(cluster: str) -> str:
    """Return the key of one character (or one decomposed hangul syllable), of any length."""
    composed = unicodedata.normalize("NFC", cluster)
    if len(composed) > 1:
        return "".join(map(_spell, composed))
    if unicodedata.category(composed) == "Cf" or composed == PENDING:  # zero width, soft hyphen, direction marks
        return ""
    if composed.isdecimal():
        return str(unicodedata.decimal(composed))
    if "\uac00" <= composed <= "\ud7a3":
        return composed
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", composed).casefold())
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded))
    folded = unicodedata.normalize("NFC", folded)
    if len(folded) == 1:
        return _single(folded)
    if (folded.isascii() and folded.isalnum()) or not folded:
        return folded
    # ㈱, ℃, ㍿, …: spelled out they would be parts of several tokens, so they stay the symbol that they are.
    return composed


def _single(character: str) -> str:
    if unicodedata.category(character) == "Cc":
        return character if character in "\t\n\r" else " "
    simple = character.translate(_characters())
    simple = _PUNCTUATION.get(simple, simple)
    rare = variants().rare
    return rare.get(simple, rare.get(character, simple))


def _stepped(character: str) -> str:
    """Return the key of a character, without variants; PENDING if it is not one character long."""
    key = _spell(character)
    return key if len(key) == 1 and not _starts_cluster(ord(character)) else PENDING


def _starts_cluster(code_point: int) -> bool:
    return 0x1100 <= code_point <= 0x1112


@cache
def _table() -> CharacterTable:
    return CharacterTable(_stepped)


class _Partial(dict[int, str | int]):
    """A translation table that remembers what it leaves alone: `str.translate` is 4 times faster so."""

    def __missing__(self, code_point: int) -> int:
        self[code_point] = code_point
        return code_point


@cache
def _keys() -> CharacterTable:
    """The key of each character, variants included."""
    return CharacterTable(lambda character: character.translate(_table()).translate(_common_variants()))


@cache
def _common_variants() -> _Partial:
    return _Partial({ord(source): target for source, target in variants().common.items()})


def _dictionary(name: str) -> dict[str, str]:
    """Read one of opencc's tables: Traditional -> the first of its Simplified forms."""
    spec = find_spec("opencc")  # it need not be imported, and importlib.resources takes 5 ms to be
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    try:
        text = (folder / "dictionary" / name).read_text("utf-8")
    except FileNotFoundError:
        raise DependencyError(
            "The installed package opencc is not opencc-python-reimplemented. Both use the name opencc; mend it "
            "with: pip uninstall -y opencc && pip install --force-reinstall opencc-python-reimplemented"
        ) from None
    return dict(re.findall(r"^(\S+)\t(\S+)", text, re.MULTILINE))


@cache
def _characters() -> _Partial:
    return _Partial({ord(source): target for source, target in _dictionary("TSCharacters.txt").items()})


class _Phrases(NamedTuple):
    """opencc's phrases, found quickly."""

    hint: re.Pattern[str]  # matches wherever a phrase reads a character unlike the character table does
    first: re.Pattern[str]  # any character that begins a phrase
    longest_first: dict[str, list[str]]  # by first character


@cache
def _phrases() -> _Phrases:
    table = _dictionary("TSPhrases.txt")
    contexts: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    by_first: dict[str, list[str]] = defaultdict(list)
    for source, target in table.items():
        by_first[source[0]].append(source)
        for i, character in enumerate(source):
            if target[i] != character.translate(_characters()):
                before, after = contexts[character]
                if i:
                    before.add(source[i - 1])
                else:
                    after.add(source[1])
    # Each character between those that stand before it in a phrase and, where it begins one, those after it.
    hint = "|".join(
        f"{character}(?:(?<=[{character}{''.join(before)}]{character})|[{character}{''.join(after)}])"
        for character, (before, after) in contexts.items()
    )
    longest_first = {first: sorted(phrases, key=len, reverse=True) for first, phrases in by_first.items()}
    return _Phrases(re.compile(hint), re.compile(f"[{''.join(longest_first)}]"), longest_first)


def _phrase_clusters(text: str) -> list[tuple[int, int]]:
    """Return the stretches of `text` that opencc's phrases cover; phrases that overlap share one stretch.

    Empty where no phrase reads a character unlike the character table.
    """
    phrases = _phrases()
    if text.isascii() or not phrases.hint.search(text):
        return []
    clusters: list[tuple[int, int]] = []
    for match in phrases.first.finditer(text):
        start = match.start()
        for phrase in phrases.longest_first[match.group()]:
            if text.startswith(phrase, start):
                end = start + len(phrase)
                if clusters and start < clusters[-1][1]:
                    clusters[-1] = clusters[-1][0], max(end, clusters[-1][1])
                else:
                    clusters.append((start, end))
                break
    return clusters


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=4096)
def _convert(cluster: str) -> str:
    """Opencc takes the longest phrase anywhere first; where phrases overlap, only it knows what comes out."""
    converted: str = _converter().convert(cluster)
    return converted
