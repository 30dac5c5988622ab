"""What the index stores with a passage, to quote it without its file: passage <-> bytes."""

from __future__ import annotations

import json
from itertools import chain

from indexer.model import Passage, Place


def dump_passage(passage: Passage) -> bytes:
    """Return a passage as bytes; its article's id is known to the engine."""
    places = list(chain.from_iterable((place.start, place.line, place.column) for place in passage.places))
    values = [passage.kind, passage.lang, passage.text, passage.start, places]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def load_passage(data: bytes, passage_id: str, article_id: str) -> Passage:
    """Return the passage that `dump_passage` wrote."""
    kind, lang, text, start, numbers = json.loads(data)
    places = tuple(Place(*numbers[i : i + 3]) for i in range(0, len(numbers), 3))
    return Passage(passage_id, article_id, kind, lang, text, start, start + len(text), places)
