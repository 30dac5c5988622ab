"""Records <-> compressed blocks: what is stored beside the postings, a passage's payload or an article's row.

A block is the lengths of its records, then the records, compressed together. Record i of a block is record
`first + i` of all.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.container import Array, Container, ContainerWriter, smallest
from indexer.engines.whoosh.damage import damaged

# Bytes of a block of passages, and of one of rows, before compression: a search reads some ten of each, from as many
# blocks. On real passages blocks of 8 KiB take .02 of the text more than those of 16, and are read in half the time.
PASSAGES, ROWS = 1 << 13, 1 << 11
# Of real passages level 6 makes blocks .04 smaller, in 1.4 times the time.
_LEVEL = 3


class Block(NamedTuple):
    """Compressed records, and how many there are."""

    data: bytes
    records: int


def compress(records: Iterable[bytes], block_bytes: int) -> list[Block]:
    """Return records in blocks of about so many bytes."""
    blocks: list[Block] = []
    waiting: list[bytes] = []
    size = 0
    for record in records:
        waiting.append(record)
        size += len(record)
        if size >= block_bytes:
            blocks.append(_compressed(waiting))
            waiting, size = [], 0
    if waiting:
        blocks.append(_compressed(waiting))
    return blocks


def _compressed(records: Sequence[bytes]) -> Block:
    lengths = np.array([len(record) for record in records], "<u4")
    return Block(zlib.compress(b"".join((lengths.tobytes(), *records)), _LEVEL), len(records))


def _records(data: bytes, count: int) -> list[bytes]:
    raw = zlib.decompress(data)
    ends = accumulate(struct.unpack_from(f"<{count}I", raw), initial=4 * count)
    return [raw[start:end] for start, end in pairwise(ends)]


def write_blocks(writer: ContainerWriter, name: str, blocks: Iterable[Block]) -> None:
    """Write blocks under a name, each as it comes."""
    sizes, counts = [0], [0]

    def noted() -> Iterator[Array]:
        for block in blocks:
            sizes.append(len(block.data))
            counts.append(block.records)
            yield np.frombuffer(block.data, "u1")

    writer.add_parts(f"{name}/data", np.dtype("u1"), noted())
    for part, numbers in (("starts", np.cumsum(sizes)), ("firsts", np.cumsum(counts))):
        writer.add(f"{name}/{part}", numbers.astype(smallest(int(numbers[-1]))))


class Blocks:
    """The records that were written under a name. Keeps the block read last, where neighbours are."""

    def __init__(self, container: Container, name: str) -> None:
        self._path, self._name = container.path, name
        self._data = container.view(f"{name}/data")
        self._starts = container.view(f"{name}/starts")
        self._firsts = container.view(f"{name}/firsts")
        self._last: tuple[int, list[bytes]] = -1, []

    def __len__(self) -> int:
        return int(self._firsts[-1])

    def record(self, number: int) -> bytes:
        """Return a record by its number."""
        at = bisect_right(self._firsts, number) - 1
        known, records = self._last  # one assignment, so that threads see both or neither
        if known != at:
            records = self._read(at)
            self._last = at, records
        return records[number - self._firsts[at]]

    def _read(self, at: int) -> list[bytes]:
        try:
            return _records(*self._block(at))
        except zlib.error as error:
            raise damaged(self._path, f"block {at} of {self._name}/data cannot be read ({error})") from error

    def faults(self) -> Iterator[str]:
        """Yield a sentence for each block that is not what was compressed."""
        starts, firsts = np.asarray(self._starts), np.asarray(self._firsts)
        for numbers, what in ((starts, "starts"), (firsts, "firsts")):
            if numbers[0] or (numbers[1:] <= numbers[:-1]).any():
                yield f"{what} does not rise from 0"
        if len(starts) != len(firsts) or starts[-1] != len(self._data):
            yield "starts does not divide the blocks"
            return
        for at in range(len(firsts) - 1):
            data, count = self._block(at)
            try:
                raw = zlib.decompress(data)
                size = 4 * count + int(np.frombuffer(raw, "<u4", count).sum(dtype=np.int64))
            except (zlib.error, ValueError) as error:
                yield f"data: block {at} cannot be read ({error})"
            else:
                if len(raw) != size:
                    yield f"data: block {at} has {len(raw)} bytes, its records {size}"

    def _block(self, at: int) -> Block:
        data = self._data[self._starts[at] : self._starts[at + 1]]
        return Block(data.tobytes(), self._firsts[at + 1] - self._firsts[at])

    def kept(self, keep: Array) -> Iterator[Block]:
        """Yield blocks of the records that the mask `keep` keeps; those that keep all are copied as they are."""
        for at in range(len(self._firsts) - 1):
            wanted = keep[self._firsts[at] : self._firsts[at + 1]]
            if wanted.all():
                yield self._block(at)
            elif wanted.any():
                kept = (record for record, is_kept in zip(self._read(at), wanted, strict=True) if is_kept)
                yield from compress(kept, PASSAGES)  # no longer than it was
