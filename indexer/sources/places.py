"""The address and the id of an article -> what they say of where it comes from."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#]*@)?([^/?#:@\[\]]+)", re.IGNORECASE)
# A folder named 2018, 11 or 2018-11-01 is no source.
_LETTER = re.compile(r"[^\W\d_]")


def host(url: str) -> str:
    """Return the host of an address without www.; of an archived page that of the page; empty if it names none."""
    match = _HOST.match(_original(url))
    return match[1].lower().removeprefix("www.") if match else ""


def web_path(url: str) -> str:
    """Return what follows the host in an address, of an archived page the host of the page, without escapes."""
    original = _original(url)
    match = _HOST.match(original)
    return unquote(original[match.end() :] if match else original)


def own_path(article_id: str) -> str:
    """Return the path of an article's file within its root; for one of many in a file its id in there."""
    path, _, inside = article_id.partition("#")
    return inside or path


def own_name(article_id: str) -> str:
    """Return the last part of `own_path`, without the suffix of a file."""
    return PurePosixPath(own_path(article_id)).stem


def folder(article_id: str) -> str:
    """Return the name of the nearest folder that has a letter in its name; empty for a file of the root itself."""
    names = PurePosixPath(article_id.partition("#")[0]).parent.parts
    # The ids of a second root begin with its name and a colon.
    return next((own for name in reversed(names) if _LETTER.search(own := name.rpartition(":")[2])), "")


def _original(url: str) -> str:
    """Return the address that an archive put behind its own: web.archive.org/web/20210712022351/https://example.org/."""
    at = max(url.rfind("/http://"), url.rfind("/https://"))
    return url[at + 1 :] if at >= 0 else url
