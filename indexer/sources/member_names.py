"""The names of an archive's members, as bytes of unknown encoding -> text."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.errors import SourceError
from indexer.sources.encoding import decode
from indexer.sources.plausibility import surprise

# The first is what ZIP names, the second what Windows writes elsewhere; they fit any bytes.
_WESTERN = ("cp437", "cp1252")


def decoded_names(raw: Iterable[bytes]) -> dict[bytes, str]:
    """Return the names by their bytes. Those that are not UTF-8 are decoded alike, by the evidence of all of them.

    An archive was packed on one machine; one name alone is too short to tell GB18030 from Big5.
    """
    names: dict[bytes, str] = {}
    odd: list[bytes] = []
    for name in raw:
        try:
            names[name] = name.decode("utf-8")
        except UnicodeDecodeError:
            odd.append(name)
    if odd:
        names |= zip(odd, _alike(odd), strict=True)
    return names


def _alike(names: list[bytes]) -> list[str]:
    try:
        found = decode(b"\n".join(names))
    except SourceError:
        found = None
    if found is not None and not found.damaged and found.encoding not in _WESTERN:
        decoded = found.text.split("\n")
        if len(decoded) == len(names):
            return decoded
    readings = [[name.decode(encoding, "replace") for name in names] for encoding in _WESTERN]
    return min(readings, key=lambda reading: surprise("\n".join(reading)))
