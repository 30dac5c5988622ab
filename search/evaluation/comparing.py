"""A run that was kept, and another one -> what changed, and how probable that is by chance."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from indexer.errors import UsageError
from search.evaluation.figures import Figures
from search.evaluation.measures import MEASURES, p_value

Key = tuple[str, str, str]  # set, queries and qrels


@dataclass(frozen=True, slots=True)
class Change:
    """Two means over the same queries; `p` is that of the paired test."""

    before: float
    after: float
    difference: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed in each measure, over the `n` queries that both runs asked, and over those of each language."""

    n: int
    whole: Mapping[str, Change]
    by_language: Mapping[str, Mapping[str, Change]]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape."""
        return asdict(self)


def read_run(path: Path) -> dict[Key, Mapping[str, Mapping[str, float]]]:
    """Read the values of each query from a run in JSON. Raises UsageError if it has none."""
    try:
        sets = json.loads(path.read_text("utf-8"))["sets"]
        return {(one["set"], one["queries"], one["qrels"]): one["per_query"] for one in sets}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            f"{path} is no run that can be compared with. Keep one: wensou eval SET --json --per-query > {path}"
        ) from None


def compared(before: Mapping[str, Mapping[str, float]], figures: Figures) -> Comparison:
    """Compare over the queries that both have."""
    both = [query for query in figures.values if query in before]
    parts = {pair: [query for query in queries if query in before] for pair, queries in figures.parts()}
    return Comparison(
        len(both),
        _changes(before, figures, both),
        {pair: _changes(before, figures, queries) for pair, queries in parts.items() if queries},
    )


def _changes(before: Mapping[str, Mapping[str, float]], figures: Figures, queries: Sequence[str]) -> dict[str, Change]:
    return {
        name: _change([before[q][name] for q in queries], [figures.values[q][name] for q in queries])
        for name in MEASURES
        if queries
    }


def _change(before: Sequence[float], after: Sequence[float]) -> Change:
    means = sum(before) / len(before), sum(after) / len(after)
    return Change(*means, means[1] - means[0], p_value(before, after))
