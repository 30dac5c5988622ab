"""What an index on a cluster is made of: its settings, its fields, and the names of its documents."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from indexer.engines.base import KEYWORD_FIELDS, NUMBER_FIELDS, TERM_FIELDS
from indexer.engines.bm25 import K1, B

# Raised when documents written before would be read or ranked otherwise.
FORMAT = 2

# Where the passages of an article are, and the documents that are no articles.
PASSAGES = "p"
META = "~meta"
LOCK = "~lock"

# The facets that are made of the day.
DAYS = ("year", "month", "day")

SHARDS = 3
REPLICAS = 1

# Bytes of a document's name: OpenSearch takes 512 at most, and a digest has to differ from all shorter names.
_LONGEST_ID = 400
# Characters of a term: the tokenizer cuts after 255 units of UTF-16, of which a character takes two at most.
LONGEST_TERM = 127
# Of a longer term, what stays before a digest of it: prefixes up to here find it.
_KEPT_OF_TERM = 100
# Characters of a term's beginnings that stand at places as terms do, in fields of texts: a phrase may end in one Han
# character, with which thousands of terms begin. 1,400 articles take 2.9 % more disk, with 2 and in all fields 10.5 %.
PREFIX_CHARS = 1
# Passages of an article. Ten thousand, the default, is a text of four million characters.
_MOST_PASSAGES = 100_000
# Characters of a regular expression: those of all words within two edits of one of 40 letters have some 60,000.
_LONGEST_PATTERN = 100_000

# Lucene takes values of 32,766 bytes at most; longer ones are kept in the row, and found by nothing.
_KEYWORD = {"type": "keyword", "ignore_above": 8191}
_NUMBER = {"type": "integer"}
_STORED = {"type": "binary", "store": True}


def document_id(article_id: str) -> str:
    """Return the name of an article's document: its id, or a digest if that is too long for one, or no text."""
    data = article_id.encode("utf-8", "surrogatepass")
    if 0 < len(data) <= _LONGEST_ID and not article_id.startswith("~") and is_text(article_id):
        return article_id
    return "~" + blake2b(data, digest_size=20).hexdigest()


def token_of(term: str) -> str:
    """Return a term as it is indexed and asked for: itself, unless it is very long, empty or holds white space."""
    if len(term) <= LONGEST_TERM and term.split() == [term]:
        return term
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
    return "".join(term[:_KEPT_OF_TERM].split()) + digest


def is_text(text: str) -> bool:
    """Tell whether UTF-8 can hold a text: lone surrogates, which names of files may have, it cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def searchable(text: str) -> str:
    """Return a text as it is indexed and asked for: with `?` in place of each lone surrogate."""
    return text.encode("utf-8", "replace").decode()


def settings(shards: int = SHARDS, replicas: int = REPLICAS, refresh_s: int = 0) -> dict[str, Any]:
    """Return the settings of a new index. Unless it is to be refreshed by itself, the writer says what is seen."""
    return {
        "index": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": f"{refresh_s}s" if refresh_s else "-1",
            # best_compression makes 119 MB of 156 of 4,188 real articles, but each hit unpacks a larger block: pages of
            # 100 with three passages each take 658 ms, not 204 (medians of 25 on a busy machine, in turns).
            "codec": "default",
            "similarity": {"default": {"type": "BM25", "k1": K1, "b": B}},
            "max_inner_result_window": _MOST_PASSAGES,
            "mapping.nested_objects.limit": _MOST_PASSAGES,
            "max_regex_length": _LONGEST_PATTERN,
        }
    }


def mappings(fingerprint: str = "") -> dict[str, Any]:
    """Return the fields of an index whose terms come from the analysis with a fingerprint."""
    return {
        "dynamic": "strict",
        "_meta": {"wensou": {"format": FORMAT, "fingerprint": fingerprint}},
        "_source": {"excludes": [PASSAGES]},
        "properties": {
            "id": {"type": "keyword"},  # orders what ties: one that is too long for that is rejected, not left out
            "path": _KEYWORD,
            "file": {"type": "keyword", "index": False},  # path, root and state as JSON: all files are read from it
            "title": _KEYWORD,  # the first passage's, for sorting
            "published": _NUMBER,
            **dict.fromkeys(DAYS, _KEYWORD),
            "passages": _NUMBER,
            **{
                name: {"type": "integer", "index": False}
                for own in TERM_FIELDS
                for name in (having(own), length_of(own))
            },
            "row": {"type": "object", "enabled": False},
            PASSAGES: {"type": "nested", "dynamic": "strict", "properties": _passage_fields()},
        },
    }


def _passage_fields() -> Mapping[str, Any]:
    """The fields of a passage.

    `before` are the kinds of the passages before it in its article. `entry` is what the passage was put with, less its
    id and payload.
    """
    return {
        "number": _NUMBER,
        "id": {"type": "keyword", "index": False, "doc_values": False, "store": True},
        **{name: _terms(name, has_positions) for name, has_positions in TERM_FIELDS.items()},
        **{terms_of(name): {"type": "keyword", "index": False} for name in TERM_FIELDS},
        **dict.fromkeys(KEYWORD_FIELDS, _KEYWORD),
        **dict.fromkeys(NUMBER_FIELDS, _NUMBER),
        "before": _KEYWORD,
        "before_count": _NUMBER,
        "entry": _STORED,
        "payload": _STORED,
    }


def terms_of(field: str) -> str:
    """Return the name of the field with the different terms of a field."""
    return f"{field}_terms"


def having(field: str) -> str:
    """Return the name of the field with how many passages of an article have a field; without any there is none."""
    return f"{field}_passages"


def length_of(field: str) -> str:
    """Return the name of the field with how many terms these passages have in it together."""
    return f"{field}_length"


def _terms(name: str, has_positions: bool) -> dict[str, Any]:
    """A field of terms with spaces between them, which the cluster need not understand."""
    field = {"type": "text", "analyzer": "whitespace", "index_options": "positions" if has_positions else "freqs"}
    beginnings = {"index_prefixes": {"min_chars": 1, "max_chars": PREFIX_CHARS}}
    return field | (beginnings if name.endswith("text") else {})
