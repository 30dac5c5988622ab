"""A commit of an index on a cluster is named when all that belongs to it can be seen, and seen itself then."""

from __future__ import annotations

import pytest

from indexer.engines.opensearch.indices import CONFLICT, commit
from indexer.errors import ClusterRefuses


class OneIndex:
    """Answers as a cluster does; with `repeats`, the first write arrives, but its answer does not."""

    def __init__(self, repeats: bool) -> None:
        self.kept: dict[str, object] | None = None
        self.seen: dict[str, object] | None = None
        self.asked: list[str] = []
        self.repeats = repeats

    def ask(self, method, path, body=None, *, missing_ok=False, refresh="", **_):
        self.asked.append(f"{method} {path.rpartition('/')[2]}")
        if method == "GET":
            return {"_source": self.kept, "_seq_no": 1, "_primary_term": 1} if self.kept else {}
        if method == "PUT":
            self.kept = body
            if self.repeats:
                raise ClusterRefuses("it is there", status=CONFLICT)
        if refresh or path.endswith("_refresh"):
            self.seen = self.kept
        return {}


@pytest.mark.parametrize("repeats", [False, True])
def test_a_commit_that_was_named_is_seen_whatever_became_of_the_answer(repeats):
    index = OneIndex(repeats)
    commit(index, "x-0", lambda meta: {"notes": "new"})
    assert index.seen == index.kept
    assert index.seen["row"]["commit"]
    assert index.asked[:3] == ["POST _refresh", "GET ~meta", "PUT ~meta"]
