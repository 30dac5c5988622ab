"""A query whose filters leave no article -> notes on what there is without each of them, and how to ask so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from indexer.engines.base import MOST_COUNTED, Engine, Request
from indexer.nodes import Node, Range
from search.conditions import Conditions, without
from search.grammar import Query
from search.meaning import Asked
from search.model import Action, Note, Value, Wording
from search.planner import NO_BOILERPLATE, Plan
from search.syntax import Together, Tree, written
from search.wording import articles, up_to

# Filters that are tried one by one.
_MOST_TRIED = 20
# How a filter is said to be left out, and its link, by the options that ask for it.
_WITHOUT = {
    (): "without {filter} {count}",
    ("since", "until"): "without {filter} {count}",
    ("like",): "without --like {filter} {count}",
    ("added-since",): "without --added-since {filter} {count}",
}
_LINKS = {
    (): "Without {filter}",
    ("since", "until"): "Of any date",
    ("like",): "Not only like {filter}",
    ("added-since",): "Not only added since run {filter}",
}
_BOILERPLATE = "What matches is boilerplate, of {articles}."


class _Looser(NamedTuple):
    """A plan without a limit that the user gave: how many it finds, worded with `values`, and how to ask so."""

    message: str
    action: Action
    plan: Plan

    def said(self, count: int) -> Wording:
        return Wording(self.message, {**self.action.values, "count": up_to(count)})


def notes_on_filters(parsed: Query, planned: Plan, engine: Engine) -> Iterator[Note]:
    """Yield what the query finds without each filter, or, if one is not enough, without all of them."""
    if any(_leaves_nothing(asked.node, engine) for asked in planned.filters):
        return
    found = [(one, count) for one in _looser(parsed.tree, planned) if (count := _total(one.plan, engine))]
    boilerplate = 0 if found else _total(replace(planned, passages=None), engine)
    if planned.filters and not found and not boilerplate:
        one = _without_any(parsed.tree, planned)
        found = [(one, count)] if (count := _total(one.plan, engine)) else []
    if found:
        parts = tuple(one.said(count) for one, count in found)
        actions = tuple(dict.fromkeys(one.action for one, _ in found))
        yield Note("filtered", "The filters leave no article. There are, {parts:; }.", {"parts": parts}, "", actions)
    elif boilerplate:
        yield _boilerplate(boilerplate, parsed.tree, planned)


def _boilerplate(count: int, tree: Tree, planned: Plan) -> Note:
    changes = {**_changes(tree, (), any_passages=planned.passages != NO_BOILERPLATE), "kind": "boilerplate"}
    values: dict[str, Value] = {"articles": articles(count, is_exact=count < MOST_COUNTED)}
    action = Action("Show boilerplate", changes)
    return Note("filtered", _BOILERPLATE, values, "To see it: --kind boilerplate", (action,))


def _leaves_nothing(node: Node, engine: Engine) -> bool:
    """Tell whether a filter asks for what came in after a run, and nothing did: that is said by itself."""
    return isinstance(node, Range) and node.field == "run" and not engine.search(Request(node, limit=0)).total


def _looser(tree: Tree, planned: Plan) -> Iterator[_Looser]:
    """Yield the plan without each limit that the user gave."""
    for asked in planned.filters[:_MOST_TRIED]:
        same = [one for one in planned.filters if one.text == asked.text]  # asked for by the query and by an option
        others = tuple(one for one in planned.filters if one not in same)
        options = same[0].options
        flag = f"--{options[0]} " if options else ""
        values = {"filter": asked.text.removeprefix(flag)}
        action = Action(_LINKS[options], _changes(tree, same), values)
        yield _Looser(_WITHOUT[options], action, replace(planned, filters=others))
    if planned.passages not in (None, NO_BOILERPLATE):
        action = Action("In passages of any kind and language", _changes(tree, (), any_passages=True))
        message = "in passages of any kind and language {count}"
        yield _Looser(message, action, replace(planned, passages=NO_BOILERPLATE))


def _without_any(tree: Tree, planned: Plan) -> _Looser:
    action = Action("Without any filter", _changes(tree, planned.filters, any_passages=True))
    return _Looser("without any filter {count}", action, replace(planned, filters=(), passages=None))


def _changes(tree: Tree, left_out: Sequence[Asked], *, any_passages: bool = False) -> Mapping[str, str]:
    """Return what to change for a search without some filters, of the query and of its options."""
    changes = {name: "" for asked in left_out for name in asked.options}
    typed = {asked.text for asked in left_out if not asked.options}
    conditions = Conditions(tree)
    parts = [part for part in conditions.facts if written(part) in typed]
    if any_passages:
        changes |= {"lang": "", "kind": ""}
        parts += conditions.choices
    rest = without(tree, lambda part: part in parts)
    if rest in (None, Together(())):
        return {**changes, "q": "*"}
    return {**changes, "q": written(rest)} if parts else changes


def _total(planned: Plan, engine: Engine) -> int:
    return engine.search(replace(planned.request(sort="relevance", limit=0, offset=0), counts=())).total
