"""YAML -> texts, lists and mappings. The door of PyYAML.

Every scalar stays as it is written: a date keeps its zone, and 007 its noughts. Values are put together here, from
events: PyYAML overflows the stack on what is nested deep, lets aliases of aliases grow without bound, and takes half as
long again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

# Values of an article's fields are nested twice at most.
_DEEPEST = 50


def load_yaml(text: str) -> object:
    """Return the value of the first document, None for an empty one. Raises ValueError for what is no YAML.

    An alias stands for a scalar; one for more than that is empty.
    """
    try:
        return next(iter(_values(yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))), None)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _values(events: Iterator[Any]) -> list[Any]:
    """Return the documents that events make up."""
    anchored: dict[str, str] = {}
    opened: list[list[Any]] = [[]]  # what each collection that is not closed yet holds, keys and values in turn
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            opened[-1].append(event.value)
            if event.anchor:
                anchored[event.anchor] = event.value
        elif kind is yaml.AliasEvent:
            opened[-1].append(anchored.get(event.anchor, ""))
        elif kind is yaml.SequenceStartEvent or kind is yaml.MappingStartEvent:
            opened.append([])
            if len(opened) > _DEEPEST:
                raise ValueError("nested too deep")
        elif kind is yaml.SequenceEndEvent:
            items = opened.pop()
            opened[-1].append(items)
        elif kind is yaml.MappingEndEvent:
            items = opened.pop()
            opened[-1].append(dict(zip(map(str, items[::2]), items[1::2], strict=True)))
    return opened[0]
