"""A small archive for laws over whole searches: articles of several passages, in both scripts and English, by chance."""

from __future__ import annotations

from random import Random

from indexer import build

# Words that jieba keeps whole wherever they stand, each in Simplified and Traditional.
HAN = {
    "特朗普": "特朗普", "关税": "關稅", "经济": "經濟", "中国": "中國", "美国": "美國", "习近平": "習近平", "通话": "通話",
    "贸易": "貿易", "北京": "北京", "大豆": "大豆",
}  # fmt: skip
# Words of letters, those of one stem together.
STEMS = [
    ("trump",), ("tariff", "tariffs"), ("talk", "talks", "talking"), ("soybean", "soybeans"), ("economy", "economies"),
    ("economic",), ("trade", "trading"), ("g20",), ("covid19", "covid-19"),
]  # fmt: skip
LATIN = [word for group in STEMS for word in group]
# Numbers, those of one value together.
NUMBERS = [
    ("2月", "二月"),
    ("12月", "十二月"),
    ("3天", "三天"),
    ("2025年", "二〇二五年", "二零二五年"),
    ("1200万", "一千二百万"),
]
NUMERALS = [text for group in NUMBERS for text in group]
_BETWEEN = ["", "", "", "的", "和", "，", "、", "。", "\n"]

_TAGS = ["中國", "美国", "特朗普", "經濟", "trade", "Trade talks", "G20", "习近平通话"]
_AUTHORS = ["John Smith", "习近平", "李明", "Trump Tariff", ""]
_SOURCES = ["BBC", "BBC 中文", "新华网", "trade.com", ""]
_DAYS = ["2024-12-31", "2025-02", "2025-09-19", "2025-09-20", "2026-02-05", ""]
_SITES = ["https://www.bbc.com/zhongwen", "http://example.org/a", ""]

ARTICLES = 48


def _han(random: Random, traditional: bool) -> str:
    words = []
    for _ in range(random.randint(2, 7)):
        word = random.choice([*HAN] * 3 + NUMERALS)
        words += [HAN.get(word, word) if traditional else word, random.choice(_BETWEEN)]
    return "".join(words).strip() + "。"


def _english(random: Random) -> str:
    words = [random.choice([*LATIN, "the", "of", "and"]) for _ in range(random.randint(3, 7))]
    return " ".join(word.capitalize() if random.random() < 0.3 else word for word in words) + "."


def _sentence(random: Random) -> str:
    kind = random.choice("STEM")
    if kind == "M":
        return f"{random.choice([*HAN])} {random.choice(LATIN)} {random.choice([*HAN])}。"
    return _english(random) if kind == "E" else _han(random, kind == "T")


def _block(random: Random) -> str:
    sentence = _sentence(random)
    line = sentence.replace("\n", "")
    form = random.randint(0, 11)
    if form == 0:
        return f"> {line}"
    if form == 1:
        return (
            f"| {line} | {random.choice(NUMERALS)} |\n|---|---|\n| {random.choice(LATIN)} | {random.choice([*HAN])} |"
        )
    if form == 2:
        return f"## {line}"
    return {3: f"相关阅读：{line}", 4: f"图片来源：{line}", 5: f"本网站使用cookies，{line}"}.get(form, sentence)


def _head(random: Random, number: int) -> str:
    values = {
        "title": random.choice([_han(random, True), _han(random, False), _english(random)]).replace("\n", "")
        + (f" 之{number}" if random.random() < 0.5 else ""),
        "tags": ", ".join(random.sample(_TAGS, random.randint(0, 3))),
        "author": random.choice(_AUTHORS),
        "source": random.choice(_SOURCES),
        "date": random.choice(_DAYS),
        "url": random.choice(_SITES),
    }
    lines = [
        f"{name}: [{value}]" if name == "tags" else f"{name}: '{value}'" for name, value in values.items() if value
    ]
    return "\n".join(["---", *lines, "---"])


def write_archive(folder, index):
    """Write an archive and index it in three runs; of the first some articles are replaced and removed later."""
    random = Random(7)
    for run in range(3):
        for number in range(run * ARTICLES // 3, (run + 1) * ARTICLES // 3):
            _write(folder, random, number)
        if run:
            (folder / "2024" / f"{run:02}.md").unlink()
            _write(folder, random, run + 4)
        build(folder, index)


def _write(folder, random: Random, number: int) -> None:
    path = folder / ("2024", "Zhong")[number % 2 if number > 8 else 0] / f"{number:02}.md"
    path.parent.mkdir(exist_ok=True)
    blocks = [_block(random) for _ in range(random.randint(1, 7))]
    path.write_text("\n\n".join([_head(random, number), *blocks]) + "\n", "utf-8")
