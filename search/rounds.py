"""Lookups of terms in rounds, for engines that are far away: many small questions together take as long as one.

What looks terms up is carried out with answers that are only guessed, and what it asked is noted. Then all of that is
asked in one request, and the work carried out again, until it asks nothing that is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from indexer.engines.base import Engine, Ranking, Request

T = TypeVar("T")
Lookup = tuple[str, str]  # a field and a term

# Passages that a term is supposed to be in: words are mostly typed as the archive has them.
_GUESS = 1000


def in_rounds(engine: Engine, work: Callable[[Engine], T]) -> T:
    """Return what `work` does with an engine; it may be called several times, and has to do the same each time."""
    if not engine.is_remote:
        return work(engine)
    known: dict[Any, Any] = {}
    while True:
        asking = _Asking(engine, known)
        try:
            done = work(asking)  # type: ignore[arg-type]
        except _Unknown:
            done = None
        if not asking.unknown:
            return done  # type: ignore[return-value]
        lookups = list(asking.unknown)
        known.update(zip(lookups, engine.passages_with_each(lookups), strict=True))


class _Unknown(Exception):
    """What is asked depends on lookups that are not known yet."""


class _Asking:
    """An engine of which lookups are guessed, and other answers kept."""

    def __init__(self, engine: Engine, known: dict[Any, Any]) -> None:
        self._engine, self._known = engine, known
        self.unknown: dict[Lookup, None] = {}
        self.is_remote = False

    def passages_with(self, field: str, term: str) -> int:
        found: int | None = self._known.get((field, term))
        if found is None:
            self.unknown[field, term] = None
            return _GUESS
        return found

    def passages_with_each(self, terms: Sequence[Lookup]) -> Sequence[int]:
        return [self.passages_with(*one) for one in terms]

    def holds(self, field: str, term: str) -> bool:
        return self.passages_with(field, term) > 0

    def search(self, request: Request) -> Ranking:
        found: Ranking = self._kept(("search", request), lambda: self._engine.search(request))
        return found

    def __getattr__(self, name: str) -> Any:
        """Return another method of the engine, whose answers are kept."""
        method = getattr(self._engine, name)

        def asked(*arguments: Any, **named: Any) -> Any:
            key = (name, *map(_hashable, arguments), *((one, _hashable(value)) for one, value in named.items()))
            return self._kept(key, lambda: method(*arguments, **named))

        return asked

    def _kept(self, key: Any, ask: Callable[[], Any]) -> Any:
        if key not in self._known:
            if self.unknown:
                raise _Unknown
            self._known[key] = ask()
        return self._known[key]


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, set, dict)) else value
