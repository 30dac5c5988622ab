"""The fields that a query may name, and the values that some of them take."""

from __future__ import annotations

from indexer.analysis.fold import fold_key
from search.kinds import ALL_KINDS, KINDS

# Fields of text, in which words and phrases are looked for; the last three are of what is known of an article.
TEXT_FIELDS = ("title", "body", "tag", "author", "source")
FACT_FIELDS = ("tag", "author", "source")
ADDRESS_FIELDS = ("path", "url")
DATE_FIELDS = ("date", "since", "until")

# Values of the keyword `lang` for each that may be asked for.
LANGUAGES = {
    "zh": ("zh-Hant", "zh-Hans", "mixed"),
    "zh-Hant": ("zh-Hant",),
    "zh-Hans": ("zh-Hans",),
    "en": ("en", "mixed"),
    "mixed": ("mixed",),
}

_CHOICES = {"lang": {name.lower(): name for name in LANGUAGES}, "kind": {name: name for name in (*KINDS, ALL_KINDS)}}
CHOICE_FIELDS = tuple(_CHOICES)
FIELD_NAMES = (*TEXT_FIELDS, *CHOICE_FIELDS, *DATE_FIELDS, *ADDRESS_FIELDS)

# Chinese names, in Simplified.
_NAMES = {
    "title": "标题 题目",
    "body": "正文 内文",
    "tag": "标签 关键词",
    "author": "作者 记者",
    "source": "来源 出处",
    "lang": "语言 语种",
    "kind": "类型 种类",
    "path": "路径 文件",
    "url": "网址 链接",
    "date": "日期 时间",
    "since": "起始 开始",
    "until": "截止 结束",
}
_FIELDS = {alias: name for name, aliases in _NAMES.items() for alias in (name, *aliases.split())}


def field_named(name: str) -> str:
    """Return the field that a name in either script or language stands for; empty if it is none."""
    return _FIELDS.get(fold_key(name), "") if name and len(name) <= 8 else ""


def begun(word: str) -> tuple[str, ...]:
    """Return what the beginning of a word may become: fields with their colon, or behind one the values of a field."""
    name, value = _parted(word)
    if value is None:
        return tuple(_with_colon(alias) for alias in _FIELDS if name and alias.startswith(fold_key(name)))
    known = _CHOICES.get(field_named(name), {})
    return tuple(word[: len(name) + 1] + known[key] for key in known if key.startswith(fold_key(value)))


def takes_text(word: str) -> bool:
    """Tell whether words of a text may end a word: not behind the colon of a language, kind, date or address."""
    name, value = _parted(word)
    return value is None or field_named(name) in ("", *TEXT_FIELDS)


def _parted(word: str) -> tuple[str, str | None]:
    """Return what stands before and behind the first colon; None if there is none."""
    name, colon, value = word.replace("：", ":").partition(":")
    return name, value if colon else None


def _with_colon(name: str) -> str:
    return f"{name}:" if name.isascii() else f"{name}："


def choices(field: str) -> tuple[str, ...]:
    """Return the values that a field of CHOICE_FIELDS takes."""
    return tuple(_CHOICES[field].values())


def choice(field: str, value: str) -> str:
    """Return one of `choices` as it is spelt there; empty if it is none."""
    return _CHOICES[field].get(fold_key(value), "")
