"""Titles and passages of articles -> what tells, without the texts, which of them tell one story.

A story is the article's text without its title, boilerplate and teasers, as a sequence of units: Han characters and
Latin words, folded, without marks and white space. Two stories are as similar as the sets of their runs of RUN units
are (Jaccard). Hashes are the same on every machine and in every process.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import blake2b
from itertools import chain, pairwise
from typing import Any, Protocol
from zlib import crc32

import numpy as np
import numpy.typing as npt

from indexer.analysis.codes import key_codes
from indexer.model import FOREIGN_KINDS, ArticleRow, Passage
from indexer.sources.places import folder
from indexer.stories.units import END, Hashes, Ints, Mask, mixed, rising, units_of

Records = npt.NDArray[np.void]

# Units of a run: the more, the fewer are left when a few words change, and the fewer do articles share that have no
# more than phrases in common.
RUN = 5
# Of an article's hashes of runs the smallest. Two articles that have a part p of their runs in common share none of
# these with a probability of about (1 - p)^8: 1 in 15,000 for .7.
TERMS = 8
# Stretches of the hashes' range of each of which the smallest hash is kept: the part of them in which two articles
# agree estimates their similarity p, with a standard error of sqrt(p (1 - p) / 128), .035 for p = .8.
_BINS = 128
# Bits that the words of title and story set.
_BITS = 1024
# Words of the title that the story repeats, at most.
_SUBJECTS = 16

# What is kept of an article. Zero stands for nothing, but in `words`.
RECORD = np.dtype(
    [
        ("exact", "<u8"),  # of title and text, white space aside
        ("terms", "<u4", TERMS),
        ("bins", "u1", _BINS),
        ("words", "u1", _BITS // 8),
        ("subjects", "<u2", _SUBJECTS),
        ("size", "<u4"),  # units of the story
        ("title", "<u4"),
        ("frame", "<u4"),  # the title without its units that hold a digit
        ("numbers", "<u4"),  # those units
        ("day", "<u4"),  # proleptic ordinal of when it was published
        ("sourced", "?"),  # names where it is from
    ]
)


class Head(Protocol):
    """What an article, or its row, says of it besides the text."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def published(self) -> date | None: ...
    @property
    def source(self) -> str: ...
    @property
    def url(self) -> str: ...


Told = tuple[Head, Sequence[Passage]]


def records_of(articles: Sequence[Told]) -> Records:
    """Return the evidence of articles, of dtype RECORD; one without any letter or digit is like no other."""
    return joined([_records(articles[start : start + _AT_ONCE]) for start in range(0, len(articles), _AT_ONCE)])


def joined(parts: Sequence[Records]) -> Records:
    """Return all records of some arrays."""
    return np.concatenate([np.zeros(0, RECORD), *parts])


def sketch(one: np.void) -> tuple[str, ...]:
    """Return what an index stores of a record: first the word that exact copies share, then those of its runs.

    Empty for an article without any letter or digit.
    """
    return tuple(dict.fromkeys(_word(number) for number in (one["exact"], *one["terms"]) if number))


def story_of(head: Head, passages: Sequence[Passage]) -> tuple[str, Hashes]:
    """Return the word that exact copies of an article share, empty for none, and the hashes of its runs, rising."""
    stories = _Stories([(head, passages)])
    (exact,) = stories.exact()
    return _word(np.uint64(exact)) if exact else "", stories.runs()


def similarity(one: Hashes, other: Hashes) -> float:
    """Return the Jaccard similarity of two articles' runs; 0 if neither has any."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / max(1, len(one) + len(other) - common)


def earliness(article_id: str, day: int, is_sourced: bool) -> tuple[bool, int, bool, str]:
    """Return what orders copies: by their days, undated ones last; on one day those that name a source go first."""
    return day == 0, day, not is_sourced, article_id


def earliness_of(row: ArticleRow) -> tuple[bool, int, bool, str]:
    """Return what orders copies, of a row."""
    return earliness(row.id, _day(row), _is_sourced(row))


def _day(head: Head) -> int:
    return head.published.toordinal() if head.published else 0


def _is_sourced(head: Head) -> bool:
    """Tell whether an article says where it is from: one that does not is taken to be of its folder."""
    return bool(head.url) or head.source not in ("", folder(head.id))


def _word(number: np.unsignedinteger[Any]) -> str:
    return urlsafe_b64encode(number.tobytes()).rstrip(b"=").decode()


def _records(articles: Sequence[Told]) -> Records:
    stories = _Stories(articles)
    found = np.zeros(len(articles), RECORD)
    found["exact"] = stories.exact()
    found["size"] = stories.sizes
    for at, title in enumerate(stories.titles()):
        found["title"][at], found["frame"][at], found["numbers"][at] = title
    runs = stories.runs()
    found["terms"] = _first(runs >> _HASH_BITS, runs & _LOWER, len(articles), TERMS)
    found["bins"] = _smallest(runs, len(articles))
    words = stories.words()
    found["subjects"] = stories.subjects(words)
    stories.add_titles(words)
    found["words"] = np.packbits(words, axis=1)
    found["day"] = [_day(head) for head, _ in articles]
    found["sourced"] = [_is_sourced(head) for head, _ in articles]
    return found


# Hashes of runs, with the number of the article above them.
_HASH_BITS = np.uint64(54)
_AT_ONCE = 1 << 10
_LOWER = np.uint64(0xFFFFFFFF)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class _Stories:
    """Articles, title after text after title, as code points and as units."""

    def __init__(self, articles: Sequence[Told]) -> None:
        self._count = len(articles)
        texts = chain.from_iterable((head.title, _text(passages)) for head, passages in articles)
        codes = key_codes("".join(END + text.replace(END, " ") for text in texts))
        self._bare = codes[codes > ord(" ")]
        self._ends = np.append(np.flatnonzero(self._bare == ord(END)), len(self._bare)).tolist()
        self._units = units_of(codes)
        bounds = np.searchsorted(self._units.texts, np.arange(2 * self._count + 1))
        self._titles = [slice(start, end) for start, end in pairwise(bounds.tolist())][::2]
        self._in_story = self._units.texts % 2 == 1
        for title, end in zip(self._titles, bounds[2::2].tolist(), strict=True):
            self._leave_out(title, end)
        self._owners = self._units.texts[self._in_story] // 2
        self._hashes = self._units.hashes[self._in_story]
        self.sizes: Ints = np.bincount(self._owners, minlength=self._count)

    def _leave_out(self, title: slice, end: int) -> None:
        """Leave the title out of the story if that begins with it."""
        hashes, length = self._units.hashes, title.stop - title.start
        if length <= end - title.stop and (hashes[title] == hashes[title.stop : title.stop + length]).all():
            self._in_story[title.stop : title.stop + length] = False

    def exact(self) -> list[int]:
        """Return a number of 64 bits for each title with its text; 0 without letter or digit."""
        bounds = zip(self._ends[::2], self._ends[2::2], strict=False)
        has_units = np.bincount(self._units.texts // 2, minlength=self._count).tolist()
        digests = (blake2b(self._bare[start:end].tobytes(), digest_size=8).digest() for start, end in bounds)
        return [
            (int.from_bytes(digest, "little") or 1) if units else 0
            for digest, units in zip(digests, has_units, strict=True)
        ]

    def titles(self) -> Iterator[tuple[int, int, int]]:
        """Yield a number for each title, for its units without digits, for those with digits; 0 for none."""
        for title, start, end in zip(self._titles, self._ends[::2], self._ends[1::2], strict=False):
            hashes, is_number = self._units.hashes[title], self._units.are_numbers[title]
            yield _checksum(self._bare[start + 1 : end]), _checksum(hashes[~is_number]), _checksum(hashes[is_number])

    def runs(self) -> Hashes:
        """Return the hashes of the runs of each story, rising, with the number of the article above them."""
        count = max(0, len(self._hashes) - RUN + 1)
        hashes = np.zeros(count, np.uint64)
        for i in range(RUN):
            hashes = hashes * _FACTOR + self._hashes[i : i + count]
        owners = self._owners[:count]
        inside = owners == self._owners[RUN - 1 :][:count]
        above = owners[inside].astype(np.uint64) << _HASH_BITS
        return rising(mixed(hashes[inside]) >> (np.uint64(64) - _HASH_BITS) | above)

    def words(self) -> Mask:
        """Return for each story the bits that its units set."""
        words = np.zeros((self._count, _BITS), bool)
        words[self._owners, _bits(self._hashes)] = True
        return words

    def subjects(self, words: Mask) -> Hashes:
        """Return for each title 16 bits of the units that its story seems to repeat; the lower ones are their bit."""
        owners, hashes = self._title_units()
        repeated = words[owners, _bits(hashes)]
        numbers = hashes[repeated] & np.uint64(0xFFFF) | np.uint64(0x8000)
        numbers = rising(numbers | owners[repeated].astype(np.uint64) << np.uint64(16))
        return _first(numbers >> np.uint64(16), numbers & np.uint64(0xFFFF), self._count, _SUBJECTS)

    def add_titles(self, words: Mask) -> None:
        """Set the bits of the titles' units, too."""
        owners, hashes = self._title_units()
        words[owners, _bits(hashes)] = True

    def _title_units(self) -> tuple[Ints, Hashes]:
        is_title = self._units.texts % 2 == 0
        return self._units.texts[is_title] // 2, self._units.hashes[is_title]


def _text(passages: Sequence[Passage]) -> str:
    return "\n".join(passage.text for passage in passages if passage.kind not in FOREIGN_KINDS)


def _checksum(data: npt.NDArray[Any]) -> int:
    return (crc32(data.tobytes()) or 1) if len(data) else 0


def _bits(hashes: Hashes) -> Ints:
    return (hashes % np.uint64(_BITS)).astype(np.int64)


def _first(owners: Hashes, values: Hashes, count: int, most: int) -> Hashes:
    """Return a row of each owner's first values, filled up with 0; owners rise."""
    starts = np.searchsorted(owners, np.arange(count, dtype=np.uint64))
    rank = np.arange(len(owners)) - starts[owners.astype(np.int64)]
    rows = np.zeros((count, most), np.uint64)
    kept = rank < most
    rows[owners[kept].astype(np.int64), rank[kept]] = values[kept]
    return rows


def _smallest(runs: Hashes, count: int) -> npt.NDArray[np.uint8]:
    """Return for each owner a byte, not 0, of its smallest hash in each stretch of their range; 0 for none."""
    stretches = (runs >> (_HASH_BITS - np.uint64(7))).astype(np.int64)
    found = np.zeros(count * _BINS, np.uint8)
    is_first = np.ones(len(runs), bool)
    is_first[1:] = stretches[1:] != stretches[:-1]
    found[stretches[is_first]] = (runs[is_first] & _LOWER) % np.uint64(255) + np.uint64(1)
    return found.reshape(count, _BINS)
