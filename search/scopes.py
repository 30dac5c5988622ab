"""Where in an article something is looked for, as the fields of an index."""

from __future__ import annotations

from typing import NamedTuple

from search.fields import FACT_FIELDS


class Scope(NamedTuple):
    """The fields of one part of an article, or of several."""

    streams: tuple[str, ...]  # with a term for each place: words, phrases and patterns
    stems: tuple[str, ...] = ()  # of Latin words
    words: tuple[str, ...] = ()  # of Chinese words
    ranked: tuple[str, ...] = ()  # what stands before the names of the fields that rank


EVERYWHERE = ""
SCOPES = {
    EVERYWHERE: Scope(("text", "title_text"), ("en", "title_en"), ("zh", "title_zh"), ("", "title_")),
    "body": Scope(("text",), ("en",), ("zh",), ("",)),
    "title": Scope(("title_text",), ("title_en",), ("title_zh",), ("title_",)),
    **{name: Scope((f"{name}_text",)) for name in FACT_FIELDS},
}
