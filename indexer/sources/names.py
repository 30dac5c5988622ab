"""What sources call the fields of an article, from `data/names.txt`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

# Field of an article -> names of it that come before the usual ones.
Fields = Mapping[str, tuple[str, ...]]
NO_FIELDS: Fields = {}

_MARKS = re.compile(r"[\s_-]+")


def given(field: str, keyed: Mapping[str, Any], fields: Fields = NO_FIELDS) -> Iterator[tuple[str, Any]]:
    """Yield the keys, as of `key`, and values that a field of an article has in `keyed`, the one to believe first."""
    for name in (*map(key, fields.get(field, ())), *_names()[field]):
        if name in keyed:
            yield name, keyed[name]


def is_usual(name: str) -> bool:
    """Tell whether a name is that of a field of an article."""
    own = key(name)
    return any(own in names for names in _names().values())


@lru_cache(maxsize=1024)
def key(name: str) -> str:
    """Return a name as it is compared: pub-date, pub_date, pubDate and ＰｕｂＤａｔｅ are one."""
    return _MARKS.sub("", name if name.isascii() else unicodedata.normalize("NFKC", name)).lower()


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for line in files("indexer.sources").joinpath("data/names.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            field = line.strip("[]")
        elif line and not line.startswith("#"):
            names[field] = (*names.get(field, ()), *line.split())
    return names
