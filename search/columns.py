"""Text -> how wide it is on a terminal, and as much of it as fits there. The door of rich's widths."""

from __future__ import annotations


def width_of(text: str) -> int:
    """Return how many columns a text takes; East Asian characters take two."""
    from rich.cells import cell_len

    return cell_len(text)


def beginning(text: str, columns: int) -> str:
    """Return as much of the beginning of a text as fits."""
    left = columns
    for i, character in enumerate(text):
        left -= width_of(character)
        if left < 0:
            return text[:i]
    return text


def ending(text: str, columns: int) -> str:
    """Return as much of the end of a text as fits; it does not begin with a mark of the character before."""
    left = columns
    for i in range(len(text) - 1, -1, -1):
        left -= width_of(text[i])
        if left < 0:
            return _without_marks(text[i + 1 :])
    return text


def _without_marks(text: str) -> str:
    while text and not width_of(text[0]):
        text = text[1:]
    return text


def clipped(text: str, columns: int) -> str:
    """Return a text that fits, with … for what is cut from its end; 0 columns are no limit."""
    return text if not columns or width_of(text) <= columns else beginning(text, columns - 1) + "…"


def clipped_before(text: str, columns: int) -> str:
    """Return a text that fits, with … for what is cut from its beginning; 0 columns are no limit."""
    return text if not columns or width_of(text) <= columns else "…" + ending(text, columns - 1)


def left_aligned(text: str, columns: int) -> str:
    """Return a text with spaces behind it up to a width."""
    return text + " " * (columns - width_of(text))


def right_aligned(text: str, columns: int) -> str:
    """Return a text with spaces before it up to a width."""
    return " " * (columns - width_of(text)) + text
