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
        self.client.indices.delete(index=name, ignore=[404])
        self.client.indices.create(index=name, body={"settings": settings(replicas=0), "mappings": mappings()})

    def fill(self, archive) -> None:
        """Replace what is in the index by the articles of the judge's archive."""
        old = self.search({"size": 10_000, "_source": False})["hits"]["hits"]
        lines = [json.dumps({"delete": {"_index": self.name, "_id": hit["_id"]}}) for hit in old]
        for row, entries in archive.articles.values():
            lines.append(json.dumps({"index": {"_index": self.name, "_id": document_id(row.id)}}))
            lines.append(dumped(row, entries).source.decode())
        if lines:
            assert not self.client.bulk(body="\n".join([*lines, ""]))["errors"]
        self.client.indices.refresh(index=self.name)
        self.client.indices.forcemerge(index=self.name, max_num_segments=1)
        self.client.indices.refresh(index=self.name)

    def search(self, body):
        return self.client.search(index=self.name, body=body, search_type="dfs_query_then_fetch")

    def delete(self) -> None:
        self.client.indices.delete(index=self.name)
