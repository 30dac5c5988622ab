"""Bytes of a file -> text, in the encoding that its text speaks for."""

from __future__ import annotations

import codecs
import difflib
import encodings.aliases
import re
from typing import NamedTuple

from indexer.errors import NotAnArticle, SourceError, UsageError
from indexer.sources.detection import CANDIDATES, Candidate, is_sampled_whole, rank, sampled, sampled_text
from indexer.sources.plausibility import WRONG, cost_of, kind_of
from indexer.sources.repair import Repaired, count_broken, read

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    codecs.BOM_UTF32_BE: "utf-32-be",
}

# What is meant by a name: its supersets, and those it does not tell apart.
_MEANT = {
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "big5": ("cp950", "big5hkscs", "big5"),
    "cp950": ("cp950", "big5hkscs"),
    "big5hkscs": ("big5hkscs", "cp950"),
    "ascii": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "utf-8-sig": ("utf-8",),
    "utf-16": ("utf-16-le", "utf-16-be"),
}

# Python's codecs that no file of text is in.
_NO_ENCODINGS = (
    "idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "base64_codec", "bz2_codec", "hex_codec",
    "quopri_codec", "rot_13", "uu_codec", "zlib_codec",
)  # fmt: skip

# Bytes that decode as UTF-8 are taken for it; another encoding that is declared is heard, unless the characters take
# this many bytes more than ASCII. About one Han character in six is valid UTF-8 in GBK, so of texts of eight fewer than
# one in a million.
_SURE_BYTES = 8
_MOST_NULS = 0.1
# A declaration weighs as much as some eight characters of sense against rubbish.
_DECLARED = 40.0
_DECLARATION_BYTES = 2048
# With more damage than this, beside a place or two, what is left cannot be told from rubbish.
_MOST_DAMAGED = 0.05
# Binary files: a twentieth and more of a sample is no character, 1 in 100 of its bytes a control.
_BINARY_CHARACTERS = 0.05
_BINARY_BYTES = 0.01
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\f\r\x1b"))
# -ln of the probability of a byte. Of 6,000 real texts the most is 4.8; Japanese, Korean, Russian, Greek and Arabic in
# encodings of their own, read as the likeliest of ours, have 5.3 and more.
_RUBBISH = 5.25
_LEAST_BYTES = 40
_DECLARATION = re.compile(
    rb"""<\?xml[^>]*?\bencoding\s*=\s*["']?([\w.:-]+)|<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_ADVICE = "if you know its encoding, name it with --encoding"


class Decoded(NamedTuple):
    """A text and what it was before: `encoding` as Python names it, empty for what was no text.

    `damaged` counts the places that could not be read, each a U+FFFD now. `line_end` separates the lines that are
    shown as places; a form feed where they are pages.
    """

    text: str
    encoding: str = ""
    damaged: int = 0
    line_end: str = "\n"


def decode(data: bytes, encoding: str = "", declared: str = "") -> Decoded:
    """Return the text of a file, without a byte order mark; its lines end as they do in the file.

    `encoding` is obeyed; without one the text decides, and `declared`, the file's own word,
    counts for something. Raises NotAnArticle for what is no text, SourceError for text that cannot be read.
    """
    encoding = encoding and check_encoding(encoding)
    for mark, name in _MARKS.items():
        if data.startswith(mark) and (not encoding or name in _meant(encoding)):
            return _judged(name, read(data[len(mark) :], name))
    if encoding:
        return _judged(*_in_one_of(data, rank(data, _meant(encoding))))
    try:
        text = str(data, "utf-8")
    except UnicodeDecodeError:
        return _by_evidence(data, declared)
    beyond_ascii = len(data) - len(text)
    nuls = data.count(0)
    is_doubtful = nuls or ("~{" in text if not beyond_ascii else declared and beyond_ascii < _SURE_BYTES)
    is_likely = nuls <= len(data) * _MOST_NULS
    if not is_doubtful or (is_likely and _ranked(data, declared or "utf-8")[0].encoding == "utf-8"):
        return Decoded(text, "utf-8", line_end=_line_end(text))
    return _by_evidence(data, declared or "utf-8")


def check_encoding(name: str) -> str:
    """Return Python's name of an encoding. Raises UsageError, naming the nearest that are known."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except (LookupError, ValueError):
        found = ""
    if not found or found in _NO_ENCODINGS:
        known = {*CANDIDATES, *_MEANT, *encodings.aliases.aliases.values()} - set(_NO_ENCODINGS)
        near = difflib.get_close_matches(name.lower().replace("-", "_"), sorted(known), n=2, cutoff=0.6)
        advice = f"Did you mean {' or '.join(near)}?" if near else f"Known are, among others: {' '.join(CANDIDATES)}."
        raise UsageError(f"Unknown encoding {name!r}. {advice}")
    return found


def declared_encoding(data: bytes) -> str:
    """Return the encoding that the head of an HTML or XML file declares, by Python's name; nothing if it is unknown."""
    head = data[:_DECLARATION_BYTES].lstrip()
    match = _DECLARATION.search(head) if head.startswith(b"<") else None
    if match is None:
        return ""
    try:
        return check_encoding((match[1] or match[2]).decode("ascii"))
    except (UsageError, UnicodeDecodeError):
        return ""


def _meant(encoding: str) -> tuple[str, ...]:
    return _MEANT.get(encoding, (encoding,))


def _ranked(data: bytes, declared: str) -> list[Candidate]:
    names = [name for name in CANDIDATES if name != "hz" or (b"~{" in data and data.isascii())]
    names += [name for name in _meant(declared) if name and name not in names]
    return rank(data, names, _meant(declared), _DECLARED)


def _by_evidence(data: bytes, declared: str) -> Decoded:
    near = _ranked(data, declared)
    try:
        _refuse(data, near[0])
    except SourceError:
        if declared in ("", *CANDIDATES) or _meant(declared) != (declared,) or count_broken(data, declared):
            raise
        return _judged(declared, read(data, declared))  # of another language, and taken at its word
    return _judged(*_in_one_of(data, near))


def _refuse(data: bytes, likeliest: Candidate) -> None:
    """Raise if the likeliest encoding of some bytes does not make them a text."""
    sample = sampled(data)
    is_rubbish = likeliest.surprise_by_byte > _RUBBISH
    if len(sample) - len(sample.translate(None, _CONTROLS)) >= len(sample) * _BINARY_BYTES:
        text = sampled_text(data, likeliest.encoding)
        wrong = sum(kind_of(character) == "wrong" for character in text)
        if is_rubbish or wrong > len(text) * _BINARY_CHARACTERS:
            raise NotAnArticle("binary, not text")
    if is_rubbish and len(sample) >= _LEAST_BYTES:
        raise SourceError(
            f"not readable: its likeliest encoding, {likeliest.encoding}, makes no sense of it; {_ADVICE}"
        )


def _in_one_of(data: bytes, near: list[Candidate]) -> tuple[str, Repaired]:
    """Read a text in the likeliest of the encodings that are left."""
    broken = {one.encoding: count_broken(data, one.encoding) for one in near}
    least = broken[near[0].encoding] if is_sampled_whole(data) else min(broken.values())
    near = [one for one in near if broken[one.encoding] == least]
    readings = {one.encoding: read(data, one.encoding) for one in near}
    best = near[0].encoding if is_sampled_whole(data) else _best(near, readings)
    # Of encodings that read alike the plainest is named.
    named = [name for name in (*CANDIDATES, best) if name in readings and readings[name].text == readings[best].text]
    return named[0], readings[best]


def _best(near: list[Candidate], readings: dict[str, Repaired]) -> str:
    """Return the likeliest encoding of a text: by its sample, and by what the whole shows beyond that."""
    first = readings[near[0].encoding].text
    totals: dict[str, float] = {}
    for one in near:
        text, damaged = readings[one.encoding]
        totals[one.encoding] = one.surprise + WRONG * damaged
        if len(text) == len(first) and text != first:
            differing = [(ours, theirs) for ours, theirs in zip(text, first, strict=True) if ours != theirs]
            totals[one.encoding] += sum(cost_of(ours) - cost_of(theirs) for ours, theirs in differing)
    return min(totals, key=lambda name: totals[name])


def _judged(name: str, reading: Repaired) -> Decoded:
    text, damaged = reading
    if damaged > 2 + len(text) * _MOST_DAMAGED or 0 < len(text) <= damaged * 2:
        raise SourceError(f"not readable as {name}: {damaged:,} of {len(text):,} characters are damaged; {_ADVICE}")
    return Decoded(text, name, damaged, _line_end(text))


def _line_end(text: str) -> str:
    return "\r" if "\n" not in text and "\r" in text else "\n"
