"""Han runs -> words as jieba cuts them. The door of jieba and rjieba.

rjieba is the same algorithm with the same dictionary in Rust; it is used where it is installed. Both are given
only runs of characters in jieba's own range, where they agree; any other character is a word for itself.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from indexer.errors import SettingsError

_OUTSIDE = re.compile("[^\u4e00-\u9fd5\n]")
_PIECES = re.compile("[\u4e00-\u9fd5]+|[^\u4e00-\u9fd5]")


class Cutter(Protocol):
    """Cuts text of Han characters in jieba's range, and line feeds, which separate."""

    def cut_for_search(self, text: str) -> list[str]: ...
    def cut(self, text: str) -> list[str]: ...
    def tokenize(self, text: str) -> list[tuple[str, int, int]]: ...  # search mode, with positions
    def knows(self, word: str) -> bool: ...  # whether the dictionary holds it, or it was guessed


class Segmenter:
    """Cuts what jieba is given to read, `Folded.cut`, into words."""

    def __init__(self, cutter: Cutter) -> None:
        self._cutter = cutter

    def knows(self, word: str) -> bool:
        """Tell whether a word is in the dictionary; others are guessed from characters."""
        return self._cutter.knows(word)

    def search_words(self, cut: str) -> list[str]:
        """Return the search-mode words of runs joined by line feeds. The fast way; `search_spans` has places."""
        if _OUTSIDE.search(cut) is None:
            return [word for word in self._cutter.cut_for_search(cut) if word != "\n"]
        return [cut[start:end] for start, end in self.search_spans(cut)]

    def cut_lines(self, cut: str) -> list[str]:
        """Return the search-mode words of lines of characters in jieba's range, and the line feeds between them."""
        return self._cutter.cut_for_search(cut)

    def search_spans(self, cut: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of the search-mode words in the order that jieba gives them."""
        for piece in _PIECES.finditer(cut):
            offset = piece.start()
            if _OUTSIDE.match(piece.group()):
                yield piece.span()
            elif piece.group() != "\n":
                for _, start, end in self._cutter.tokenize(piece.group()):
                    yield offset + start, offset + end

    def word_spans(self, cut: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of the words that cover `cut` once, without the shorter words inside them."""
        for piece in _PIECES.finditer(cut):
            start = piece.start()
            if piece.group() == "\n":
                continue
            for word in [piece.group()] if _OUTSIDE.match(piece.group()) else self._cutter.cut(piece.group()):
                yield start, start + len(word)
                start += len(word)


class _Rjieba:
    def __init__(self, jieba: Any) -> None:
        self.cut_for_search = jieba.cut_for_search
        self.cut = jieba.cut
        self._tokenize = jieba.tokenize
        self.add_word = jieba.add_word
        self.knows = jieba.has_word

    def tokenize(self, text: str) -> list[tuple[str, int, int]]:
        words: list[tuple[str, int, int]] = self._tokenize(text, "search")
        return words


class _Jieba:
    def __init__(self, tokenizer: Any) -> None:
        self.cut_for_search = tokenizer.lcut_for_search
        self.cut = tokenizer.lcut
        self._tokenize = tokenizer.tokenize
        self._tokenizer = tokenizer

    def tokenize(self, text: str) -> list[tuple[str, int, int]]:
        return list(self._tokenize(text, mode="search"))

    def knows(self, word: str) -> bool:
        return bool(self._tokenizer.FREQ.get(word))

    def add_word(self, word: str, frequency: int | None, tag: str | None) -> None:
        self._tokenizer.add_word(word, frequency, tag)


def rjieba_cutter(shared: bool = False) -> _Rjieba | None:
    """Return a cutter in Rust, or None where rjieba is not installed.

    A `shared` one is that which rjieba makes when it is imported; another one costs its loading a second time.
    """
    try:
        import rjieba
    except ImportError:
        return None
    return _Rjieba(rjieba if shared else rjieba.Jieba())


def jieba_cutter() -> _Jieba:
    """Return jieba's own cutter. Its dictionary is read anew: jieba would cache it, marshalled, where all can write."""
    with warnings.catch_warnings():  # jieba asks for pkg_resources, which warns
        warnings.simplefilter("ignore")
        import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return _Jieba(tokenizer)


Word = tuple[str, int | None, str | None]  # as a line of a user dictionary: word, frequency, part of speech


def read_user_dictionary(path: Path) -> list[Word]:
    """Read jieba's format: a word, optionally its frequency, optionally its tag, on each line.

    Raises SettingsError if the file cannot be read or a line does not fit.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The user dictionary {path} cannot be read: {error}. Restore it, or take it out of the settings and build "
            "the index anew with: wensou index --rebuild"
        ) from error
    words: list[Word] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        match = re.fullmatch(r"\s*(\S+)(?:\s+(\d+))?(?:\s+([a-zA-Z]+))?\s*", line)
        if match is None:
            raise SettingsError(f"{path}, line {number}: expected `word [frequency] [tag]`, found {line.strip()!r}.")
        word, frequency, tag = match.groups()
        words.append((word, int(frequency) if frequency else None, tag))
    return words


def segmenter(user_words: Sequence[Word] = ()) -> Segmenter:
    """Return a segmenter on the fastest cutter installed, with the words added, which are folded already."""
    return Segmenter(with_words(rjieba_cutter(shared=not user_words) or jieba_cutter(), user_words))


def with_words(cutter: _Rjieba | _Jieba, words: Sequence[Word]) -> Cutter:
    """Add words to a cutter; those with characters that jieba does not cut are passed over."""
    for word, frequency, tag in words:
        if not _OUTSIDE.search(word):
            cutter.add_word(word, frequency, tag)
    return cutter


# While a dictionary is loaded, which takes a second with jieba, and hides warnings of the whole process meanwhile.
_LOADING = Lock()


def default_segmenter() -> Segmenter:
    """Return the segmenter without a user dictionary, loaded once."""
    with _LOADING:
        return _default()


@cache
def _default() -> Segmenter:
    return segmenter()
