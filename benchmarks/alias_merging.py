"""Groups of names from several sources -> groups that do not contradict each other: earlier sources win."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from indexer.analysis.fold import fold_key
from indexer.errors import UsageError
from indexer.vocabulary.alias_lines import Group, Name, key_of, name_key

# Forms that a group shares with an earlier one, if they are the same: two cities may share a name, and what two files
# written by hand share one form of is two things (凯恩斯 the city, the man), of two forms one.
LEAST_SHARED = {"geonames": 2, "curated": 2}


@dataclass
class Merging:
    """Groups so far; in which of them each form stands, and in which of these it is not ambiguous."""

    groups: list[Group] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _sure: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def keep(self, group: Group) -> None:
        """Add a group written by hand: as it is, or to the one, of any kind, that it surely is."""
        same = self._same(group)
        if same is None:
            self._set(len(self.groups), group)
        else:
            self._set(same, replace(self.groups[same], names=_joined(self.groups[same].names, group.names)))

    def add(self, group: Group) -> None:
        """Add what is new in a group: to the one of its kind that it surely is or, less the forms of others, alone."""
        new = tuple(name for name in group.names if key_of(name) not in self._known)
        same = self._same(group)
        if same is not None and self.groups[same].kind == group.kind:
            self._set(same, replace(self.groups[same], names=(*self.groups[same].names, *new)))
        elif len(new) > 1:
            self._set(len(self.groups), replace(group, names=new))

    def _same(self, group: Group) -> int | None:
        """Return the place of the only group with which it shares enough forms that are ambiguous in neither."""
        shared = Counter(place for key in _sure_keys(group) for place in self._sure[key])
        enough = [place for place, count in shared.items() if count >= LEAST_SHARED.get(group.source, 1)]
        return enough[0] if len(enough) == 1 else None

    def _set(self, place: int, group: Group) -> None:
        for key in _sure_keys(self.groups[place]) if place < len(self.groups) else ():
            self._sure[key].discard(place)
        self.groups[place : place + 1] = [group]
        self._known.update(map(key_of, group.names))
        for key in _sure_keys(group):
            self._sure[key].add(place)


def _sure_keys(group: Group) -> list[str]:
    return [key_of(name) for name in group.names if not name.is_ambiguous]


def _joined(names: Sequence[Name], more: Sequence[Name]) -> tuple[Name, ...]:
    """Return the names of both, each with the marks that it has in either."""
    found = {key_of(name): name for name in names}
    for name in more:
        own = found.setdefault(key_of(name), name)
        unless = tuple(dict.fromkeys((*own.unless, *name.unless)))
        found[key_of(name)] = replace(own, is_ambiguous=own.is_ambiguous or name.is_ambiguous, unless=unless)
    return tuple(found.values())


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
