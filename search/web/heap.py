"""Memory that the C library keeps for what comes next -> less of it. Without glibc nothing happens."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# The parameter of mallopt(3) that says for how many threads memory is kept apart.
_ARENA_MAX = -8


def keep_for_all_threads() -> None:
    """Keep freed memory for whichever thread asks next: else each thread keeps what its largest search took."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Give freed memory back to the system; milliseconds, and some more when it is asked for again."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
