"""The head of an article without metadata -> its title and date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import islice

from indexer.sources.dates import find_date

# A title is one line; twice this is the longest headline of the seeds.
_LONGEST_TITLE = 100
_HEAD_LINES = 12
_HEAD_CHARS = 1000

_SENTENCE_END = re.compile(r"[。；.;:：,，、…]['\"”’」』）)]*$")
_INNER_END = re.compile(r"[。！？!?]|\.\s")
_CAPTION = re.compile(
    r"生成的[图圖]像|(?:网上|網上|影片|视频|視頻)?截[图圖]|^[图圖片]片?\s*[:：／/]|[图圖]片?[来來]源|[摄攝]影?\s*[:：/／]"
    r"|^(?:illustration|photo|image|picture|screenshot|file photo)\b|\b(?:getty images|photo by|photo:|courtesy of)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"^(?:点击|點擊)|[黄黃]页|黃頁|[订訂][阅閱]|[广廣]告|^首[页頁]|登[录錄入]|[注註][册冊]|cookie|advertis|subscribe|newsletter"
    r"|sign (?:in|up)|log ?in|^(?:menu|share|home|skip to)\b|^(?:by|作者|[记記]者|文|来源|來源|编辑|編輯)\s*[:：/／ ]"
    r"|\s[/>›»|｜]\s|^[\W\d_]+$|https?://",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"^\s*(?:date\s+[\d/-]+\s*)?"
    r"(?:[A-Z][A-Z .'-]{2,40}[^—–\n]{0,40}?\s*(?:—|–|--|-)\s+"
    r"|[【（(\[][^】）)\]\n]{2,30}[】）)\]]\s*|\S{2,12}[电電讯訊]\s+)?"
)
_FIRST_SENTENCE = re.compile(r".+?(?:[。！？!?]['\"”’」』]*|\.['\"”’]*(?=\s|$)|$)", re.MULTILINE)


def reads_as_title(line: str) -> bool:
    """Tell whether a line could be a headline: short, without a sentence end, no caption, advertisement or menu."""
    return (
        1 < len(line) <= _LONGEST_TITLE
        and not _SENTENCE_END.search(line)
        and not _INNER_END.search(line[:-1])
        and not _CAPTION.search(line)
        and not _FURNITURE.search(line)
    )


def find_headline(text: str) -> str:
    """Return the line at the head of `text` that reads as its title; one that is repeated first; empty if none does."""
    lines = list(islice((line.strip() for line in text[: 4 * _HEAD_CHARS].splitlines() if line.strip()), _HEAD_LINES))
    candidates = _candidates(lines)
    repeated = Counter(lines)
    return next((line for line in candidates if repeated[line] > 1), candidates[0] if candidates else "")


def guess_date(text: str) -> date | None:
    """Return the first whole date in the head of `text`."""
    return find_date(text[:_HEAD_CHARS])


def _candidates(lines: Sequence[str]) -> list[str]:
    """Return the lines that read as titles, up to a paragraph or the second line that is a sentence."""
    found: list[str] = []
    running = 0
    for line in lines:
        if reads_as_title(line):
            found.append(line)
        elif not _CAPTION.search(line) and not _FURNITURE.search(line):
            running += 1
            if running == 2 or len(line) > 2 * _LONGEST_TITLE or _INNER_END.search(line[:-1]):
                break
    return found


def first_sentence(text: str) -> str:
    """Return the first sentence without its dateline, cut to the length of a title; empty for no text."""
    dateline = _DATELINE.match(text)
    start = dateline.end() if dateline else 0
    match = _FIRST_SENTENCE.search(text, start) or _FIRST_SENTENCE.search(text)
    sentence = match.group().strip() if match else ""
    if len(sentence) <= _LONGEST_TITLE:
        return sentence
    cut = sentence[:_LONGEST_TITLE]
    space = cut.rfind(" ")
    return (cut[:space] if space > _LONGEST_TITLE // 2 else cut).rstrip(" ,，、;；") + "…"
