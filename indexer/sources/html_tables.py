"""Elements and lines of a page -> which tables hold data, and their rows; other tables only lay a page out."""

from __future__ import annotations

from collections import Counter

from indexer.sources.html_tree import Tree

_CELLS = frozenset(("td", "th"))
# More running text in a cell is a column of a page: 200 Han characters, 100 words.
_LONGEST_CELL = 600


class Tables:
    """The tables of data of a page.

    They have several rows and columns, no table inside, and no cell with as much running text as a page's column has.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        tables = self._nearest(frozenset(("table",)))
        self.data = self._find_data(tables)
        self._rows = self._nearest(frozenset(("tr",))) if self.data else []
        self._cells = self._nearest(_CELLS) if self.data else []
        self._tables = tables

    def row(self, element: int) -> int:
        """Return the row of a table of data that an element is in, -1 for none."""
        if not self.data or self._tables[element] not in self.data:
            return -1
        row = self._rows[element]
        return row if row >= 0 and self._tables[row] == self._tables[element] else -1

    def cell(self, element: int) -> int:
        """Return the cell that an element of a row is in, -1 for none."""
        return self._cells[element]

    def _find_data(self, tables: list[int]) -> set[int]:
        elements = self._tree.elements
        found = {i for i, table in enumerate(tables) if i == table}
        if not found:
            return found
        around = {tables[elements[i].parent] for i in found if elements[i].parent >= 0}
        found -= around | self._with_running_text(tables)
        count = Counter((tables[i], element.tag) for i, element in enumerate(elements) if tables[i] in found)
        return {
            i
            for i in found
            if "presentation" not in elements[i].names
            and count[i, "tr"] > 1
            and count[i, "td"] + count[i, "th"] > count[i, "tr"]
        }

    def _with_running_text(self, tables: list[int]) -> set[int]:
        in_cells: Counter[int] = Counter()
        cells = self._nearest(_CELLS)
        for line in self._tree.lines:
            in_cells[cells[line.element]] += line.prose
        return {tables[cell] for cell, size in in_cells.items() if cell >= 0 and size > _LONGEST_CELL}

    def _nearest(self, tags: frozenset[str]) -> list[int]:
        """Return for each element the number of the nearest one around it, or itself, of some tags; -1 for none."""
        found: list[int] = []
        for i, element in enumerate(self._tree.elements):
            found.append(i if element.tag in tags else found[element.parent] if element.parent >= 0 else -1)
        return found
