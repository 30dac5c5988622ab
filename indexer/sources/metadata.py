"""Names and values as front matter and records hold them -> what an article knows of itself. The door of PyYAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import yaml

from indexer.sources.dates import as_date

# A longer block is not front matter but a text that begins with a rule.
_LONGEST_BLOCK = 65_536
_FRONT_MATTER = re.compile(r"\s*?---[ \t]*\r?\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_ALIAS = re.compile(r"[\s\[,{]\*\w")
_MOST_ALIASES = 10
_BREAKS = re.compile(r"\s*[\r\n\t\v\f\x85\u2028\u2029]\s*")
_PAIR = re.compile(r"^([A-Za-z_][\w.-]*):[ \t]+(.*?)[ \t]*$", re.MULTILINE)


class Metadata(NamedTuple):
    """What an article says of itself; empty where it is silent."""

    title: str = ""
    published: date | None = None
    author: str = ""
    source: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()


def split_front_matter(text: str) -> tuple[Metadata | None, int]:
    """Return the metadata of a block of YAML at the start of `text`, if there is one, and where the rest begins."""
    if not text.lstrip().startswith("---"):
        return None, 0
    match = _FRONT_MATTER.match(text, 0, _LONGEST_BLOCK)
    if match is None:
        return None, 0
    values = _load(match.group(1))
    return (None, 0) if values is None else (metadata(values), match.end())


def metadata(values: Mapping[str, Any]) -> Metadata:
    """Read the usual names of title, date, author, source, address and tags, whatever their case."""
    lower = {str(key).lower(): value for key, value in values.items()}

    def first(*names: str) -> Any:
        return next((lower[name] for name in names if lower.get(name)), "")

    return Metadata(
        title=_line(first("title", "headline", "标题", "標題")),
        published=as_date(first("date", "published", "published_at", "pubdate", "ms.date", "created", "日期")),
        author=_line(first("author", "authors", "byline", "作者")),
        source=_line(first("source", "site", "publisher", "来源", "來源")),
        url=_line(first("url", "link", "original_url", "canonical", "链接", "鏈接")),
        tags=_tags(first("tags", "keywords", "标签", "標籤")),
    )


def _load(block: str) -> Mapping[str, Any] | None:
    """Parse YAML; of a broken block keep the plain pairs. None for what is no mapping at all."""
    try:
        if len(_ALIAS.findall(block)) > _MOST_ALIASES:
            raise ValueError("aliases of aliases grow without bound")
        values = yaml.load(block, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # PyYAML's own constructors raise any of these for a value that does not fit its tag.
        values = {key: value.strip("\"'") for key, value in _PAIR.findall(block)} or None
    if values is None and not block.strip():
        return {}
    return values if isinstance(values, Mapping) else None


def one_line(text: str) -> str:
    """Return text with line breaks as spaces; other white space, such as the ideographic space, stays as it is."""
    return _BREAKS.sub(" ", text).strip()


def _line(value: Any) -> str:
    """Return a value on one line: of several each, of a mapping the name."""
    if isinstance(value, list | tuple | set):
        return ", ".join(filter(None, map(_line, value)))
    if isinstance(value, Mapping):
        return _line(value.get("name") or "")
    return one_line(str(value))


def _tags(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list | tuple | set) else re.split(r"[,，;；、]", str(value))
    return tuple(tag for tag in (_line(part) for part in parts if part is not None) if tag)
