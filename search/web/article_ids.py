"""An address that ends in an article's id, percent-encoded, slashes included -> the id."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request


class _ArticleId(Convertor[str]):
    """An article's id in a path: any text, slashes and ends of lines included."""

    regex = r"[\s\S]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def pattern(root: str) -> str:
    """Return the path of a route to the articles below `root`."""
    register_url_convertor("article_id", _ArticleId())
    return f"{root}/articles/{{id:article_id}}"


def id_in(request: Request, root: str) -> str:
    """Return the id in an address as it was sent: what decodes the path may do so more than once."""
    path: bytes = request.scope.get("raw_path") or b""
    _, found, sent = path.partition(f"{root}/articles/".encode())
    return unquote(sent.decode("latin-1")) if found else str(request.path_params["id"])
