"""Any text or number -> text that can be shown: on one line, and commanding no terminal."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

# Control characters that JSON leaves as they are.
_CONTROLS = re.compile("[\x7f-\x9f]")


def harmless(text: str) -> str:
    """Return text on one line in which nothing commands a terminal, character for character as long."""
    return "".join(
        " " if character.isspace() else "\ufffd" if _commands(character) else character for character in text
    )


def as_line(text: str) -> str:
    """Return text like `harmless`, but for its spaces, which stay as they are: for programs, which compare them."""
    return "".join(character if unicodedata.category(character) == "Zs" else harmless(character) for character in text)


def as_json(value: Any) -> str:
    """Return JSON on one line, Chinese as it is and control characters escaped; lone surrogates become `?`."""
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()
    return _CONTROLS.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def counted(count: int, name: str) -> str:
    """Return a number with what it counts."""
    return f"{count:,} {name}" + ("" if count == 1 else "s")


def _commands(character: str) -> bool:
    """Tell control characters and those that change the direction of what follows."""
    category = unicodedata.category(character)
    return category in ("Cc", "Cs") or "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"


def path_text(path: Path | str) -> str:
    """Return a path as text of UTF-8; bytes that are not stand as \\xNN."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
