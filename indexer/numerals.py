"""Numbers as Chinese texts write them, in digits of any width or in numerals -> int."""

from __future__ import annotations

# What a number of a date may consist of, for a character class of a regular expression.
NUMERALS = r"\d〇○零一二三四五六七八九十廿卅百元"

_VALUES = {
    character: value for value, characters in enumerate(("〇○零", *"一二三四五六七八九")) for character in characters
}
_VALUES |= {"元": 1, "两": 2}  # 元年, 元月
_TENS = {"廿": 20, "卅": 30}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def number(text: str) -> int:
    """Return the value of 2026, ２０２６, 二〇二六, 十二, 廿一, 一百一十五 or 两千; 0 for what is no number."""
    if text.isdecimal():
        return int(text)
    if all(character in _VALUES for character in text):
        return int("0" + "".join(str(_VALUES[character]) for character in text))
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        elif character in _TENS:
            total += _TENS[character]
        elif character in _VALUES:
            digit = _VALUES[character]
        else:
            return 0
    return total + digit
