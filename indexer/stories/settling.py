"""What a run put and removed -> the labels `story` and `copy` of the articles whose groups that changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b

import numpy as np

from indexer.engines.base import Engine, EngineWriter
from indexer.model import ArticleRow, Passage
from indexer.payload import load_text
from indexer.stories.evidence import RECORD, Records, earliness, joined, records_of, sketch
from indexer.stories.pairs import SHARED, Pairs, near_pairs

# Articles whose sketches are looked up together.
_AT_ONCE = 1000


class Changed:
    """The articles that a run puts, with their records, and those that it removes."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._records = bytearray()
        self._removed: set[str] = set()
        self._unsettled: set[str] = set()

    def put(self, article_ids: Iterable[str], found: Records) -> None:
        """Note articles that were put, with their records."""
        self._ids += article_ids
        self._records += found.tobytes()

    def remove(self, article_id: str) -> None:
        """Note an article that was removed."""
        self._removed.add(article_id)

    def take_up(self, engine: Engine, article_ids: Iterable[str]) -> None:
        """Note articles that the index has, but no run has settled, and those that are the last ones of their group."""
        stories = engine.frequent_terms("story", [""], 1)
        alone = [own[0] for own in engine.articles_with("story", stories).values() if len(own) == 1]
        self._unsettled.update(article_ids, alone)

    def settle(self, engine: Engine, writer: EngineWriter, *, anew: bool = False) -> None:
        """Relabel what changes. `engine` is at the commit before this one; `anew`: of which nothing is left."""
        last = {article_id: place for place, article_id in enumerate(self._ids)}  # put twice, the last one counts
        put = np.frombuffer(self._records, RECORD)
        if len(last) < len(put):
            put = put[list(last.values())]
        gone = {*last, *self._removed}
        kept = _Kept(engine, gone)
        beside = sorted(self._unsettled - gone)
        every = kept.records(beside)
        if not anew and engine.passage_count():
            others = sorted(kept.concerned(joined([every, put])).difference(beside))
            beside += others
            every = joined([every, kept.records(others)])
        every = joined([every, put])
        before = kept.labels(beside)
        after = _labels([*beside, *last], every)
        for place, article_id in enumerate((*beside, *last)):
            own = after.get(place, _NONE)
            if own != (before[place] if place < len(beside) else _NONE):
                values = ((value,) if value else () for value in own)
                writer.relabel(article_id, {name: [value] for name, value in zip(_NAMES, values, strict=True)})


_NAMES = ("story", "copy")
_NONE = ("", "")


class _Kept:
    """What a run keeps of the commit before it."""

    def __init__(self, engine: Engine, gone: Collection[str]) -> None:
        self._engine = engine
        self._gone = gone

    def concerned(self, put: Records) -> set[str]:
        """Return the articles that may belong together with some that are put, and all that their groups hold.

        Those that have lost a member of their group are among them.
        """
        like = self._like(put)
        stories = {story for story in self._engine.labels("story", [*like, *self._gone]) if story}
        members = self._engine.articles_with("story", stories)
        return like.union(*members.values()).difference(self._gone)

    def _like(self, put: Records) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(put), _AT_ONCE):
            words = [sketch(one) for one in put[start : start + _AT_ONCE]]
            having = self._engine.articles_with("sketch", {word for own in words for word in own})
            for own in words:
                shared = Counter(article_id for word in own for article_id in having[word])
                found.update(article_id for article_id, count in shared.items() if count >= SHARED)
                found.update(having[own[0]] if own else ())
        return found - set(self._gone)

    def records(self, article_ids: Sequence[str]) -> Records:
        """Work out what the index does not keep, from what it does."""
        parts = [
            records_of(self._told(article_ids[start : start + _AT_ONCE]))
            for start in range(0, len(article_ids), _AT_ONCE)
        ]
        return joined(parts)

    def _told(self, article_ids: Sequence[str]) -> list[tuple[ArticleRow, list[Passage]]]:
        rows, stored = self._engine.rows(article_ids), self._engine.passages_of(article_ids)
        return [
            (row, [load_text(one.payload, one.passage_id, row.id) for one in passages])
            for row, passages in zip(rows, stored, strict=True)
        ]

    def labels(self, article_ids: Sequence[str]) -> list[tuple[str, ...]]:
        return list(zip(*(self._engine.labels(name, article_ids) for name in _NAMES), strict=True))


def _labels(ids: Sequence[str], every: Records) -> dict[int, tuple[str, str]]:
    """Return story and copy flag of all that belong to a group, by their places."""
    found: dict[int, tuple[str, str]] = {}
    for group in _groups(near_pairs(every)):
        story = blake2b(min(ids[place] for place in group).encode("utf-8", "replace"), digest_size=8).hexdigest()
        originals = _originals(group, ids, every)
        found.update({place: (story, "" if place in originals else "yes") for place in group})
    return found


def _groups(found: Iterable[Pairs]) -> Iterable[list[int]]:
    """Join pairs that have an article in common."""
    leaders: dict[int, int] = {}

    def leader(place: int) -> int:
        while (above := leaders.setdefault(place, place)) != place:
            leaders[place] = leaders[above]
            place = above
        return place

    for pairs in found:
        for one, other in zip(pairs.one.tolist(), pairs.other.tolist(), strict=True):
            leaders[leader(one)] = leader(other)
    groups: dict[int, list[int]] = defaultdict(list)
    for place in leaders:
        groups[leader(place)].append(place)
    return groups.values()


def _originals(group: Sequence[int], ids: Sequence[str], every: Records) -> set[int]:
    """Return the earliest of each set of exact copies."""
    exact: dict[int, list[int]] = defaultdict(list)
    for place in group:
        exact[int(every["exact"][place])].append(place)
    return {
        min(copies, key=lambda place: earliness(ids[place], int(every["day"][place]), bool(every["sourced"][place])))
        for copies in exact.values()
    }
