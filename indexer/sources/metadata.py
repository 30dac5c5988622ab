"""Names and values as front matter, records and pages hold them -> what an article knows of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from indexer.sources.dates import Moment, read_moment
from indexer.sources.names import NO_FIELDS, Fields, given, key
from indexer.sources.places import host

_BREAKS = re.compile(r"\s*[\r\n\t\v\f\x85\u2028\u2029]\s*")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Metadata(NamedTuple):
    """What an article says of itself; empty where it is silent."""

    title: str = ""
    published: date | None = None
    author: str = ""
    source: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    published_at: str = ""
    published_guessed: bool = False

    @property
    def moment(self) -> Moment | None:
        """When the article was published."""
        return Moment(self.published, self.published_at, self.published_guessed) if self.published else None


def metadata(values: Mapping[str, Any], fields: Fields = NO_FIELDS) -> Metadata:
    """Read title, date, author, source, address and tags by their usual names, and before them by those of `fields`."""
    keyed = {key(str(name)): value for name, value in values.items() if value}

    def lines(field: str) -> Iterator[str]:
        return (line for _, value in given(field, keyed, fields) if (line := _line(value)))

    moment = _moment(keyed, fields)
    source = next(lines("source"), "")
    return Metadata(
        title=next(lines("title"), ""),
        published=moment.day if moment else None,
        author=next((names for _, value in given("author", keyed, fields) if (names := _names(value))), ""),
        source=host(source) or source,
        url=_whole_address([*lines("url"), source if _ADDRESS.match(source) else ""]),
        tags=next((tags for _, value in given("tags", keyed, fields) if (tags := _tags(value))), ()),
        published_at=moment.at if moment else "",
        published_guessed=bool(moment and moment.guessed),
    )


def _moment(keyed: Mapping[str, Any], fields: Fields) -> Moment | None:
    """Return the first date that can be read."""
    for name, value in given("published", keyed, fields):
        moment = read_moment(value)
        if moment:
            # Its publisher writes ms.date with the month first, always.
            return moment._replace(guessed=moment.guessed and name != "ms.date")
    return None


def one_line(text: str) -> str:
    """Return text with line breaks as spaces; other white space, such as the ideographic space, stays as it is."""
    return _BREAKS.sub(" ", text).strip()


def _line(value: Any) -> str:
    """Return a value on one line: of several each, of a mapping the name, or what identifies it."""
    if isinstance(value, list | tuple | set):
        return ", ".join(dict.fromkeys(filter(None, map(_line, value))))
    if isinstance(value, Mapping):
        return _line(value.get("name") or value.get("@id") or value.get("url") or "")
    return one_line(str(value))


def _names(value: Any) -> str:
    """Return names on one line; an address, as of a profile, is none."""
    parts = value if isinstance(value, list | tuple | set) else [value]
    return ", ".join(dict.fromkeys(line for part in parts if (line := _line(part)) and not _ADDRESS.match(line)))


def _whole_address(lines: list[str]) -> str:
    """Return the first that is a whole address, else the first."""
    return next(filter(_ADDRESS.match, lines), next(filter(None, lines), ""))


def _tags(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list | tuple | set) else re.split(r"[,，;；、]", str(value))
    return tuple(dict.fromkeys(tag for tag in (_line(part) for part in parts if part is not None) if tag))
