"""What was measured for each query -> means, by language too, in the shape of reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.evaluation.measures import MEASURES, Values, mean


@dataclass(frozen=True, slots=True)
class Figures:
    """The values of each judged query of one file, and the languages of each and its answers, as in zh-Hans->en."""

    set: str
    queries: str
    qrels: str
    values: Mapping[str, Values]
    pairs: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.set, self.queries, self.qrels

    def parts(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the queries of each pair of languages."""
        for pair in sorted(set(self.pairs.values())):
            yield pair, [query for query in self.values if self.pairs[query] == pair]

    def means(self, queries: Sequence[str]) -> dict[str, Any]:
        """Return the means over some queries, and how many these are."""
        return {"n": len(queries), **mean([self.values[query] for query in queries])}

    def to_dict(self, *, per_query: bool = False) -> dict[str, Any]:
        """Return the JSON shape; with `per_query` it can be compared with."""
        shape: dict[str, Any] = {"set": self.set, "queries": self.queries, "qrels": self.qrels}
        shape |= self.means([*self.values])
        shape["by_language"] = {pair: self.means(queries) for pair, queries in self.parts()}
        if per_query:
            shape["per_query"] = {
                query: {"language": self.pairs[query], **{name: values[name] for name in MEASURES}}
                for query, values in self.values.items()
            }
        return shape
