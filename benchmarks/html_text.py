"""How much of the main text of pages is found, and how much else, beside other extractors.

    python benchmarks/html_text.py FOLDER [--limit 200]

Of each `name.html` with a `name.txt` beside it the text is what should be found. In a folder without pages each text or
markdown file is put into pages of several layouts, with menus, related articles and comments made of the other files.
Recall and precision count sequences of five characters, white space left out. trafilatura and resiliparse are measured,
too, where they are installed.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from indexer.model import Article
from indexer.sources import read_articles
from indexer.sources.source import Reading, SourceFile

Extract = Callable[[str], str]
_AROUND = {"boilerplate", "teaser"}
_LONGEST = 40  # paragraphs of an article


def read_own(page: str) -> str:
    """Return the main text as wensou sees it."""
    return "\n".join(_paragraphs(_article(page.encode(), "page.html")))


def extractors() -> dict[str, Extract]:
    """Return the extractors that are installed, by name."""
    found: dict[str, Extract] = {"wensou": read_own}
    if find_spec("trafilatura"):
        from trafilatura import extract

        found["trafilatura"] = lambda page: extract(page, include_comments=False) or ""
    if find_spec("resiliparse"):
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = lambda page: extract_plain_text(page, main_content=True, preserve_formatting=False)
    return found


def _article(data: bytes, name: str) -> Article:
    outcome = next(read_articles(SourceFile(data, name, f"/{name}")))
    assert isinstance(outcome, Reading), outcome
    return outcome.article


def _paragraphs(article: Article) -> list[str]:
    return [article.body[block.start : block.end] for block in article.blocks if block.kind not in _AROUND]


def _links(titles: list[str], tag: str) -> str:
    return "".join(f"<{tag}><a href=x>{html.escape(title)}</a></{tag}>" for title in titles)


def pages(title: str, paragraphs: list[str], titles: list[str], comment: str) -> dict[str, str]:
    """Return pages of several layouts around an article, by the names of the layouts."""
    body = [html.escape(paragraph).replace("\n", "<br>") for paragraph in paragraphs]
    heading, others, said = html.escape(title), titles[:8], html.escape(comment)
    menu = _links([text[:4] for text in titles], "li")
    p = "".join(f"<p>{text}</p>" for text in body)
    related, links = _links(others, "li"), _links([text[:4] for text in titles], "span")
    column = "<br>".join(_links([text], "font") for text in others)
    layouts = {
        "semantic": f"<header><nav><ul>{menu}</ul></nav></header><main><article><h1>{heading}</h1>{p}</article></main>"
        f"<aside><h3>相關文章</h3><ul>{related}</ul></aside><footer>© 版權所有。All rights reserved.</footer>",
        "blog": f"<div id=page><div class=menu><ul>{menu}</ul></div><div class='post hentry'><h2>{heading}</h2>"
        f"<div class=entry-content>{p}</div><div class=sharedaddy><a href=x>分享</a></div></div>"
        f"<div class=comments-area><h3>留言</h3><p>{said}</p><p>{said}</p></div>"
        f"<div class=sidebar>{related}</div></div>",
        "divisions": f"<div><div>{links}</div><div><div>{heading}</div><div>"
        f"{'<br><br>'.join('　　' + text for text in body)}</div></div><div>{_links(others, 'div')}</div>"
        "<div>關於我們 | 聯絡我們 | 版權所有</div></div>",
        "tables": f"<table width=760><tr><td>{links}</td></tr></table><table width=760><tr><td width=160>{column}</td>"
        f"<td><center><b>{heading}</b></center><br>{'<br>　　'.join(body)}</td></tr></table>"
        "<table><tr><td>Copyright © 2001</td></tr></table>",
    }
    return {
        name: f"<!DOCTYPE html><html><head><title>{heading}</title></head><body>{page}</body></html>"
        for name, page in layouts.items()
    }


def _generated(folder: Path, limit: int) -> Iterator[tuple[str, str, str]]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".md"))[:limit]
    articles = [_article(path.read_bytes(), path.name) for path in files]
    titles = [article.title for article in articles]
    for i, article in enumerate(articles):
        paragraphs = _paragraphs(article)[:_LONGEST]
        around = [titles[(i + k) % len(titles)] for k in range(1, 13)]
        comment = articles[i - 1].body[:200]
        for layout, page in pages(article.title, paragraphs, around, comment).items():
            yield layout, page, "\n".join([article.title, *paragraphs])


def _stored(folder: Path, limit: int) -> Iterator[tuple[str, str, str]]:
    for path in sorted(folder.rglob("*.html"))[:limit]:
        truth = path.with_suffix(".txt")
        if truth.exists():
            yield "stored", path.read_text("utf-8", "replace"), truth.read_text("utf-8")


def overlap(found: str, expected: str) -> tuple[float, float]:
    """Return precision and recall of the characters of a text."""
    one, other = (_sequences(re.sub(r"\s+", "", text)) for text in (found, expected))
    common = sum((one & other).values())
    return common / max(1, sum(one.values())), common / max(1, sum(other.values()))


def _sequences(text: str) -> Counter[str]:
    return Counter(text[i : i + 5] for i in range(max(1, len(text) - 4)))


def main() -> None:
    """Measure, and print a row for each layout and extractor."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    given = parser.parse_args()
    has_pages = next(given.folder.rglob("*.html"), None) is not None
    cases = list((_stored if has_pages else _generated)(given.folder, given.limit))
    size = sum(len(page.encode()) for _, page, _ in cases)
    for name, extract in extractors().items():
        extract(cases[0][1])  # loads what it needs
        start = time.process_time()
        found = [extract(page) for _, page, _ in cases]
        rate = size / 1e6 / (time.process_time() - start)
        for layout in dict.fromkeys(layout for layout, _, _ in cases):
            scores = [overlap(text, case[2]) for text, case in zip(found, cases, strict=True) if case[0] == layout]
            precision, recall = (sum(values) / len(scores) for values in zip(*scores, strict=True))
            f1 = sum(2 * p * r / (p + r) for p, r in scores if p + r) / len(scores)
            print(
                f"{name:12} {layout:16} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  {rate:6.1f} MB/s"
            )


if __name__ == "__main__":
    main()
