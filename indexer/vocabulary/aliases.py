"""A form of a name, as a search key -> the groups of forms that mean the same; where known forms stand in a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.fold import fold_key
from indexer.analysis.scripts import is_han
from indexer.vocabulary.alias_lines import Group, Name, key_of, keys_of, name_key, plain_places
from indexer.vocabulary.alias_table import AliasTable, table
from indexer.vocabulary.user_aliases import Unknown, UserAliases, read_user_aliases

if TYPE_CHECKING:
    from indexer.vocabulary.learnt import Learnt

__all__ = ["Aliases", "Group", "Name"]

# Characters of the longest form that is looked for in a text.
_LONGEST = 64


class Sense(NamedTuple):
    """What tells a form from other things: characters that do not stand right before it, nor right behind it, and
    words, folded, that an article which means something else holds.

    `is_word` tells whether jieba's dictionary has the form as it is written, None where only that itself can say.
    """

    before: str = ""
    behind: str = ""
    unless: tuple[str, ...] = ()
    is_name: bool = False  # whether it is known at all
    is_word: bool | None = None


class Aliases:
    """All known groups. What the user's file says of a form replaces what the tables say of it, in their groups too."""

    def __init__(
        self, user_file: Path | None = None, own_table: AliasTable | None = None, learnt: Learnt | None = None
    ) -> None:
        """Read `user_file`, if it is there; raises SettingsError where it is wrong. `learnt` comes to the tables."""
        self._table = own_table or table()
        is_there = user_file is not None and user_file.is_file()
        self._user = read_user_aliases(user_file, self._table.groups) if user_file and is_there else UserAliases()
        self._users_keys = {*self._user.groups, *self._user.joins}
        self._learnt = learnt.regional if learnt else {}
        self._keys = self._users_keys | self._learnt.keys()  # of forms that do not stand in the table, or otherwise
        self._lengths = sorted(set(map(len, self._keys)))

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What of the user's file is left out, since it adds to names that are not known."""
        return self._user.unknown

    def groups_of(self, key: str) -> Sequence[Group]:
        """Return the groups with this form, given as its `fold_key`; it is among the `keys_of` one of their names."""
        key = name_key(key)
        if key in self._user.groups:
            return self._user.groups[key]
        groups = (*self._table.groups(self._user.joins.get(key, key)), *self._learnt.get(key, ()))
        if not self._users_keys:
            return groups
        said = self._as_the_user_says(groups)
        return tuple(one for one in said if any(key in keys_of(name, one.kind) for name in one.names))

    def sense(self, text: str, names: Sequence[Name] | None = None) -> Sense:
        """Return what tells a form from other things, as one of some names, or as any name that is written so."""
        written = fold_key(text)
        key = name_key(written)
        if names is None:
            names = [one for group in self.groups_of(key) for one in group.names if key in keys_of(one, group.kind)]
        unless = dict.fromkeys(fold_key(word) for name in names for word in name.unless)
        longer = [word for word in unless if is_han(key) and key in word]  # 朝鲜族 is not 朝鲜, but may stand beside it
        facts = self._table.facts(key)
        before, behind, is_word = facts or ("", "", None)
        is_word = is_word if key == written else False  # 比尔·盖茨 is cut in two, 比尔盖茨 is a word
        before += "".join(word[: word.index(key)][-1:] for word in longer)
        behind += "".join(word[word.index(key) + len(key) :][:1] for word in longer)
        return Sense(before, behind, tuple(word for word in unless if word not in longer), bool(names), is_word)

    def keys(self) -> frozenset[str]:
        """Return the keys of all known forms, at least two characters each."""
        return (self._table.keys() - self._users_keys) | {key for key in self._keys if self.groups_of(key)}

    def spans(self, key: str) -> Sequence[tuple[int, int]]:
        """Return where known forms stand in a folded text, start and end; by start, the longest first.

        A Latin form stands between word boundaries; a Han form anywhere.
        """
        text, places = plain_places(key)
        return [
            (places[start], places[end - 1] + 1)
            for start in range(len(text))
            if is_boundary(text, start)
            for end in self._ends(text, start)
        ]

    def _ends(self, text: str, start: int) -> list[int]:
        rest = text[start : start + _LONGEST]
        found = {key for key in self._table.prefixes(rest) if key not in self._users_keys}
        found |= {own for length in self._lengths if (own := rest[:length]) in self._keys and self.groups_of(own)}
        ends = sorted((start + len(key) for key in found), reverse=True)
        return [end for end in ends if is_boundary(text, end)]

    def _as_the_user_says(self, groups: Sequence[Group]) -> Iterator[Group]:
        for group in groups:
            keys = [key_of(name) for name in group.names]
            names = [name for key, name in zip(keys, group.names, strict=True) if key not in self._users_keys]
            names += [name for key in keys for name in self._user.added.get(key, ())]
            if len(names) > 1:
                yield replace(group, names=tuple(names))


def is_boundary(text: str, place: int) -> bool:
    """Return whether no Latin word goes on across this place."""
    return not (0 < place < len(text) and _is_latin(text[place - 1]) and _is_latin(text[place]))


def _is_latin(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"
