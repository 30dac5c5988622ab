"""`aliases.toml` beside the index -> what its user says of names: groups of them, and forms that are left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from indexer.analysis.fold import fold_key
from indexer.errors import SettingsError
from indexer.vocabulary.alias_lines import KINDS, Group, Name, checked_names, key_of, keys_of, name_key

FILE_NAME = "aliases.toml"


class Unknown(NamedTuple):
    """A group of a file that adds names to one that no table has; groups count from 1."""

    file: str
    group: int
    adds_to: str


@dataclass(frozen=True, slots=True)
class UserAliases:
    """What is said of forms, by key: `groups` of the user's own, with none for a form that is left out.

    `joins` says of a form that is added whose groups in the tables it joins, `added` which names join those of a form.
    `unknown` is what is left out.
    """

    groups: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)
    joins: Mapping[str, str] = field(default_factory=dict)
    added: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    unknown: tuple[Unknown, ...] = ()


def read_user_aliases(path: Path, known: Callable[[str], Sequence[Group]]) -> UserAliases:
    """Read the file; `known` returns the groups that the tables have of a key.

    Raises SettingsError, which names the file, the key in it, and what to write instead.
    """
    import tomllib  # only who has such a file waits for it

    try:
        said = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"{path} cannot be read: {error}. Mend it, or move it away to search without it."
        ) from error
    try:
        found = _read(said, known)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from None
    return replace(found, unknown=tuple(one._replace(file=str(path)) for one in found.unknown))


def _read(said: Mapping[str, Any], known: Callable[[str], Sequence[Group]]) -> UserAliases:
    _check_keys(said, ("group", "never"), "[[group]] and never")
    entries = said.get("group", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("group must be written with two brackets: [[group]].")
    groups: list[Group] = []
    joins: dict[str, str] = {}
    added: dict[str, tuple[Name, ...]] = {}
    unknown: list[Unknown] = []
    for number, entry in enumerate(entries, 1):
        try:
            if "adds_to" in entry:
                target, names = _addition(entry)
                if not known(target):
                    unknown.append(Unknown("", number, entry["adds_to"]))
                    continue
                added[target] = (*added.get(target, ()), *names)
                joins.update((key_of(name), target) for name in names)
            else:
                groups.append(_group(entry))
        except ValueError as error:
            raise ValueError(f"group {number}: {error}") from None
    never = [_key(form) for form in _texts(said.get("never", []), "never")]
    return UserAliases(by_key(groups, never), joins, added, tuple(unknown))


def by_key(groups: Iterable[Group], never: Iterable[str] = ()) -> dict[str, tuple[Group, ...]]:
    """Return the groups with a form of each key, else with one in its other number; none for the keys in `never`."""
    found: dict[str, tuple[Group, ...]] = {}
    others: dict[str, tuple[Group, ...]] = {}
    for group in groups:
        for name in group.names:
            key, *numbers = keys_of(name, group.kind)
            found[key] = (*found.get(key, ()), group)
            others.update((number, (*others.get(number, ()), group)) for number in numbers)
    return others | found | dict.fromkeys(never, ())


def _group(said: Mapping[str, Any]) -> Group:
    _check_keys(said, ("names", "kind"), "names, kind and adds_to")
    kind = said.get("kind", "term")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}: known are {', '.join(KINDS)}.")
    return Group(checked_names(_texts(said.get("names"), "names")), kind, "user")


def _addition(said: Mapping[str, Any]) -> tuple[str, tuple[Name, ...]]:
    """Return the key of the form whose groups names join, and these."""
    _check_keys(said, ("names", "adds_to"), "names and, where nothing is added, kind")
    form = said["adds_to"]
    if not isinstance(form, str):
        raise ValueError(f'adds_to must be a text, as in adds_to = "特朗普"; found {form!r}.')
    return _key(form), checked_names([form, *_texts(said.get("names"), "names")])[1:]


def _key(form: str) -> str:
    return name_key(fold_key(form))


def _check_keys(said: Mapping[str, Any], known: Collection[str], named: str) -> None:
    if unknown := said.keys() - known:
        raise ValueError(f"unknown key {min(unknown)!r}: known are {named}.")


def _texts(value: Any, key: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f'{key} must be a list of texts, as in {key} = ["川普", "特朗普"]; found {value!r}.')
    return value
