"""An index -> what the start page says of it: how much it holds, of which years and languages, and since when."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from indexer.engines.opening import Place
from search.info import IndexInfo
from search.model import FacetValue
from search.web.building import last, running
from search.web.histogram import Histogram, histogram
from search.web.languages import Language
from search.web.state import State


class Start(NamedTuple):
    """What an index holds; years are empty without any, `languages` are names and numbers, most articles first."""

    articles: int
    first_year: str
    last_year: str
    undated: int
    languages: tuple[tuple[str, str, int], ...]
    time: Histogram
    indexed: str
    building: Markup
    is_running: bool


# Queries that show what may be typed, in Simplified and Traditional, each with the key of what is said of it.
_EXAMPLES = (
    ("川普 关税", "川普 關稅", "example.words"),
    ("「相互尊重」", "「相互尊重」", "example.phrase"),
    ("川普 -北韩", "川普 -北韓", "example.without"),
    ("北韩 AND 贸易", "北韓 AND 貿易", "example.both"),
    ("title:Trump", "title:Trump", "example.title"),
    ("Taiwan date:2026-02", "Taiwan date:2026-02", "example.date"),
    ("xijinping", "xijinping", "example.pinyin"),
)


def examples(said: Language) -> list[tuple[str, str]]:
    """Return queries in the script of the interface, each with the key of what is said of it."""
    is_traditional = said.tag == "zh-Hant"
    return [(traditional if is_traditional else simplified, key) for simplified, traditional, key in _EXAMPLES]


def start(info: IndexInfo, place: Place, state: State, said: Language) -> Start:
    """Return what the start page says of an index; `info` may be as old as the commit, what a run does is of now."""
    years = [*info.years]
    return Start(
        articles=info.articles,
        first_year=years[0] if years else "",
        last_year=years[-1] if years else "",
        undated=info.undated,
        languages=tuple((tag, said.named("lang", tag), count) for tag, count in info.languages.items()),
        time=histogram([FacetValue(year, count) for year, count in info.years.items()], state),
        indexed=f"{info.last_run.moment.astimezone():%Y-%m-%d %H:%M}",
        building=last(place, said),
        is_running=bool(running(place, said)),
    )
