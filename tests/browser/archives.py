"""Made-up articles: what a page has to show, and what it must not fall for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tests.conftest import SEEDS

_ENGLISH = "The harbour council of Saltmouth raised the tariff on salt by {n} per cent on Tuesday. Fishermen said that the tariff came too late."
_SIMPLIFIED = "盐港市议会星期二把食盐关税提高百分之{n}。渔民说，这项关税来得太迟，与门、骨、直、角的价格无关。"
_TRADITIONAL = "鹽港市議會星期二把食鹽關稅提高百分之{n}。漁民說，這項關稅來得太遲，與門、骨、直、角的價格無關。"
_LONG = "Saltmouth has kept a light on its pier since the ferry came. Its keeper writes down the weather, the ships and the birds every evening, and reads from it on market days. "


def records() -> list[dict[str, Any]]:
    """Return articles in three scripts over several years, two of them copies, one mixed and one without a title."""
    texts = {"en": _ENGLISH, "hans": _SIMPLIFIED, "hant": _TRADITIONAL}
    titles = {"en": "Salt tariff, report {n}", "hans": "食盐关税，第{n}次报道", "hant": "食鹽關稅，第{n}次報道"}
    made = [
        {
            "id": f"{tag}/{n}", "title": titles[tag].format(n=n), "text": f"{texts[tag].format(n=n)}\n\n{texts[tag].format(n=n + 40)}",
            "source": f"{tag} gazette {n % 4}", "author": f"Writer {n % 14}", "tags": ["tariff", f"tag {n % 17}"],
            "date": f"{2017 + n % 5}-{n % 12 + 1:02}-{n % 27 + 1:02}", "url": f"https://gazette.example/{tag}/{n}",
        }
        for tag in texts for n in range(20)
    ]  # fmt: skip
    copies = [
        {"id": f"copy {n}", "title": "The tariff keeper", "text": _LONG * 3 + "The tariff ends.", "source": f"press {n}", "date": f"2020-01-0{n + 1}"}
        for n in range(2)
    ]  # fmt: skip
    mixed = {
        "id": "mixed",
        "title": "Tariffs in English",
        "text": "\n\n".join(text.format(n=n) for text in (_SIMPLIFIED, _TRADITIONAL) for n in range(20)),
    }
    long = {
        "id": "long",
        "title": "A long tariff",
        "text": "\n\n".join(f"{_LONG} The tariff of day {n}." for n in range(60)),
    }
    return [*made, *copies, mixed, long, {"id": "nameless", "text": "A tariff without a title."}]


def write_archive(folder: Path) -> Path:
    """Write the seeds and the made-up articles; return the folder."""
    shutil.copytree(SEEDS, folder)
    (folder / "made.jsonl").write_text("\n".join(json.dumps(one) for one in records()), "utf-8")
    return folder
