"""A method -> a property that is worked out when it is first asked for, and kept; threads do not wait for each other.

`functools.cached_property` of Python 3.11 holds a lock for all objects of a class while it works one out: two threads
that ask properties which ask each other wait for ever. Here both work it out, and the first to be done is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functools import cached_property
else:

    class cached_property:  # noqa: N801 - it stands for that of functools
        """As in `functools`, without the lock: for values that come out the same whoever works them out."""

        def __init__(self, work_out: Callable[[Any], Any]) -> None:
            self._work_out = work_out
            self.__doc__ = work_out.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            return instance.__dict__.setdefault(self._name, self._work_out(instance))


__all__ = ["cached_property"]
