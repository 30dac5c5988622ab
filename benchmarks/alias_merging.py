"""Groups of names from several sources -> groups that do not contradict each other: earlier sources win."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from indexer.analysis.fold import fold_key
from indexer.errors import UsageError
from indexer.vocabulary.alias_lines import Group, Name, key_of, name_key

# Forms that a group shares with a group of another source, if they are the same: two cities may share a name.
LEAST_SHARED = {"geonames": 2}


@dataclass
class Merging:
    """Groups so far, and where each form stands in them."""

    groups: list[Group] = field(default_factory=list)
    _places: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def keep(self, groups: Iterable[Group]) -> None:
        """Add groups as they are."""
        for group in groups:
            self._set(len(self.groups), group)

    def add(self, group: Group) -> None:
        """Add what is new in a group, to the one that it shares forms with or, less the forms of others, by itself."""
        new = tuple(name for name in group.names if key_of(name) not in self._places)
        shared = [name for name in group.names if name not in new]
        if (same := self._same(group, shared)) is not None:
            self._set(same, replace(self.groups[same], names=(*self.groups[same].names, *new)))
        elif len(new) > 1:
            self._set(len(self.groups), replace(group, names=new))

    def _same(self, group: Group, shared: Sequence[Name]) -> int | None:
        """Return the one group with which it shares enough forms that are not ambiguous, if they are of one kind."""
        among = {place for name in shared for place in self._places[key_of(name)]}
        if len(among) != 1 or len(shared) < LEAST_SHARED.get(group.source, 1):
            return None
        (place,) = among
        sure = {key_of(name) for name in self.groups[place].names if not name.is_ambiguous}
        is_sure = any(key_of(name) in sure and not name.is_ambiguous for name in shared)
        return place if is_sure and self.groups[place].kind == group.kind else None

    def _set(self, place: int, group: Group) -> None:
        self.groups[place : place + 1] = [group]
        for name in group.names:
            self._places[key_of(name)].add(place)


@dataclass(frozen=True)
class Corrections:
    """What is wrong with forms of extracted groups, by source: left out, or marked as ambiguous."""

    dropped: Mapping[str, set[str]]
    ambiguous: Mapping[str, set[str]]

    def correct(self, group: Group) -> Group:
        """Return the group as it is right; one of opencc is right or wrong as a whole."""
        keys = {key_of(name): name for name in group.names}
        dropped, ambiguous = self.dropped[group.source] & keys.keys(), self.ambiguous[group.source] & keys.keys()
        if group.source == "opencc":
            dropped, ambiguous = (set(keys) if some else set() for some in (dropped, ambiguous))
        return replace(
            group,
            names=tuple(
                replace(name, is_ambiguous=True) if key in ambiguous else name
                for key, name in keys.items()
                if key not in dropped
            ),
        )


def read_corrections(path: Path) -> Corrections:
    """Read `corrections.txt`. Raises UsageError, which names file and line."""
    found: dict[str, dict[str, set[str]]] = {"drop": defaultdict(set), "ambiguous": defaultdict(set)}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        source, _, rest = line.partition(" ")
        action, _, forms = rest.partition(" ")
        if line and not line.startswith("#"):
            if action not in found or not forms:
                raise UsageError(f"{path}, line {number}: write a source, drop or ambiguous, and forms with = between.")
            found[action][source].update(name_key(fold_key(form)) for form in forms.split("="))
    return Corrections(found["drop"], found["ambiguous"])
