"""The head of an article without metadata -> its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from indexer.sentences import sentence_ends

# A title is one line; twice this is the longest headline of the seeds.
_LONGEST_TITLE = 100
_HEAD_LINES = 12
_HEAD_CHARS = 1000

_OPEN_END = re.compile(r"[。；.;:：,，、…]['\"”’」』）)]*$")
# A headline may ask or exclaim, and quote a sentence: only what ends and goes on outside quotes is running text.
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|\"[^\"]*\"")
_ASKED = re.compile(r"[！？!?]+")
_CAPTION = re.compile(
    r"生成的[图圖]像|^(?:照片|相片)|(?:网上|網上|影片|视频|視頻)?截[图圖]|^[图圖片]片?\s*[:：／/]|[图圖]片?[来來]源|[摄攝]影?\s*[:：/／]"
    r"|^(?:illustration|photo|image|picture|screenshot|file photo)\b|\b(?:getty images|photo by|photo:|courtesy of)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"^(?:点击|點擊)|[黄黃]页|黃頁|[订訂][阅閱]|[广廣]告|^首[页頁]|登[录錄入]|[注註][册冊]|cookie|advertis|subscribe|newsletter"
    r"|sign (?:in|up)|log ?in|^(?:menu|share|home|skip to)\b|^(?:by|作者|[记記]者|文|来源|來源|编辑|編輯)\s*[:：/／ ]"
    r"|\s[/>›»|｜]\s|^[\W\d_年月日]+$|https?://",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"^\s*(?:date\s+[\d/-]+\s*)?"
    r"(?:[A-Z][A-Z .'-]{2,40}[^—–\n]{0,40}?\s*(?:—|–|--|-)\s+"
    r"|[【（(\[][^】）)\]\n]{2,30}[】）)\]]\s*|\S{2,12}[电電讯訊]\s+)?"
)


def reads_as_title(line: str) -> bool:
    """Tell whether a line could be a headline: short, without a sentence end, no caption, advertisement or menu."""
    return (
        1 < len(line) <= _LONGEST_TITLE
        and not _OPEN_END.search(line)
        and not _runs_on(line)
        and not _CAPTION.search(line)
        and not _FURNITURE.search(line)
    )


def _runs_on(line: str) -> bool:
    """Tell whether a line holds more than one sentence; one question or exclamation before the rest is none."""
    bare = _QUOTED.sub("", line)
    return sum(end < len(bare) for end in sentence_ends(_ASKED.sub(" ", bare, count=1))) > 0


def find_headline(text: str) -> str:
    """Return the line at the head of `text` that reads as its title; one that is repeated first; empty if none does."""
    lines = list(islice((line.strip() for line in text[: 4 * _HEAD_CHARS].splitlines() if line.strip()), _HEAD_LINES))
    candidates = _candidates(lines)
    repeated = Counter(lines)
    return next((line for line in candidates if repeated[line] > 1), candidates[0] if candidates else "")


def _candidates(lines: Sequence[str]) -> list[str]:
    """Return the lines that read as titles, up to a paragraph or the second line that is a sentence."""
    found: list[str] = []
    running = 0
    for line in lines:
        if reads_as_title(line):
            found.append(line)
        elif not _CAPTION.search(line) and not _FURNITURE.search(line):
            running += 1
            if running == 2 or len(line) > 2 * _LONGEST_TITLE or _runs_on(line):
                break
    return found


def first_sentence(text: str) -> str:
    """Return the first sentence without its dateline, cut to the length of a title; empty for no text."""
    dateline = _DATELINE.match(text)
    start = dateline.end() if dateline else 0
    line = next((line for line in (text[start : 4 * _HEAD_CHARS] or text).splitlines() if line.strip()), "")
    sentence = line[: next(iter(sentence_ends(line)), None)].strip()
    if len(sentence) <= _LONGEST_TITLE:
        return sentence
    cut = sentence[:_LONGEST_TITLE]
    space = cut.rfind(" ")
    return (cut[:space] if space > _LONGEST_TITLE // 2 else cut).rstrip(" ,，、;；") + "…"
