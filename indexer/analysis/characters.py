"""Text -> text, character by character, by a table that is filled as characters are met."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# Characters from which on a text that is not ASCII is translated as an array: with 50 that takes as long as
# `str.translate`, with 400 a sixth.
_LONG = 50


class CharacterTable(dict[int, str]):
    """Code point -> character, as a function has it that is asked once for each."""

    def __init__(self, character_for: Callable[[str], str]) -> None:
        super().__init__()
        self._character_for = character_for
        # UTF-16 unit -> unit; 0 where none is known, or what it stands for takes two.
        self._units = np.zeros(0x10000, "<u2")

    def __missing__(self, code_point: int) -> str:
        self[code_point] = character = self._character_for(chr(code_point))
        if _is_unit(code_point) and _is_unit(ord(character)):
            self._units[code_point] = ord(character)
        return character

    def translate(self, text: str) -> str:
        """Return `text.translate(self)`, sooner if it is long."""
        if len(text) >= _LONG and not text.isascii():
            units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
            translated = self._units.take(units).tobytes().decode("utf-16-le")
            if "\0" not in translated:
                return translated
        return text.translate(self)


def _is_unit(code_point: int) -> bool:
    """Tell whether a code point is one unit of UTF-16, and no half of a pair."""
    return code_point < 0xD800 or 0xDFFF < code_point < 0x10000
