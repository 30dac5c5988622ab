"""A template's name and values -> HTML. All text in it is escaped, and made harmless, whoever wrote it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from search.web.assets import assets
from search.web.marks import harmless


def rendered(template: str, **values: Any) -> bytes:
    """Return a page."""
    return _environment().get_template(template).render(**values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=harmless,
    )
    environment.globals["assets"] = assets()
    return environment
