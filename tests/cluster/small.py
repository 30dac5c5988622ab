"""A small index on a cluster that tests fill anew each time, as an open snapshot would answer of it."""

from __future__ import annotations

import json

from opensearchpy import OpenSearch

from indexer.engines.opensearch.documents import dumped
from indexer.engines.opensearch.mapping import document_id, mappings, settings


class SmallIndex:
    """An index of three shards without copies; `search` is that of a snapshot, of what was put last."""

    def __init__(self, address: str, name: str) -> None:
        self.client = OpenSearch([address], timeout=60)
        self.name = name

    def fill(self, archive) -> None:
        """Make the index anew of the articles of the judge's archive.

        Deleted passages would be counted: a cluster keeps them for a while, for copies that were away.
        """
        self.delete()
        self.client.indices.create(index=self.name, body={"settings": settings(replicas=0), "mappings": mappings()})
        lines = []
        for row, entries in archive.articles.values():
            lines.append(json.dumps({"index": {"_index": self.name, "_id": document_id(row.id)}}))
            lines.append(dumped(row, entries).source.decode())
        if lines:
            assert not self.client.bulk(body="\n".join([*lines, ""]), refresh=True)["errors"]

    def search(self, body):
        return self.client.search(index=self.name, body=body, search_type="dfs_query_then_fetch")

    def delete(self) -> None:
        self.client.indices.delete(index=self.name, ignore=[404])
