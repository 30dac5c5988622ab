"""A line of names <-> a group of them, as in all alias files: `特朗普@CN@HK = 川普@TW?(四川|方言) = Donald Trump`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.analysis.fold import fold_key
from indexer.errors import UsageError
from indexer.vocabulary.plurals import other_numbers

REGIONS = ("CN", "HK", "TW", "SG")
LEARNT = "learnt"  # the source of groups of what an archive taught, which is in this file beside its index
LEARNT_FILE = "learnt.tsv"
# Weight of another form beside what was typed; an ambiguous one is more often than not something else.
SURE, AMBIGUOUS = 0.9, 0.4
KINDS = ("person", "place", "organisation", "product", "term")
_COUNTED = ("product", "term")  # kinds of what may be one or several
HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN = "·・‧•∙･-"  # what stands between the parts of a foreign name
# Between Han characters it is left out (the first group); elsewhere it parts words, as white space does.
_JOINERS = re.compile(f"((?<=[{HAN}])[{_BETWEEN}]+(?=[{HAN}]))|[\\s{_BETWEEN}]+")
_NAME = re.compile(r"([^@?()|=]+)((?:@[A-Z]{2})*)(\??)(?:\(([^()]+)\))?")
_COMMENT = re.compile(r"(^|\s)#.*")


@dataclass(frozen=True, slots=True)
class Name:
    """One form of a name. `region` is whose usage it is: CN, HK, TW, SG, several with a space between, or any ("").

    An ambiguous one weighs less and is never used inside phrases; `unless`: words that, standing in the article or in
    the query, say that the form means something else.
    """

    text: str
    region: str = ""
    is_ambiguous: bool = False
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Forms of one name: each finds articles that hold any other.

    `source`: curated, cldr, geonames, opencc, user, learnt. `certainty`, up to 1, is that they are one thing.
    """

    names: tuple[Name, ...]
    kind: str
    source: str
    certainty: float = 1.0


def name_key(key: str) -> str:
    """Return the key by which a form is known, of its search key: 唐纳·川普 is 唐纳川普, chun-ying is chun ying."""
    return _plain(key).strip()


def key_of(name: Name) -> str:
    """Return the key by which a name is known."""
    return name_key(fold_key(name.text))


def keys_of(name: Name, kind: str) -> tuple[str, ...]:
    """Return the keys by which a name is known: its own, then, of an English term, those of its other number."""
    key = key_of(name)
    return (key, *other_numbers(name.text, key)) if kind in _COUNTED and name.text.isascii() else (key,)


def plain_places(key: str) -> tuple[str, Sequence[int]]:
    """Return `name_key` of a search key, but for white space at its ends, and where its characters stand in `key`."""
    if not _JOINERS.search(key):
        return key, range(len(key))
    places: list[int] = []
    last = 0
    for mark in _JOINERS.finditer(key):
        places += range(last, mark.start())
        places += [] if mark[1] else [mark.start()]
        last = mark.end()
    return _plain(key), [*places, *range(last, len(key))]


def _plain(key: str) -> str:
    return _JOINERS.sub(lambda mark: "" if mark[1] else " ", key)


def names_of(text: str) -> tuple[Name, ...]:
    """Read the names of a line that `written` wrote."""
    return tuple(_name(match) for match in map(_NAME.fullmatch, text.split(" = ")) if match)


def written(names: Sequence[Name]) -> str:
    """Return names as a line; `names_of` reads it."""
    return " = ".join(map(_written, names))


def read_groups(path: Path, kind: str, source: str) -> Iterator[Group]:
    """Yield the groups of a file of lines. Raises UsageError, which names file and line."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if text := _COMMENT.sub("", line).strip():
            try:
                yield Group(checked_names(text.split("=")), kind, source)
            except ValueError as error:
                raise UsageError(f"{path}, line {number}: {error}") from None


def checked_names(forms: Sequence[str]) -> tuple[Name, ...]:
    """Return the names that forms with their marks are. Raises ValueError that says what is wrong with one of them."""
    names = tuple(_checked(form.strip()) for form in forms)
    if len(names) < 2:
        raise ValueError(f"{names[0].text if names else 'the group'} stands alone: write at least two forms of a name.")
    seen: dict[str, str] = {}
    for name in names:
        if (other := seen.setdefault(key_of(name), name.text)) is not name.text:
            raise ValueError(f"{name.text} and {other} are the same to a search: write one of them.")
    return names


def _checked(form: str) -> Name:
    match = _NAME.fullmatch(form)
    if match is None:
        raise ValueError(f"cannot read {form!r}: write a form, then @CN, @HK, @TW or @SG, then ?, then (word|word).")
    name = _name(match)
    if unknown := set(name.region.split()) - set(REGIONS):
        raise ValueError(f"{name.text} has the unknown region @{min(unknown)}: known are @CN, @HK, @TW and @SG.")
    if not all(word.strip() for word in name.unless):
        raise ValueError(f"{name.text} has an empty word in its parentheses: write (word|word).")
    if len(key_of(name)) < 2:
        raise ValueError(f"{name.text!r} is too short: a form has at least two characters.")
    return name


def _name(match: re.Match[str]) -> Name:
    text, regions, mark, words = match.groups()
    return Name(text.strip(), regions[1:].replace("@", " "), bool(mark), tuple(words.split("|")) if words else ())


def _written(name: Name) -> str:
    regions = "".join(f"@{region}" for region in name.region.split())
    unless = f"({'|'.join(name.unless)})" if name.unless else ""
    return f"{name.text}{regions}{'?' if name.is_ambiguous else ''}{unless}"
