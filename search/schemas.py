"""The dataclasses and named tuples of answers -> JSON Schemas (2020-12) of what their `to_dict` returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
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
    needed = {name: schema for name, schema in needed.items() if name in known}
    for name, schema in needed.items():
        schema["description"] = cleandoc(schema["description"])
        if "prefixItems" in schema:
            needed[name] = _named(known[name], schema)
            continue
        hidden = _hidden(known[name])
        schema["properties"] = {name: shape for name, shape in schema["properties"].items() if name not in hidden}
        schema["required"] = [name for name in schema["required"] if name not in hidden]
    return schemas, needed


def _named(kind: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a named tuple as `_asdict` writes it, of that of its values in order."""
    about = {name: schema[name] for name in ("title", "description") if name in schema}
    properties = dict(zip(kind._fields, schema["prefixItems"], strict=True))
    return {**about, "type": "object", "properties": properties, "required": list(kind._fields)}


def _unknown(_: Any) -> dict[str, Any]:
    """Return a schema of what JSON cannot hold: such a field is hidden."""
    return {"not": {}}


@cache
def _hidden(kind: Any) -> tuple[str, ...]:
    """Return the fields that JSON leaves out."""
    return tuple(field.name for field in _fields(kind) if not field.metadata.get("json", True))


def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return fields(kind) if is_dataclass(kind) else ()


def _is_own(kind: Any) -> bool:
    """Tell types that have fields with names: dataclasses and named tuples."""
    return is_dataclass(kind) or hasattr(kind, "_fields")


def _reached(kind: Any, seen: frozenset[Any] = frozenset()) -> Iterator[type]:
    """Yield a type's dataclasses and named tuples: itself, those of its fields, and of theirs."""
    if kind in seen:
        return
    if _is_own(kind):
        yield kind
    hints: Mapping[str, Any] = get_type_hints(kind) if _is_own(kind) else {}
    shown = [part for name, part in hints.items() if name not in _hidden(kind)]
    for part in (*shown, *get_args(kind)):
        if isinstance(part, type) or get_args(part):
            yield from _reached(part, seen | {kind})
