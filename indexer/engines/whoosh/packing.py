"""Columns of articles -> what the writer adds: the same, with what is stored of passages compressed."""

from __future__ import annotations

from typing import NamedTuple

from indexer.engines.columns import Columns
from indexer.engines.whoosh.blocks import PASSAGES, Block, compress
from indexer.engines.whoosh.container import decoded, encoded


class Packed(NamedTuple):
    """Articles and their passages."""

    columns: Columns  # without records
    blocks: list[Block]  # of each passage its id and payload


def pack(columns: Columns) -> Packed:
    """Pack articles in order."""
    blocks = compress((dump_record(passage_id, payload) for passage_id, payload in columns.records), PASSAGES)
    return Packed(columns._replace(records=[]), blocks)


def dump_record(passage_id: str, payload: bytes) -> bytes:
    """Return what is stored of a passage beside its terms."""
    key = encoded(passage_id)
    return len(key).to_bytes(4, "little") + key + payload


def load_record(record: bytes) -> tuple[str, bytes]:
    """Return the id and the payload of a passage."""
    end = 4 + int.from_bytes(record[:4], "little")
    return decoded(record[4:end]), record[end:]
