"""What of a query was not found -> notes that say whether the index holds it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.engines.base import TERM_FIELDS, Engine, Ranking, Request
from indexer.nodes import AllOf, AnyOf, Fuzzy, Near, Node, Pattern, Phrase, Prefix, Term
from search.meaning import Asked
from search.model import Note, Value
from search.planner import Plan

# Parts that are named; the rest is counted.
_NAMED = 10
_NOWHERE = "Found nowhere: {parts:, }.", "Found nowhere: {parts:, } and {count} more."
_ELSEWHERE = "Not where it was looked for: {parts:, }.", "Not where it was looked for: {parts:, } and {count} more."


def notes_on_missing(plan: Plan, ranking: Ranking, engine: Engine) -> Iterator[Note]:
    """Yield which parts of a query stand nowhere in the index, and which in other fields or passages than asked for."""
    missing = [asked for asked, count in zip(plan.asked, ranking.counts, strict=False) if not count]
    if not missing:
        return
    nowhere, elsewhere = _parted(missing[:_NAMED], engine)
    more = max(0, len(missing) - _NAMED)
    if nowhere:
        yield _unmatched(_NOWHERE, nowhere, 0 if elsewhere else more)
    if elsewhere:
        yield _unmatched(_ELSEWHERE, elsewhere, more)


def _unmatched(messages: tuple[str, str], parts: Sequence[str], more: int) -> Note:
    """Return a note in the second of two messages if there are more parts than are named."""
    values: dict[str, Value] = {"parts": tuple(parts)}
    return Note("unmatched", messages[1], {**values, "count": more}) if more else Note("unmatched", messages[0], values)


def _parted(missing: Sequence[Asked], engine: Engine) -> tuple[list[str], list[str]]:
    """Return what stands nowhere, and what stands in any field of any passage."""
    nodes = tuple(AnyOf(tuple(dict.fromkeys(_in_any_field(asked.node)))) for asked in missing)
    counts = engine.search(Request(AnyOf(nodes), limit=0, counts=nodes)).counts
    pairs = list(zip((asked.text for asked in missing), counts, strict=True))
    return [text for text, count in pairs if not count], [text for text, count in pairs if count]


def _in_any_field(node: Node) -> Iterator[Node]:
    """Yield a node for each field that may hold what it looks for, as words of a text, a title, a tag …"""
    match node:
        case AnyOf(nodes):
            for one in nodes:
                yield from _in_any_field(one)
        case AllOf(nodes):
            yield AllOf(tuple(AnyOf(tuple(_in_any_field(one))) for one in nodes))
        case Near(nodes, _, wide):
            for field in _alike(nodes[0].field):
                inner = tuple(replace(one, field=field) for one in nodes)
                yield replace(node, nodes=inner, wide=tuple(replace(one, field=field) for one in wide))
        case Term() | Phrase() | Prefix() | Pattern() | Fuzzy():
            yield from (replace(node, field=field) for field in _alike(node.field))
        case _:
            yield node


def _alike(field: str) -> list[str]:
    """Return the fields that hold the same terms of other parts of an article: of title_zh also zh."""
    kind = field.rpartition("_")[2]
    return [name for name in TERM_FIELDS if name.rpartition("_")[2] == kind]
