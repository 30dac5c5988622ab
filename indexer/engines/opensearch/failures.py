"""What came of a request that failed -> what kind of failure it is, and the error that a user is told."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from indexer.engines.opensearch.credentials import FILE, PASSWORD, TOKEN, USER, Credentials
from indexer.engines.opensearch.location import Location
from indexer.errors import AccessDenied, ClusterRefuses, ClusterUnreachable, IndexUnusable, PartMissing

# Types in an error of a search that say that a node went away under it, or has a shard no more: another one has.
_NODE_GONE = frozenset(
    {
        "node_disconnected_exception",
        "node_not_connected_exception",
        "node_closed_exception",
        "connect_transport_exception",
        "receive_timeout_transport_exception",
        "shard_not_found_exception",
        "shard_not_in_primary_mode_exception",
        "illegal_index_shard_state_exception",
        "index_shard_closed_exception",
        "already_closed_exception",
    }
)
_CERTIFICATE = "certificate"
_SEARCH_FAILED = "search_phase_execution_exception"
_NO_COPY = "no_shard_available_action_exception"
_MISSING = re.compile(r"missing shards \[(.*?)\]\. ")
_SHARD = re.compile(r"\[([^\[\]]+)\]\[(\d+)\]")
# What a search in a point in time says, with the status 500, when a node that kept a part of it has left; a node that
# has forgotten it says the other with 404. Both mean that it is lost.
_POINT_LEFT = "no node found for id"
_POINT_LOST, _NOT_FOUND = "search_context_missing_exception", 404
_NOTHING_SENT = (ConnectionRefusedError, socket.gaierror)
# Of what a cluster says of itself no more than this stands in a message: it may quote the whole request.
_LONGEST_REASON = 300


class Failure(Enum):
    """What kind of failure a request met."""

    UNSENT = "nothing listens at the address"
    SILENT = "no answer, or half of one: it may have arrived"
    BUSY = "more requests than the node takes"
    PASSING = "a node that goes away, or is not ready"
    PART_MISSING = "a part of the index has no copy"
    UNTRUSTED = "the node's certificate, or that it has none"
    DENIED = "the user"
    REFUSED = "the request itself"


@dataclass(frozen=True, slots=True)
class Failed:
    """One request that failed: `status` is that of HTTP, 0 without an answer; `kind` is the type of its error."""

    failure: Failure
    status: int = 0
    kind: str = ""
    reason: str = ""


def failed_of(status: int, answer: Any) -> Failed:
    """Tell what an answer with a status of HTTP other than success means."""
    error = answer.get("error") if isinstance(answer, Mapping) else None
    named: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    reason = "; ".join(dict.fromkeys(filter(None, _values(named, "reason")))) or str(error or answer or "")
    kinds = set(_values(named, "type"))
    if status == 500 and _SEARCH_FAILED in kinds and _POINT_LEFT in reason:
        return Failed(Failure.REFUSED, _NOT_FOUND, _POINT_LOST, reason[:_LONGEST_REASON])
    if status in (401, 403):
        failure = Failure.DENIED
    elif status == 429:
        failure = Failure.BUSY
    elif _is_part_missing(named, status, kinds):
        failure = Failure.PART_MISSING
    elif status in (502, 503, 504) or (status == 500 and _SEARCH_FAILED in kinds and _is_node_gone(kinds, reason)):
        failure = Failure.PASSING
    else:
        failure = Failure.REFUSED
    return Failed(failure, status, str(named.get("type", "")), reason[:_LONGEST_REASON])


def failed_to_reach(error: BaseException) -> Failed:
    """Tell what it means that there was no answer, only an exception."""
    causes = [*_causes(error)]
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failed(Failure.UNTRUSTED, kind=_CERTIFICATE, reason=cause.verify_message)
        if isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
            return Failed(Failure.UNTRUSTED, reason="it speaks no TLS")
    failure = Failure.UNSENT if any(isinstance(cause, _NOTHING_SENT) for cause in causes) else Failure.SILENT
    return Failed(failure, reason=str(causes[-1]))


def explained(failed: Failed, location: Location, credentials: Credentials, passed_s: float) -> IndexUnusable:
    """Return the error that a user is told once a request is given up after some seconds."""
    hosts = location.named_hosts
    if failed.failure is Failure.DENIED:
        return _denied(failed, location, credentials)
    if failed.failure is Failure.UNTRUSTED:
        return ClusterUnreachable(_untrusted(failed, location), failed.reason)
    if failed.failure is Failure.PART_MISSING:
        return part_missing(missing_of(failed.reason), location)
    if failed.failure is Failure.REFUSED:
        what = f"{failed.kind}: {failed.reason}" if failed.kind else failed.reason or "no reason is given"
        return ClusterRefuses(
            f"The cluster at {hosts} refused what was asked of {location.name} ({failed.status}): {what}",
            status=failed.status,
            kind=failed.kind,
        )
    if failed.failure is Failure.BUSY:
        return ClusterRefuses(
            f"The cluster at {hosts} has more to do than it can take, for {passed_s:.0f} s now (429). Try again "
            "later, or with fewer programs at once.",
            status=failed.status,
            kind=failed.kind,
        )
    secure = "" if location.is_tls else " If it speaks TLS, its address begins with https."
    return ClusterUnreachable(
        f"No node of the cluster answers: {hosts} ({passed_s:.0f} s, last: {failed.reason or failed.status}). Is it "
        f"running, and is the address right?{secure}",
        failed.reason,
    )


def part_missing(parts: tuple[str, ...], location: Location) -> PartMissing:
    """Return the error for parts of an index that no node has a copy of."""
    named = ", ".join(parts) or f"a part of {location.name}"
    return PartMissing(
        f"The answer would be without {named}: no node that runs has a copy of it. Start the nodes that are down, or "
        "search what is left with --partial.",
        named,
    )


def missing_of(reason: str) -> tuple[str, ...]:
    """Return the parts that a cluster says are missing."""
    match = _MISSING.search(reason)
    return tuple(f"shard {number} of {index}" for index, number in _SHARD.findall(match[1] if match else reason))


def _denied(failed: Failed, location: Location, credentials: Credentials) -> AccessDenied:
    hosts = location.named_hosts
    if failed.status == 403:
        allowed = f"The cluster at {hosts} does not allow this user what was asked of {location.name} (403)."
        text = f"{allowed} Ask its administrator for it, or give another user."
    elif credentials.source:
        text = f"The cluster at {hosts} does not accept the user and password, or token, of {credentials.source} (401)."
    else:
        text = (
            f"The cluster at {hosts} asks who you are (401): set {USER} and {PASSWORD}, or {TOKEN}, or name a "
            f"file with them in {FILE}."
        )
    return AccessDenied(text, status=failed.status, kind=failed.kind)


def _untrusted(failed: Failed, location: Location) -> str:
    hosts = location.named_hosts
    if failed.kind != _CERTIFICATE:
        return f"The cluster at {hosts} does not speak TLS: write its address with http, or let it speak TLS."
    return (
        f"The certificate of the cluster at {hosts} is not trusted: {failed.reason}. If an authority of your own "
        "signed it, name the file with that one's certificate with --ca or WENSOU_CA; an expired one has to be renewed."
    )


def _is_part_missing(error: Mapping[str, Any], status: int, kinds: set[str]) -> bool:
    if status != 503:
        return False
    says = " ".join(_values(error, "reason"))
    return _NO_COPY in kinds or (_SEARCH_FAILED in kinds and ("missing shards" in says or "all shards failed" in says))


def _is_node_gone(kinds: set[str], reason: str) -> bool:
    return bool(kinds & _NODE_GONE) or "disconnected" in reason


def _values(value: Any, name: str) -> Iterator[str]:
    """Yield every text under a name in an answer, the outermost first."""
    if isinstance(value, Mapping):
        if isinstance(value.get(name), str):
            yield value[name]
        for part in value.values():
            yield from _values(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _values(part, name)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
