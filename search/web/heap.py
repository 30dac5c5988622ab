"""Memory that the C library keeps for what comes next -> less of it. Without glibc nothing happens."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# Parameters of mallopt(3): for how many threads memory is kept apart, and from how many bytes on it is not kept.
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
# Bytes of an array of a number for each of 32,768 passages. By itself the C library comes to keep larger ones, too, in
# a heap with holes: in two processes, with 222,788 passages, 30 MiB more. An answer takes as long.
_LARGE = 1 << 18


def keep_little() -> None:
    """Keep freed memory for whichever thread asks next, and no large arrays.

    Else each thread keeps what its largest search took.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(_ARENA_MAX, 1)
            library.mallopt(_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Give freed memory back to the system; milliseconds, and some more when it is asked for again."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
