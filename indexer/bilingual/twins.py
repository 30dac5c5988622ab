"""Paths of files -> those that are one page in several languages: the same but for a part that names the language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

# What begins the term of an article's page in the field `marks` of an index.
PREFIX = "t"

# What a part of a path calls a language, in lower case and with hyphens.
_NAMES = {
    "en": "en en-us en-gb eng english",
    "CN": "zh-cn zh-hans zh-hans-cn zh-chs zh-sg zh-hans-sg chs cn sc",
    "TW": "zh-tw zh-hant zh-hant-tw zh-cht cht tw tc",
    "HK": "zh-hk zh-hant-hk zh-mo zh-hant-mo hk",
    "zh": "zh chinese",
}
_LANGUAGES = {name: language for language, names in _NAMES.items() for name in names.split()}
_TAG = re.compile(
    f"(?:(?<=/)|^|[-_.])({'|'.join(sorted(_LANGUAGES, key=len, reverse=True)).replace('-', '[-_]')})"
    r"(?=/|(?:\.\w+)?$)",
    re.IGNORECASE,
)


class Page(NamedTuple):
    """What all languages of a page share of its path, and the language: en, CN, TW, HK, zh, or none is named ("")."""

    key: str
    language: str


def page_of(path: str) -> Page:
    """Return which page a file is, by the last folder or ending of a name in its path that names a language."""
    start = path.rfind("/") + 1
    tag = _last_tag(path[start:])
    if tag is None:  # of a folder's many files it is told once
        start, tag = 0, _tag_of_folder(path[:start])
    if tag is None:
        return Page(path, "")
    return Page((path[: start + tag.start] + path[start + tag.end :]).replace("//", "/"), tag.language)


def page_term(path: str) -> str:
    """Return what an index stores of a file: the same for all languages of a page."""
    return PREFIX + blake2b(page_of(path).key.encode("utf-8", "replace"), digest_size=8).hexdigest()


def page_hash(term: str) -> int:
    """Return the number in the term of a page, of 64 bits."""
    return int(term.removeprefix(PREFIX), 16)


class _Tag(NamedTuple):
    """Where a language is named in a path or a part of it, and which."""

    start: int
    end: int
    language: str


def _last_tag(part: str) -> _Tag | None:
    """Return the last name of a language in a file's name, or in a folder's path with the slash behind it."""
    found = [*_TAG.finditer(part)]
    if not found:
        return None
    return _Tag(found[-1].start(), found[-1].end(), _LANGUAGES[found[-1][1].lower().replace("_", "-")])


_tag_of_folder = lru_cache(maxsize=1 << 14)(_last_tag)


def twins(paths: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Return the paths of each page that is there in several languages, by language, in order of their keys."""
    pages: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(paths):
        page = page_of(path)
        pages[page.key][page.language] = path
    return {key: pages[key] for key in sorted(pages) if len(pages[key]) > 1}
