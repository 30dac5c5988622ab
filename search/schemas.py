"""The dataclasses of answers -> JSON Schemas (2020-12) of what their `to_dict` returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from inspect import cleandoc
from typing import Any, get_args, get_type_hints

import msgspec

_OWN = "#/$defs/{name}"


def schema_of(kind: type) -> dict[str, Any]:
    """Return the schema of one dataclass, with those that it needs below `$defs`."""
    (schema,), needed = schemas_of([kind], _OWN)
    return {**schema, "$defs": needed}


def schemas_of(kinds: Iterable[type], reference: str) -> tuple[tuple[dict[str, Any], ...], dict[str, dict[str, Any]]]:
    """Return a schema for each dataclass, and by name those that they refer to, as `reference` with `{name}` says."""
    kinds = tuple(kinds)
    schemas, needed = msgspec.json.schema_components(kinds, schema_hook=_unknown, ref_template=reference)
    known = {one.__name__: one for kind in kinds for one in _reached(kind)}
    for name, schema in needed.items():
        schema["description"] = cleandoc(schema["description"])
        for hidden in _hidden(known[name]):
            schema["properties"].pop(hidden, None)
    return schemas, needed


def _unknown(_: Any) -> dict[str, Any]:
    """Return a schema of what JSON cannot hold: such a field is hidden."""
    return {"not": {}}


@cache
def _hidden(kind: Any) -> tuple[str, ...]:
    """Return the fields that JSON leaves out."""
    return tuple(field.name for field in fields(kind) if not field.metadata.get("json", True))


def _reached(kind: Any, seen: frozenset[Any] = frozenset()) -> Iterator[type]:
    """Yield a type's dataclasses: itself, those of its fields, and of theirs."""
    if kind in seen:
        return
    if is_dataclass(kind):
        yield kind  # type: ignore[misc]
    parts: Mapping[str, Any] = get_type_hints(kind) if is_dataclass(kind) else {}
    for part in (*parts.values(), *get_args(kind)):
        if isinstance(part, type) or get_args(part):
            yield from _reached(part, seen | {kind})
