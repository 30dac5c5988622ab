"""Elements and lines of a page -> the kind of each line: what is the article's own text, and what stands around it.

The main text is in what HTML or a class calls so, else in the innermost element that holds nearly all running text.
Furniture is what its tag or class says, unless it holds much of the running text itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from indexer.sources import html_words as words
from indexer.sources.html_tables import Tables
from indexer.sources.html_tree import Element, Line, Tree

_TAG_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "summary", "legend"), "heading"),
    "caption": "caption",
    "figcaption": "caption",
    "blockquote": "quote",
}
_LONG_FURNITURE_TAGS = {"nav", "aside", "footer"}
_FURNITURE_TAGS = _LONG_FURNITURE_TAGS | {
    "form", "dialog", "menu", "dir", "noscript", "textarea", "button", "fieldset", "audio", "video", "canvas", "search",
}  # fmt: skip
_MAIN_TAGS = {"article", "main"}
_WITH_OWN_HEADER = {"article", "main", "section"}
# What may hold a whole main text: no paragraph, list or quotation.
_CONTAINERS = {"body", "div", "section", "article", "main", "td", "center", "form", "table", "tbody", "tr"}

# Shares of a page's running text, or bytes of UTF-8, of which a Han character has 3. Set on the saved pages of
# docs/sources.md: half or twice as much costs up to .02 of F1.
_MOST_IN_FURNITURE = 0.4  # what holds more is named after something else in it
_LEAST_BESIDE_LONG = 200  # comments and side columns hold any share as long as this is left
_LEAST_LEFT = 0.05  # with less left outside of furniture, classes have misled, and only tags are believed
_NEARLY_ALL = 0.7  # .9 costs .005, .6 is the same
_MOST_IN_CARD = 0.2
_CLEARLY_PROSE = 180  # this much running text in a line is body outside the main text, too
_LONGEST_LABEL = 120
_FEWEST_IN_MENU = 3


def line_kinds(tree: Tree, tables: Tables, texts: Sequence[str]) -> list[str]:
    """Return the kind of each line of a page; `texts` are what they say."""
    return _Judge(tree, tables, texts).kinds() if tree.lines else []


class _Judge:
    """What is known of the elements of a page, by their numbers."""

    def __init__(self, tree: Tree, tables: Tables, texts: Sequence[str]) -> None:
        self._tree = tree
        self._texts = texts
        self._prose = self._sums([line.prose for line in tree.lines])
        self._furniture = self._find_furniture(self._is_furniture)
        if self._sum_own()[0] < _LEAST_LEFT * self._prose[0]:
            self._furniture = self._find_furniture(self._is_furniture_tag)
        if all(self._furniture[line.element] >= 0 for line in tree.lines):  # a form is all that there is
            self._furniture = [-1] * len(tree.elements)
        self._own_prose = self._sum_own()
        self._main = self._find_main()
        self._is_main = self._inside({self._main})
        self._around_main = set(self._tree.ancestors(self._main))
        self._given = self._given_kinds(tables)

    def kinds(self) -> list[str]:
        """Return the kinds of the lines."""
        kinds = [self._kind(i, line) for i, line in enumerate(self._tree.lines)]
        if self._own_prose[0]:
            self._mark_menus(kinds)
        self._mark_cards(kinds)
        self._mark_related(kinds)
        return kinds

    def _kind(self, i: int, line: Line) -> str:
        number = line.element
        is_legal = (not line.prose or not self._is_main[number]) and words.LEGAL.search(self._texts[i]) is not None
        if self._furniture[number] >= 0 or is_legal:
            return "boilerplate"
        if self._is_main[number] or line.prose >= _CLEARLY_PROSE or self._heads_main(line):
            return self._given[number]
        return "boilerplate"

    def _heads_main(self, line: Line) -> bool:
        """Tell whether a line is a heading that stands before the main text, beside it or what holds it."""
        if self._given[line.element] != "heading":
            return False
        is_beside = self._tree.elements[line.element].parent in self._around_main and line.element < self._main
        return is_beside or self._tag(line) == "h1"

    def _tag(self, line: Line) -> str:
        return self._tree.elements[line.element].tag

    def _sums(self, of_lines: Sequence[int]) -> list[int]:
        """Return for each element the sum over the lines inside it."""
        elements = self._tree.elements
        sums = [0] * len(elements)
        for line, value in zip(self._tree.lines, of_lines, strict=True):
            sums[line.element] += value
        for i in range(len(elements) - 1, 0, -1):
            sums[max(0, elements[i].parent)] += sums[i]
        return sums

    def _sum_own(self) -> list[int]:
        return self._sums([0 if self._furniture[line.element] >= 0 else line.prose for line in self._tree.lines])

    def _find_furniture(self, is_furniture: Callable[[int, Element], bool]) -> list[int]:
        """Return for each element the outermost piece of furniture that it is in, -1 for none."""
        found: list[int] = []
        for i, element in enumerate(self._tree.elements):
            around = found[element.parent] if element.parent >= 0 else -1
            found.append(around if around >= 0 else i if is_furniture(i, element) else -1)
        return found

    def _is_furniture_tag(self, number: int, element: Element) -> bool:
        return element.tag in _FURNITURE_TAGS and self._prose[number] < _MOST_IN_FURNITURE * max(1, self._prose[0])

    def _is_furniture(self, number: int, element: Element) -> bool:
        names = element.names
        if (not names and element.tag not in _FURNITURE_TAGS and element.tag != "header") or element.tag == "body":
            return False
        is_long = element.tag in _LONG_FURNITURE_TAGS or bool(words.LONG_FURNITURE.search(names))
        if is_long and self._prose[0] - self._prose[number] >= _LEAST_BESIDE_LONG:
            return True
        if self._prose[number] >= _MOST_IN_FURNITURE * max(1, self._prose[0]):
            return False
        if is_long or element.tag in _FURNITURE_TAGS or words.FURNITURE.search(names):
            return True
        return (element.tag == "header" or bool(words.HEADER.search(names))) and not self._begins_section(element)

    def _begins_section(self, element: Element) -> bool:
        around = self._tree.elements[element.parent]
        return around.tag in _WITH_OWN_HEADER or bool(words.MAIN.search(around.names))

    def _find_main(self) -> int:
        """Return the element that the main text is in; the first if it is not told from the rest."""
        prose = self._own_prose
        if not prose[0]:
            return 0
        named = [
            i
            for i, element in enumerate(self._tree.elements)
            if prose[i] * 2 > prose[0] and (element.tag in _MAIN_TAGS or words.MAIN.search(element.names))
        ]
        most = max((prose[i] for i in named), default=0)
        return self._innermost(next((i for i in reversed(named) if prose[i] >= _NEARLY_ALL * most), 0))

    def _innermost(self, number: int) -> int:
        """Return the innermost container inside an element that holds nearly all its running text, in several lines."""
        lines = self._sums([line.prose > 0 for line in self._tree.lines])
        least = _NEARLY_ALL * self._own_prose[number]
        for i in range(number + 1, len(self._tree.elements)):
            element = self._tree.elements[i]
            if element.parent == number and element.tag in _CONTAINERS and self._own_prose[i] >= least and lines[i] > 2:
                number = i
        return number

    def _inside(self, numbers: set[int]) -> list[bool]:
        """Return for each element whether it is one of some elements, or in one."""
        found: list[bool] = []
        for i, element in enumerate(self._tree.elements):
            found.append(i in numbers or (element.parent >= 0 and found[element.parent]))
        return found

    def _given_kinds(self, tables: Tables) -> list[str]:
        """Return for each element the kind that its text has as part of the main text."""
        found: list[str] = []
        for i, element in enumerate(self._tree.elements):
            kind = _TAG_KINDS.get(element.tag, "table" if i in tables.data else "")
            if not kind and element.names and words.CAPTION.search(element.names):
                kind = "caption"
            found.append(kind or (found[element.parent] if element.parent >= 0 else "body"))
        return found

    def _mark_menus(self, kinds: list[str]) -> None:
        """Take three and more links in a row for a menu, on one line or each on its own."""
        row: list[int] = []
        for i, line in [*enumerate(self._tree.lines), (-1, Line(0))]:
            if line.is_link and kinds[i] == "body":
                row.append(i)
                continue
            if sum(self._tree.lines[j].links for j in row) >= _FEWEST_IN_MENU:
                for j in row:
                    kinds[j] = "boilerplate"
            row = []

    def _mark_cards(self, kinds: list[str]) -> None:
        """Take linked headings, and the small parts of the page that begin with one, for teasers of other articles.

        A page that has nothing else is a list of articles: it keeps its kinds.
        """
        lines = self._tree.lines
        linked = {i for i, line in enumerate(lines) if kinds[i] == "heading" and line.is_link}
        linked = {i for i in linked if self._tag(lines[i]) != "h1"}
        parts = {self._tree.elements[lines[i].element].parent for i in linked} - self._around_main
        in_part = self._inside({i for i in parts if self._own_prose[i] < _MOST_IN_CARD * self._own_prose[0]})
        cards = [i for i, line in enumerate(lines) if i in linked or in_part[line.element]]
        cards = [i for i in cards if kinds[i] != "boilerplate"]
        if sum(lines[i].prose for i in cards) * 2 < self._own_prose[0]:
            for i in cards:
                kinds[i] = "teaser"

    def _mark_related(self, kinds: list[str]) -> None:
        """Take what follows a heading such as Related, up to running text or the next heading, for teasers."""
        region: tuple[int, bool] | None = None
        for i, line in enumerate(self._tree.lines):
            here = self._furniture[line.element], self._is_main[line.element]
            if self._is_related(i, line):
                region = here
            elif here != region or line.prose or kinds[i] == "heading":
                region = None
            if region is not None:
                kinds[i] = "teaser"

    def _is_related(self, i: int, line: Line) -> bool:
        text = self._texts[i]
        if line.size <= _LONGEST_LABEL and words.is_related_heading(text):
            return True
        return line.linked * 2 > line.size and words.is_related_label(text)
