"""What a tool found -> an answer in both forms in which it is sent, and how long that is."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from indexer.display import as_json

# Characters around both forms: the names of the fields, the request's id, what the protocol adds of the server.
AROUND = 400


@dataclass(frozen=True)
class Answer:
    """An answer as data, and in brief for clients that show only text: JSON too, so that nothing leaves its quotes."""

    structure: Mapping[str, Any]
    brief: Mapping[str, Any]

    @cached_property
    def data(self) -> dict[str, Any]:
        """Return the structure as JSON has it; lone surrogates, which nothing can send, are `?`."""
        data: dict[str, Any] = json.loads(as_json(self.structure))
        return data

    @cached_property
    def text(self) -> str:
        """Return the brief form as JSON on one line."""
        return _compact(json.loads(as_json(self.brief)))

    @cached_property
    def size(self) -> int:
        """Count the characters of all that is sent: in the text the signs, too, that quote its own quotes."""
        return len(_compact(self.data)) + len(_compact(self.text)) + AROUND

    @property
    def enough(self) -> int:
        """Return a budget in which the same answer fits when it is asked for again, and took some digits longer."""
        return -(-self.size // 100) * 100 + 100


def most(count: int, answer: Callable[[int], Answer], budget: int) -> int:
    """Return how many of `count` things fit: the most for which an answer with the first of them is no larger."""
    return bisect_right(range(1, count + 1), budget, key=lambda number: answer(number).size)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
