"""The head of a page -> what it says of itself, by the names that it uses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from indexer.sources.html_markup import NUMBER
from indexer.sources.html_tree import Tree

_HTML_URL = re.compile(r"https?://\S+", re.IGNORECASE)
# What browsers, and SingleFile, write into pages that they save.
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://\S+?)\s*(?:-->|\s)", re.IGNORECASE
)
_HEAD_CHARS = 4_000
# Between a title and the name of a site; hyphens only beside Han characters, where no word or number has one.
_SEPARATOR = re.compile(
    r"\s+[|\-–—·»«:]+\s+|\s*[|｜]\s*|\s*[-_–](?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff”」』》])[-_–]\s*"
)
_DATE_NAME = re.compile(r"publi|(?:^|[.:_])date$|created|issued", re.IGNORECASE)
_LISTS = ("author", "citation_author", "article:author", "article:tag", "dc.creator", "keywords")
_LONGEST_DATA = 200_000
_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|WebPage|Review|Book|Recipe)$")
_DATA_NAMES = ("headline", "datePublished", "dateCreated", "author", "publisher", "keywords", "inLanguage")


def page_values(tree: Tree, text: str, spans: list[tuple[int, int]], headings: list[str]) -> dict[str, Any]:
    """Return names and values; `headings` are the texts of the headings of the main text, the largest first.

    `title` is chosen among what the page offers, `url` is absolute, `lang` is that of the page.
    """
    values: dict[str, Any] = {}
    for data in _linked_data(tree):
        for name in _DATA_NAMES:
            if data.get(name):
                values.setdefault(name, data[name])
    for tag, attributes in tree.head:
        _read_element(tag, attributes, values)
    if "time" in values and not any(_DATE_NAME.search(name) for name in values):
        values["date"] = values["time"]
    values["title"] = _title(values, _page_title(tree, text, spans), headings)
    values["url"] = _url(values, text)
    return {name: value for name, value in values.items() if value}


def _read_element(tag: str, attributes: Mapping[str, str], values: dict[str, Any]) -> None:
    if tag == "html":
        values.setdefault("lang", (attributes.get("lang") or attributes.get("xml:lang") or "").strip())
    elif tag == "link" and attributes.get("rel", "").lower() == "canonical":
        values.setdefault("canonical", attributes.get("href", "").strip())
    elif tag == "time" and attributes.get("datetime"):
        values.setdefault("time", attributes["datetime"].strip())
    elif tag == "meta":
        content = attributes.get("content", "").strip()
        for key in ("name", "property", "itemprop"):
            if content and attributes.get(key):
                _put(values, attributes[key].strip().lower(), content)


def _put(values: dict[str, Any], name: str, content: str) -> None:
    if name in _LISTS and isinstance(values.get(name), list):
        values[name].append(content)
    else:
        values.setdefault(name, [content] if name in _LISTS and name != "keywords" else content)


def _page_title(tree: Tree, text: str, spans: list[tuple[int, int]]) -> str:
    for tag, content in tree.raw:
        if tag == "title":
            numbers = re.findall(NUMBER + r"(\d+)", content)
            return " ".join(unescape(" ".join(text[slice(*spans[int(number)])] for number in numbers)).split())
    return ""


def _title(values: Mapping[str, Any], page_title: str, headings: list[str]) -> str:
    """Choose: a heading that the head confirms, else what the head says without the name of the site."""
    offered = [str(values.get(name) or "") for name in ("og:title", "twitter:title", "headline", "dc.title")]
    heading = max((heading for heading in headings if heading in page_title), key=len, default="")
    return heading or next(filter(None, offered), "") or _without_site(page_title, values) or next(iter(headings), "")


def _without_site(title: str, values: Mapping[str, Any]) -> str:
    """Cut off the name of a site behind a title: what `og:site_name` says, else the last, shorter part."""
    parts = _SEPARATOR.split(title)
    site = str(values.get("og:site_name") or "")
    if len(parts) < 2:
        return title
    last = max((match for match in _SEPARATOR.finditer(title)), key=lambda match: match.start())
    if site and site in title[: last.start()]:
        last = next(
            match for match in _SEPARATOR.finditer(title) if title.find(site, match.end()) >= 0 or match is last
        )
    head, tail = title[: last.start()], title[last.end() :]
    return head if len(head.encode()) >= len(tail.encode()) else title


def _url(values: Mapping[str, Any], text: str) -> str:
    saved = _SAVED_FROM.search(text, 0, _HEAD_CHARS)
    offered = (values.get("canonical"), values.get("og:url"), saved and saved[1])
    return next((str(url) for url in offered if url and _HTML_URL.fullmatch(str(url))), "")


def _linked_data(tree: Tree) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of JSON-LD that describe an article."""
    for tag, content in tree.raw:
        if tag == "script" and "datePublished" in content[:_LONGEST_DATA]:
            yield from _objects(content)


def _objects(content: str) -> Iterator[Mapping[str, Any]]:
    try:
        waiting = [json.loads(content[:_LONGEST_DATA].strip().removesuffix(";"), strict=False)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            waiting += [value[name] for name in ("@graph", "mainEntity") if name in value]
            types = value.get("@type")
            if any(_ARTICLE_TYPE.search(str(kind)) for kind in (types if isinstance(types, list) else [types])):
                yield value
