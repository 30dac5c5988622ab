"""Pieces of a decoded file, in order -> the body of an article, its blocks, and the offsets that lead back."""

from __future__ import annotations

from indexer.model import Block, Offset

_new = tuple.__new__  # a third of the time of calling Offset, of which a table has one a cell


class BodyBuilder:
    """Collects text block by block; blocks are trimmed, and an empty line stands between them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._offsets: list[Offset] = []
        self._in_step_at = -1  # the place in the file that would continue the last piece
        self._open: tuple[str, int] | None = None  # kind and start of the block being written

    def add(self, text: str, source: int, kind: str) -> None:
        """Add text that stands in the file from `source` on; it goes to the open block, or opens one."""
        if self._open is None:
            stripped = text.lstrip()
            if not stripped:
                return
            source += len(text) - len(stripped)
            text = stripped
            if self._blocks:
                self._pieces.append("\n\n")
                self._length += 2
                self._in_step_at = -1
            self._open = kind, self._length
        length, size = self._length, len(text)
        if source != self._in_step_at:
            self._offsets.append(_new(Offset, (length, source)))
        self._pieces.append(text)
        self._length = length + size
        self._in_step_at = source + size

    def end_block(self) -> None:
        """Close the open block, if any."""
        if self._open is None:
            return
        kind, start = self._open
        self._open = None
        while self._pieces and not self._pieces[-1].rstrip():
            self._length -= len(self._pieces.pop())
        last = self._pieces[-1]
        self._pieces[-1] = stripped = last.rstrip()
        self._length -= len(last) - len(stripped)
        while self._offsets and self._offsets[-1].start >= self._length:
            self._offsets.pop()
        self._in_step_at = -1
        self._blocks.append(Block(kind, start, self._length))

    def finish(self) -> tuple[str, tuple[Block, ...], tuple[Offset, ...]]:
        """Return body, blocks and offsets."""
        self.end_block()
        return "".join(self._pieces), tuple(self._blocks), tuple(self._offsets)
