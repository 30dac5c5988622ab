"""What is stored of a passage -> the scores of some nodes, which a search is told besides its own."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from indexer.engines.opensearch.documents import entry_of
from indexer.engines.opensearch.mapping import PASSAGES
from indexer.engines.opensearch.passage import Passage
from indexer.engines.opensearch.scores import Known, Scores
from indexer.nodes import Node, Synonym

# What has to be read of a passage: what is stored of it, and values that it is found by.
STORED = (f"{PASSAGES}.entry",)
VALUES = (f"{PASSAGES}.before",)

Fields = Mapping[str, Sequence[Any]]


class Details:
    """The scores of `Request.details`, 0 of what does not match; that of a Synonym its second stage."""

    def __init__(self, nodes: Sequence[Node], known: Known) -> None:
        scores = Scores(known)
        self._scorers = [_told(node, scores) for node in nodes]

    def of(self, fields: Fields) -> tuple[float, ...]:
        """Return the scores of a passage from its fields, STORED and VALUES, as the cluster gives them."""
        passage = passage_of(fields)
        return tuple([score(passage) or 0.0 for score in self._scorers])


def passage_of(fields: Fields) -> Passage:
    """Return a passage from its fields, STORED and VALUES; one without values before it has none of them."""
    return Passage(entry_of("", b64decode(fields[STORED[0]][0]), b""), fields.get(VALUES[0], ()))


def _told(node: Node, scores: Scores) -> Callable[[Passage], float | None]:
    return scores.second_stage(node) if isinstance(node, Synonym) else scores.of(node)
