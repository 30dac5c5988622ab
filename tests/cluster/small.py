"""A small index on a cluster that tests fill anew each time, as an open snapshot would answer of it."""

from __future__ import annotations

import json
from base64 import b64encode
from zlib import compress

from opensearchpy import OpenSearch

from indexer.engines.base import TERM_FIELDS
from indexer.engines.opensearch.mapping import PASSAGES, document_id, length_of, mappings, settings, terms_of


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
        lines = [{"delete": {"_index": self.name, "_id": hit["_id"]}} for hit in old]
        for row, entries in archive.articles.values():
            lines += [{"index": {"_index": self.name, "_id": document_id(row.id)}}, document(row, entries)]
        if lines:
            assert not self.client.bulk(body=lines)["errors"]
        self.client.indices.refresh(index=self.name)
        self.client.indices.forcemerge(index=self.name, max_num_segments=1)
        self.client.indices.refresh(index=self.name)

    def search(self, body):
        return self.client.search(index=self.name, body=body, search_type="dfs_query_then_fetch")

    def delete(self) -> None:
        self.client.indices.delete(index=self.name)


def document(row, entries):
    days = [entry.numbers["published"] for entry in entries if "published" in entry.numbers]
    return {
        "id": row.id,
        "path": row.path,
        "passages": len(entries),
        "row": {"article": row.title},
        **({"published": days[0]} if days else {}),
        PASSAGES: [passage(number, entry) for number, entry in enumerate(entries)],
    }


def passage(number, entry):
    own = {"number": number, "id": entry.id, "payload": b64encode(entry.payload).decode(), **entry.numbers}
    own |= {name: list(values) for name, values in entry.keywords.items() if values}
    for name in TERM_FIELDS:
        if stream := entry.terms.get(name, ()):
            own |= {name: " ".join(stream), terms_of(name): sorted(set(stream)), length_of(name): len(stream)}
    stored = {"terms": {name: " ".join(stream) for name, stream in entry.terms.items()}, "keywords": {}, "numbers": {}}
    return own | {"entry": b64encode(compress(json.dumps(stored).encode())).decode()}
