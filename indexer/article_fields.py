"""What an article's row says -> its values in the fields that are true of the whole article."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

from indexer.analysis.analyzer import TextPlaces
from indexer.analysis.batch import BOUNDARY
from indexer.analysis.fold import fold
from indexer.analysis.scripts import runs
from indexer.model import ArticleRow

# Characters that are kept of a title's key, and of a path or an address.
TITLE_CHARS, PATH_CHARS = 255, 1000
# Names whose terms are remembered: an archive has few sources, authors and tags beside its articles.
_REMEMBERED = 1 << 14
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:www\.)?")


def values_of(row: ArticleRow) -> dict[str, tuple[str, ...]]:
    """Return the values of ROW_FIELDS, and the terms of `author_text`, `source_text` and `tag_text`."""
    names = {"author": _names((row.author,)), "source": _names((row.source,)), "tag": _names(row.tags)}
    return {
        **names,
        "url": _some(url_key(row.url)),
        "path": _some(path_key(row.id)),
        "title": _some(title_key(row.title)),
        **{f"{name}_text": _terms(values) for name, values in names.items()},
    }


def url_key(url: str) -> str:
    """Return an address as it is compared: in lower case, without scheme and `www.`, cut at PATH_CHARS."""
    key = _caseless(url).strip()
    return _SCHEME.sub("", key, 1)[:PATH_CHARS]


def path_key(path: str) -> str:
    """Return an article's id as it is compared: in lower case (casefolded NFC), cut at PATH_CHARS."""
    return _caseless(path)[:PATH_CHARS]


def title_key(title: str) -> str:
    """Return a title as it is compared: its search key on one line, cut at TITLE_CHARS."""
    return " ".join(fold(title, for_words=False).key.split())[:TITLE_CHARS]


def _caseless(text: str) -> str:
    if text.isascii():
        return _on_one_line(text.lower())
    return _on_one_line(normalize("NFC", normalize("NFC", text).casefold()))


def _on_one_line(text: str) -> str:
    """Return a text as a keyword can be kept: a line feed stands between keywords."""
    return text.replace("\n", " ")


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_on_one_line(value) for value in values if value))


def _some(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _terms(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the terms of names as the field `text` has them, with a BOUNDARY between two names."""
    return tuple(term for i, name in enumerate(names) for term in ((BOUNDARY,) * (i > 0) + _text_terms(name)))


@lru_cache(_REMEMBERED)
def _text_terms(name: str) -> tuple[str, ...]:
    folded = fold(name, for_words=False)
    return TextPlaces(folded, runs(folded.key)).terms
