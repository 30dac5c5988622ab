"""A pattern with * and ? -> its pieces, in a form that is matched without trying one way after another."""

from __future__ import annotations

import re

_WILD = re.compile(r"[*?]*\*[*?]*")


def segments(pattern: str) -> list[str]:
    """Return what stands between the `*` of a pattern, at least one segment; each `?` beside a `*` goes before it.

    A segment is of a fixed length, so that all but the last may stay where they stand first: those who match may
    put each into an atomic group. `*?*?*` is `??*`, which can be matched in one way only.
    """
    return _WILD.sub(lambda match: "?" * match[0].count("?") + "*", pattern).split("*")
