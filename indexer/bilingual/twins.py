"""Paths of files -> those that are one page in several languages: the same but for a part that names the language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

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
    tags = [*_TAG.finditer(path)]
    if not tags:
        return Page(path, "")
    found = tags[-1]
    language = _LANGUAGES[found[1].lower().replace("_", "-")]
    return Page((path[: found.start()] + path[found.end() :]).replace("//", "/"), language)


def twins(paths: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Return the paths of each page that is there in several languages, by language, in order of their keys."""
    pages: dict[str, dict[str, str]] = defaultdict(dict)
    for path in paths:
        page = page_of(path)
        pages[page.key][page.language] = path
    return {key: pages[key] for key in sorted(pages) if len(pages[key]) > 1}
