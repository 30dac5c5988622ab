"""The indices behind a name: an alias that leads to one of them, which another one may take the place of."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.engines.opensearch.mapping import FORMAT, META, REPLICAS, SHARDS, mappings, settings
from indexer.errors import ClusterRefuses, IndexMissing, IndexStale, IndexUnusable

if TYPE_CHECKING:
    from indexer.engines.opensearch.connection import Connection

# Seconds that an index stays after another one took its place: whoever reads it goes on.
KEPT_S = 600.0
# The status of a change that another one was faster than.
CONFLICT = 409
ChangeMeta = Callable[[Mapping[str, Any]], Mapping[str, Any]]
_OURS = "wensou"
_EXISTS, _IS_ALIAS = "resource_already_exists_exception", "invalid_alias_name_exception"


class Shape(NamedTuple):
    """In how many shards and copies an index is kept, and how often it shows what is in no commit yet; 0: never."""

    shards: int = SHARDS
    replicas: int = REPLICAS
    refresh_s: int = 0


def find_index(connection: Connection) -> str | None:
    """Return the index that the name stands for, if there is one, of any format.

    Raises IndexUnusable if the name is that of something else.
    """
    found = connection.ask("GET", f"/_alias/{connection.index}", missing_ok=True)
    if found and len(found) == 1:
        (index,) = found
        _facts_of(connection, index)
        return str(index)
    if found or connection.ask("GET", f"/{connection.index}", missing_ok=True):
        raise _foreign(connection)
    return None


def current_index(connection: Connection) -> str:
    """Return the index that the name stands for. Raises IndexMissing, or IndexUnusable as `find_index` does."""
    index = find_index(connection)
    if index is None:
        raise IndexMissing(
            f"No index at {connection.location}. Create it with: wensou index FOLDER --index {connection.location}"
        )
    return index


def check_format(connection: Connection, index: str) -> None:
    """Raise IndexStale if an index has another format than this version writes."""
    found = _facts_of(connection, index).get("format")
    if found != FORMAT:
        raise IndexStale(
            f"The index at {connection.location} has format {found}, this version of wensou writes {FORMAT}. Build it "
            f"anew with: wensou index FOLDER --rebuild --index {connection.location}"
        )


def create(connection: Connection, shape: Shape) -> None:
    """Make an empty index, unless there is one: another process may be quicker. Raises IndexUnusable."""
    if find_index(connection) is not None:
        return
    name = f"{connection.index}-0"  # the same for all, so that only one is made
    try:
        _make(connection, name, shape, aliases={connection.index: {}})
    except ClusterRefuses as error:
        if error.kind == _IS_ALIAS:
            raise _foreign(connection) from error
        if error.kind != _EXISTS:
            raise
        if find_index(connection) is None:  # left of an index whose alias is gone
            _make(connection, _stamped(connection), shape, aliases={connection.index: {}})
    index = current_index(connection)
    if connection.ask("GET", f"/{index}/_doc/{META}", missing_ok=True) is None:
        commit(connection, index)


def create_beside(connection: Connection, shape: Shape) -> str:
    """Make an empty index that no name stands for yet."""
    name = _stamped(connection)
    _make(connection, name, shape)
    return name


def commit(connection: Connection, index: str, change: ChangeMeta | None = None) -> None:
    """Make all that was written to an index visible, and then a new commit of it, with what it knows changed.

    `change` is called again if another writer commits at the same time.
    """
    connection.ask("POST", f"/{index}/_refresh")
    while not _put_meta(connection, index, change or (lambda meta: meta)):
        pass


def known_in(connection: Connection, index: str) -> Mapping[str, Any]:
    """Return what an index knows besides articles."""
    found = connection.ask("GET", f"/{index}/_doc/{META}", missing_ok=True)
    meta: Mapping[str, Any] = json.loads(found["_source"]["row"]["meta"]) if found else {}
    return meta


def count_articles(connection: Connection, index: str) -> int:
    """Return how many articles are visible."""
    return int(connection.ask("POST", f"/{index}/_count", {"query": {"exists": {"field": "passages"}}})["count"])


def remove_index(connection: Connection, index: str) -> None:
    """Remove an index, if it is there."""
    connection.ask("DELETE", f"/{index}", missing_ok=True)


def _put_meta(connection: Connection, index: str, change: ChangeMeta) -> bool:
    """Change what an index knows, for all to see; False if someone else did since it was read."""
    path = f"/{index}/_doc/{META}"
    found = connection.ask("GET", path, missing_ok=True)
    known = json.loads(found["_source"]["row"]["meta"]) if found else {}
    row = {"commit": secrets.token_hex(8), "format": FORMAT, "meta": json.dumps(change(known), sort_keys=True)}
    version: dict[str, Any] = {"op_type": "create"}
    if found:
        version = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
    try:
        connection.ask("PUT", path, {"row": row}, refresh="true", **version)
    except ClusterRefuses as error:
        if error.status != CONFLICT:
            raise
        now = connection.ask("GET", path, missing_ok=True)  # a request that is repeated meets itself
        if not now or now["_source"]["row"]["commit"] != row["commit"]:
            return False
        connection.ask("POST", f"/{index}/_refresh")
    return True


def take_place(connection: Connection, old: str, new: str, clock: Callable[[], float] = time.time) -> None:
    """Let the name stand for another index, which others see from now on; the old one is kept for KEPT_S."""
    _note(connection, new, {"replaced": old, "replaced_at": int(clock())})
    actions = [
        {"remove": {"index": old, "alias": connection.index}},
        {"add": {"index": new, "alias": connection.index}},
    ]
    try:
        connection.ask("POST", "/_aliases", {"actions": actions})
    except ClusterRefuses:
        if find_index(connection) != new:  # a request that is repeated meets what it did the first time
            raise


def note_analysis(connection: Connection, index: str, fingerprint: str) -> None:
    """Write into an index with which analysis its terms were made."""
    if _facts_of(connection, index).get("fingerprint") != fingerprint:
        _note(connection, index, {"fingerprint": fingerprint})


def remove_leftovers(connection: Connection, index: str, clock: Callable[[], float] = time.time) -> tuple[str, ...]:
    """Remove what is beside the current index, unless it was replaced a short time ago, and return the names.

    To be called with the lock of the current index, without which nobody makes another one.
    """
    own = _facts_of(connection, index)
    kept = own.get("replaced") if clock() < own.get("replaced_at", 0) + KEPT_S else None
    found = connection.ask("GET", f"/{connection.index}-*/_mapping", missing_ok=True, filter_path="*.mappings._meta")
    left = tuple(
        name
        for name, values in sorted((found or {}).items())
        if name not in (index, kept) and _ours(values).get("name") == connection.index
    )
    for name in left:
        remove_index(connection, name)
    return left


def _make(connection: Connection, name: str, shape: Shape, **more: Any) -> None:
    fields = mappings()
    fields["_meta"][_OURS]["name"] = connection.index
    connection.ask("PUT", f"/{name}", {"settings": settings(*shape), "mappings": fields, **more}, repeat=False)


def _stamped(connection: Connection) -> str:
    return f"{connection.index}-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"


def _note(connection: Connection, index: str, facts: Mapping[str, Any]) -> None:
    """Add to what an index says of itself."""
    meta = {_OURS: {**_facts_of(connection, index), **facts}}
    connection.ask("PUT", f"/{index}/_mapping", {"_meta": meta})


def _facts_of(connection: Connection, index: str) -> Mapping[str, Any]:
    """Return what an index says of itself. Raises IndexUnusable if it is not ours."""
    found = connection.ask("GET", f"/{index}/_mapping", filter_path="*.mappings._meta")
    facts = _ours(found.get(index, {}))
    if not facts:
        raise _foreign(connection)
    return facts


def _ours(values: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = values.get("mappings", {}).get("_meta", {}).get(_OURS, {})
    return found


def _foreign(connection: Connection) -> IndexUnusable:
    return IndexUnusable(
        f"{connection.index} at {connection.location} was not made by wensou. It is left as it is: give another name."
    )
