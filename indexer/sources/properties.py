"""The properties that programs write into documents -> what an article knows of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from indexer.model import Article
from indexer.sources.dates import read_moment
from indexer.sources.metadata import Metadata, metadata

# Titles that name a file or a template, and authors that name an account: they say nothing of the article.
_NO_TITLE = re.compile(
    r"untitled.*|无标题.*|無標題.*|未命名.*|(?:新建)?\s*(?:microsoft )?(?:word|powerpoint)\s*(?:文[档檔件]|document).*"
    r"|powerpoint (?:presentation|演示文稿)|(?:slide|document|文[档檔]|文件|幻灯片|投影片)\s*\d*"
    r"|microsoft (?:word|powerpoint|excel) - .*"
    r"|.*\.(?:docx?|dotx?|wps|rtf|odt|pptx?|xlsx?|indd|qxd|tex|dvi|ps|pdf|txt|html?)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"admin(?:istrator)?|(?:windows |microsoft office )?user|anonymous|unknown|unspecified"
    r"|微软(?:用户|中国)|微軟.*|用户|使用者|管理员|系統?管理員|python-docx|owner|pc|\w*-pc",
    re.IGNORECASE,
)
_NAMES = ("title", "author", "keywords", "subject")
_UNSET = ("", "unspecified")
_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?([-+Z])?(\d\d)?'?(\d\d)?")


def document_metadata(values: Mapping[str, str]) -> Metadata:
    """Read `title author keywords subject` as programs write them; what they fill in by themselves is left out."""
    kept = {
        name: value.strip() for name, value in values.items() if name in _NAMES and value.strip(" ()") not in _UNSET
    }
    if _NO_TITLE.fullmatch(kept.get("title", "")):
        del kept["title"]
    if _NO_AUTHOR.fullmatch(kept.get("author", "")):
        del kept["author"]
    return metadata({**kept, "keywords": kept.get("keywords") or kept.get("subject", "")})


def iso_date(text: str) -> str:
    """Return a date as PDF writes it, D:20260205120000+08'00', in ISO 8601; others as they are."""
    match = _PDF_DATE.match(text.strip())
    if match is None:
        return text
    year, month, day, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    iso = f"{year}-{month or '01'}-{day or '01'}"
    if hour:
        iso += f"T{hour}:{minute or '00'}:{second or '00'}"
        iso += (
            "Z"
            if sign == "Z" or (sign and not zone_hours)
            else f"{sign}{zone_hours}:{zone_minutes or '00'}" * bool(sign)
        )
    return iso


def dated(article: Article, made: str) -> Article:
    """Return the article, if it has no date with the day its file was made or saved: that is only a guess."""
    guess = None if article.published else read_moment(made)
    return replace(article, published=guess.day, published_at=guess.at, published_guessed=True) if guess else article
