"""`aliases.toml` beside the index -> what its user says of names: groups of them, and forms that are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from indexer.analysis.fold import fold_key
from indexer.errors import SettingsError
from indexer.vocabulary.alias_lines import KINDS, Group, checked_names, key_of, name_key

FILE_NAME = "aliases.toml"


def read_user_aliases(path: Path) -> Mapping[str, tuple[Group, ...]]:
    """Return the groups of each key of which the file speaks, none for a form that is left out.

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
        return by_key(_groups(said), _never(said))
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from None


def by_key(groups: Iterable[Group], never: Iterable[str] = ()) -> dict[str, tuple[Group, ...]]:
    """Return the groups with a form of each key; none for the keys in `never`."""
    found: dict[str, tuple[Group, ...]] = {}
    for group in groups:
        for name in group.names:
            key = key_of(name)
            found[key] = (*found.get(key, ()), group)
    return found | dict.fromkeys(never, ())


def _groups(said: Mapping[str, Any]) -> Iterator[Group]:
    if unknown := said.keys() - {"group", "never"}:
        raise ValueError(f"unknown key {min(unknown)!r}: known are [[group]] and never.")
    groups = said.get("group", [])
    if not isinstance(groups, list):
        raise ValueError("group must be written with two brackets: [[group]].")
    for number, group in enumerate(groups, 1):
        try:
            yield _group(group)
        except ValueError as error:
            raise ValueError(f"group {number}: {error}") from None


def _group(said: Mapping[str, Any]) -> Group:
    if unknown := said.keys() - {"names", "kind"}:
        raise ValueError(f"unknown key {min(unknown)!r}: known are names and kind.")
    kind = said.get("kind", "term")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}: known are {', '.join(KINDS)}.")
    return Group(checked_names(_texts(said.get("names"), "names")), kind, "user")


def _never(said: Mapping[str, Any]) -> Iterator[str]:
    for form in _texts(said.get("never", []), "never"):
        yield name_key(fold_key(form))


def _texts(value: Any, key: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f'{key} must be a list of texts, as in {key} = ["川普", "特朗普"]; found {value!r}.')
    return value
