"""Articles with their entries <-> documents of the cluster, exactly."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, NamedTuple

from indexer.engines.base import KEYWORD_FIELDS, LABEL_FIELDS, NUMBER_FIELDS, TERM_FIELDS, KnownFile
from indexer.engines.columns import NO_NUMBER, Columns
from indexer.engines.entry_columns import entries_of
from indexer.engines.opensearch.mapping import LONGEST_TERM, PASSAGES, having, is_text, length_of, terms_of, token_of
from indexer.model import ArticleRow, FileState, IndexEntry

# Entries are small, and are compressed again with the document: more takes longer and saves nothing.
_LEVEL = 1


class Document(NamedTuple):
    """An article as a bulk request takes it."""

    article_id: str
    modified_ns: int
    source: bytes  # JSON, on one line


class Article(NamedTuple):
    """An article as it is in an index, or on its way there; `version` is that of its document."""

    row: ArticleRow
    entries: list[IndexEntry]
    version: int | None = None


def pack(columns: Columns) -> list[Document]:
    """Return articles as the writer takes them."""
    return [dumped(row, entries) for row, entries in entries_of(columns)]


def dumped(row: ArticleRow, entries: Sequence[IndexEntry]) -> Document:
    """Return an article as the writer takes it. Lone surrogates are searched as `?`, and come back as they were."""
    return Document(row.id, row.modified_ns, _json(document(row, entries)).encode("utf-8", "replace"))


def document(row: ArticleRow, entries: Sequence[IndexEntry]) -> dict[str, Any]:
    """Return the document of an article with its passages in order."""
    day = max((entry.numbers.get("published", NO_NUMBER) for entry in entries), default=NO_NUMBER)
    first = entries[0].keywords if entries else {}
    found = {
        "id": row.id,
        "path": row.path,
        "file": json.dumps([row.path, row.root, *row.state]),
        "title": "".join(first.get("title", ())),
        "passages": len(entries),
        **_lengths(entries),
        "row": {"article": _row_text(row), "labels": {name: _last(first.get(name, ())) for name in LABEL_FIELDS}},
        PASSAGES: list(_passages(entries)),
    }
    if not found["title"]:
        del found["title"]
    return found | (_day(day) if day != NO_NUMBER else {})


def _day(ordinal: int) -> dict[str, Any]:
    day = date.fromordinal(ordinal).isoformat()
    return {"published": ordinal, "year": day[:4], "month": day[:7], "day": day}


def _lengths(entries: Sequence[IndexEntry]) -> dict[str, int]:
    """Return how many passages have each field, and how many terms in all, so that nobody has to ask each passage."""
    found: dict[str, int] = {}
    for name in TERM_FIELDS:
        if lengths := [len(terms) for entry in entries if (terms := entry.terms.get(name))]:
            found |= {having(name): len(lengths), length_of(name): sum(lengths)}
    return found


def _passages(entries: Sequence[IndexEntry]) -> Iterator[dict[str, Any]]:
    before: dict[str, None] = {}
    for number, entry in enumerate(entries):
        yield {
            "number": number,
            "id": entry.id,
            **_terms_of(entry),
            **{name: list(values) for name in KEYWORD_FIELDS if (values := entry.keywords.get(name))},
            **_numbers(entry),
            "before": list(before),
            "before_count": len(before),
            "entry": _binary(_dump_entry(entry)),
            "payload": _binary(entry.payload),
        }
        before[_last(entry.keywords.get("kind", ()))] = None


def _numbers(entry: IndexEntry) -> dict[str, int]:
    return {name: value for name in NUMBER_FIELDS if (value := entry.numbers.get(name, NO_NUMBER)) != NO_NUMBER}


def _terms_of(entry: IndexEntry) -> dict[str, Any]:
    """Return the fields of terms: each as text, and its different terms."""
    found: dict[str, Any] = {}
    for name in TERM_FIELDS:
        if terms := entry.terms.get(name):
            tokens = _tokens(terms)
            found[name] = " ".join(tokens)
            found[terms_of(name)] = list(dict.fromkeys(tokens))
    return found


def _tokens(terms: Sequence[str]) -> Sequence[str]:
    """Return terms as they are indexed; looked at together, they nearly always are so as they come."""
    joined = " ".join(terms).split()
    if len(joined) == len(terms) and max(map(len, joined)) <= LONGEST_TERM:
        return joined
    return [*map(token_of, terms)]


def _last(values: Sequence[str]) -> str:
    """Return the value of a passage that counts where one can: the last in order, or nothing."""
    return max(values, default="")


def row_of(source: Mapping[str, Any]) -> ArticleRow:
    """Return the row of an article from its document, of which only `row` is looked at."""
    values = json.loads(source["row"]["article"])
    published = values["published"]
    values |= {"published": date.fromisoformat(published) if published else None, "tags": tuple(values["tags"])}
    return ArticleRow(**values)


def file_of(text: str, articles: int) -> KnownFile:
    """Return the file that a document's `file` names, from which so many articles came."""
    path, root, *state = json.loads(text)
    return KnownFile(path, root, FileState(*state), articles)


def label_of(source: Mapping[str, Any], field: str) -> str:
    """Return the value of one of LABEL_FIELDS that an article's first passage has; empty where there is none."""
    label: str = source["row"]["labels"][field]
    return label


_ROW = tuple(own.name for own in fields(ArticleRow))


def _row_text(row: ArticleRow) -> str:
    """Return a row as JSON, in a text of its own: the document's JSON has neither its numbers nor its surrogates."""
    values = {name: getattr(row, name) for name in _ROW} | {"published": row.published and row.published.isoformat()}
    text = _json(values)
    return text if is_text(text) else json.dumps(values)


def article_of(source: bytes) -> Article:
    """Return the article that a document was made of, from what is sent."""
    found = json.loads(source)
    entries = [entry_of(one["id"], b64decode(one["entry"]), b64decode(one["payload"])) for one in found[PASSAGES]]
    return Article(row_of(found), entries)


def entry_of(passage_id: str, entry: bytes, payload: bytes) -> IndexEntry:
    """Return a passage as it was put, from the decoded values of its stored fields; empty fields are left out."""
    values = json.loads(zlib.decompress(entry).decode("utf-8", "surrogatepass"))
    return IndexEntry(
        values.get("id", passage_id),
        {name: tuple(own.split(" ") if isinstance(own, str) else own) for name, own in values["terms"].items()},
        {name: tuple(own) for name, own in values["keywords"].items()},
        values["numbers"],
        payload,
    )


def stored_entry(fields: Mapping[str, Sequence[Any]]) -> IndexEntry:
    """Return a passage as it was put, from its stored fields as the cluster gives them: `id`, `entry`, `payload`."""
    entry, payload = (b64decode(fields[f"{PASSAGES}.{name}"][0]) for name in ("entry", "payload"))
    return entry_of(fields[f"{PASSAGES}.id"][0], entry, payload)


def _dump_entry(entry: IndexEntry) -> bytes:
    """Return what the document does not keep of a passage otherwise; terms take least as one text."""
    values: dict[str, Any] = {
        "terms": {name: _one_text(own) for name in TERM_FIELDS if (own := entry.terms.get(name))},
        "keywords": {name: own for name in KEYWORD_FIELDS if (own := entry.keywords.get(name))},
        "numbers": _numbers(entry),
    }
    if not is_text(entry.id):
        values["id"] = entry.id
    return zlib.compress(_json(values).encode("utf-8", "surrogatepass"), _LEVEL)


def _one_text(terms: Sequence[str]) -> str | Sequence[str]:
    text = " ".join(terms)
    return text if text.count(" ") == len(terms) - 1 else terms


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _binary(data: bytes) -> str:
    return b64encode(data).decode("ascii")
