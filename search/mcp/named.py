"""What an assistant names an article by -> its id, and errors that say where ids are from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from indexer.errors import ArticleUnknown
from search.mcp.answers import ADDRESS


def id_of(name: str) -> str:
    """Return an id as it is, and that of an address that the server gave, with or without what follows `?` in it."""
    return unquote(name.removeprefix(ADDRESS).partition("?")[0]) if name.startswith(ADDRESS) else name


@contextmanager
def known(article_id: str) -> Iterator[None]:
    """Raise ArticleUnknown, where what is asked for does, as an assistant can make use of it."""
    try:
        yield
    except ArticleUnknown as error:
        raise ArticleUnknown(
            f"The index has no article {article_id}. Take the `id` of a result of the tool search, as it is."
        ) from error
