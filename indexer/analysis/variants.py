"""The leftover variants of `data/variants.txt`: one character -> the character it is searched as."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("data") / "variants.txt"


class Variants(NamedTuple):
    """Character -> character. `rare` ones are not in Simplified use, so jieba is spared them; `common` ones are."""

    rare: dict[str, str]
    common: dict[str, str]


@cache
def variants() -> Variants:
    """Read the table; no target is itself a source."""
    table: dict[str, str] = {}
    text = _FILE.read_text("utf-8")
    for line in text.splitlines():
        target, *sources = line.partition("#")[0].split() or [""]
        table.update(dict.fromkeys(sources, target))
    for source, target in table.items():
        while target in table:
            target = table[target]
        table[source] = target
    common = {source for source in table if _in_gb2312(source)}
    return Variants(
        {source: target for source, target in table.items() if source not in common},
        {source: target for source, target in table.items() if source in common},
    )


def _in_gb2312(character: str) -> bool:
    return len(character.encode("gb2312", "ignore")) > 0
