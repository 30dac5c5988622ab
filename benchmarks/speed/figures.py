"""Measured values -> the lines of a report and what its JSON holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value, with the bound that it is to keep, if there is one; `aim` is hoped for, not demanded."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    aim: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the bound is kept; None without one."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.value >= self.at_least if self.at_least is not None else None

    @property
    def target(self) -> str:
        """The bound in words."""
        if self.at_most is not None:
            return f"at most {self.at_most:g}"
        words = f"at least {self.at_least:g}" if self.at_least is not None else ""
        return f"{words}, aim {self.aim:g}" if self.aim is not None else words


@dataclass(slots=True)
class Section:
    """What one part found: lines to read, figures, answers that were wrong, and everything else for the JSON."""

    part: str
    lines: list[str] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    deviations: list[str] = field(default_factory=list)
    checked: int = 0  # answers compared with exhaustive evaluation
    details: dict[str, Any] = field(default_factory=dict)

    def render(self) -> list[str]:
        """Return the lines to print."""
        lines = [f"## {self.part}", *self.lines]
        if self.figures:
            lines += ["", *render_figures(self.figures)]
        if self.checked:
            lines.append(f"{self.checked} timed answers compared with exhaustive evaluation, {self._found_wrong()}")
        lines += [f"  wrong: {deviation}" for deviation in self.deviations[:10]]
        return [*lines, ""]

    def _found_wrong(self) -> str:
        return f"{len(self.deviations)} WRONG" if self.deviations else "all equal"

    def as_json(self) -> dict[str, Any]:
        return {
            "figures": [asdict(figure) | {"is_met": figure.is_met} for figure in self.figures],
            "answers_checked": self.checked,
            "deviations": self.deviations,
            **self.details,
        }


def render_figures(figures: Sequence[Figure]) -> list[str]:
    """Return a table of measured values beside their targets."""
    verdicts = {True: "met", False: "MISSED", None: ""}
    rows = [
        [figure.name, f"{spelled(figure.value)} {figure.unit}".rstrip(), figure.target, verdicts[figure.is_met]]
        for figure in figures
    ]
    return table(["", "measured", "target", ""], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return [
        "  ".join([name.ljust(widths[0]), *map(str.rjust, cells, widths[1:])]).rstrip()
        for name, *cells in [head, *rows]
    ]


def spelled(value: float) -> str:
    """Return a value with three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.4f}"


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile: the smallest value that 95 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return median and 95th percentile."""
    return {"median": median(values), "p95": p95(values)}
