"""The engine on a cluster as the contract opens engines: by folders, each of which stands for an index."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from pathlib import Path

from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.settings import ClusterSettings
from indexer.engines.opensearch.snapshot import Snapshot


class Indices:
    """The indices of a session: one whose folder is gone is used again, since making one takes half a second."""

    def __init__(self, address):
        self.address = address
        self._names: dict[Path, str] = {}
        self._token = secrets.token_hex(4)

    @property
    def names(self):
        return list(self._names.values())

    def location(self, folder, *, is_new):
        """Return where the index of a folder is, and whether it was another one's before."""
        is_used = False
        if is_new and folder not in self._names:
            folder.mkdir(parents=True, exist_ok=True)
            free = next((own for own in self._names if not own.exists()), None)
            is_used = free is not None
            number = len(self._names)
            self._names[folder] = self._names.pop(free) if free else f"contract-{self._token}-{number}"
        name = self._names.get(folder, f"contract-{self._token}-nothing")
        return location_of(f"{self.address}/{name}", ClusterSettings(shards=3, replicas=0)), is_used


class Noting:
    """A writer that notes which articles it changes."""

    def __init__(self, writer, changed):
        self._writer, self._changed = writer, changed

    def put(self, row, entries):
        self._changed.add(row.id)
        self._writer.put(row, entries)

    def put_packed(self, packed):
        self._changed.update(document.article_id for document in packed)
        self._writer.put_packed(packed)

    def __getattr__(self, name):
        method = getattr(self._writer, name)

        def noting(*arguments):
            self._changed.add(arguments[0])
            method(*arguments)

        return method if name == "change_meta" else noting


def on_cluster(indices):
    """Return a class of engines over the indices of a session."""

    class OnCluster(OpenSearchEngine):
        def __init__(self, folder, *, create=False):
            location, is_used = indices.location(folder, is_new=create)
            super().__init__(location, create=create)
            if is_used:
                with self.writer() as writer:
                    for row in list(self.rows()):
                        writer.delete(row.id)
                    writer.change_meta(lambda _: {})

        @staticmethod
        def check(folder):
            return OpenSearchEngine.check(indices.location(folder, is_new=False)[0])

        @contextmanager
        def writer(self, *arguments, **named):
            known = {row.id for row in self.rows()}
            changed = set()
            with super().writer(*arguments, **named) as writer:
                yield Noting(writer, changed)
            if known & changed:
                self._merge()
                self._snapshot = Snapshot.newest(self._connection)

        def _merge(self):
            """Merge deleted passages away, which count in statistics till then.

            A cluster keeps them half a minute, for copies that were away; not of an index that is opened again.
            """
            name = f"/{self._connection.index}"
            for step in ("_flush", "_close", "_open"):
                self._connection.ask("POST", f"{name}/{step}")
            self._connection.ask("GET", f"/_cluster/health{name}", wait_for_status="green")
            self._connection.ask("POST", f"{name}/_forcemerge", max_num_segments=1)
            self._connection.ask("POST", f"{name}/_refresh")

    return OnCluster


def remove_all(indices):
    """Remove the indices of a session."""
    connection = Connection(location_of(f"{indices.address}/contract"))
    for name in indices.names:
        connection.ask("DELETE", f"/{name}-*", missing_ok=True)
    connection.close()
