"""All groups of names as one sorted text, `data/aliases.tsv`: key -> its groups. Read where it lies, none of it parsed.

Each line is a key and, parted by tabs, its groups as kind, source and names; lines are in the order of their bytes. A
group stands on the line of its first name; that of another one, or of a term in its other number, has, in its place, =
with its place there and that key.
The last cell may be ^ and characters, a slash, characters: those that do not stand right before the form, or behind it;
then another slash, if jieba's dictionary has the form as a word.
The first line, which says where the table is from, has the empty key.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from indexer.vocabulary.alias_lines import Group, key_of, names_of, written

DATA_FILE = Path(__file__).with_name("data") / "aliases.tsv"
HEADER = """\
\tA key, then groups of names: kind, source, names. Made by benchmarks/aliases.py; sources: docs/vocabulary.md.
"""


class Facts(NamedTuple):
    """The characters before and behind which a form is part of something else; whether jieba's dictionary has it."""

    before: str = ""
    behind: str = ""
    is_word: bool = False


class AliasTable:
    """The groups of each key."""

    def __init__(self, path: Path = DATA_FILE) -> None:
        with path.open("rb") as file:
            self._text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def groups(self, key: str) -> tuple[Group, ...]:
        """Return the groups with a form of this key."""
        found, *cells = self._line(key).split("\t")
        return tuple(self._group(cell) for cell in cells if cell[0] != "^") if key and found == key else ()

    def facts(self, key: str) -> Facts | None:
        """Return what is known of a form by itself, None if the table does not have it."""
        found, *cells = self._line(key).split("\t")
        if found != key or not cells:
            return None
        if cells[-1][0] != "^":
            return Facts()
        before, behind, *word = cells[-1][1:].split("/")
        return Facts(before, behind, bool(word))

    def keys(self) -> frozenset[str]:
        """Return the keys of all lines."""
        lines = self._text[:].decode().splitlines()
        return frozenset(line.partition("\t")[0] for line in lines[1:])

    def prefixes(self, text: str) -> Iterator[str]:
        """Yield the keys that `text` begins with, longest first."""
        while len(text) > 1:
            key = self._line(text).partition("\t")[0]
            text = text[: _shared(key, text)]
            if text and text == key:
                yield key
                text = text[:-1]

    def _group(self, cell: str) -> Group:
        if cell.startswith("="):
            place, home = cell[1:].split(" ", 1)
            cell = self._line(home).split("\t")[int(place)]
        kind, source, names = cell.split(" ", 2)
        return Group(names_of(names), kind, source)

    def _line(self, key: str) -> str:
        """Return the line with the last key that is not behind this one, without its end."""
        text, sought = self._text, key.encode("utf-8", "surrogatepass")
        low, high = 0, len(text)  # a line not behind the key begins at `low`; at `high` one that is, or the text ends
        while True:
            middle = (low + high) // 2
            start = text.rfind(b"\n", low, middle) + 1 or text.find(b"\n", middle) + 1
            if start == high:
                return text[low : high - 1].decode()
            if text[start : text.find(b"\t", start)] <= sought:
                low = start
            else:
                high = start


def lines_of(groups: Mapping[str, Sequence[Group]], facts: Mapping[str, Facts] = MappingProxyType({})) -> Iterable[str]:
    """Return the lines of a table of these groups, in order, with what is known of some of the forms by themselves."""
    for key, own in sorted(groups.items(), key=lambda item: item[0].encode()):
        last = [_last_cell(facts[key])] if key in facts else []
        yield "\t".join((key, *(_cell(key, group, groups) for group in own), *last)) + "\n"


def _last_cell(facts: Facts) -> str:
    return f"^{facts.before}/{facts.behind}{'/' * facts.is_word}"


def _cell(key: str, group: Group, groups: Mapping[str, Sequence[Group]]) -> str:
    home = key_of(group.names[0])
    if key == home:
        return f"{group.kind} {group.source} {written(group.names)}"
    return f"={groups[home].index(group) + 1} {home}"


@cache
def table() -> AliasTable:
    """Return the table that comes with the program."""
    return AliasTable()


def _shared(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
