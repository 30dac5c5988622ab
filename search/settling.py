"""Query -> the plan that is answered: what was meant besides, or less, is asked for where the first plan shows that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from indexer.engines.base import Engine, Ranking
from indexer.named import row_named
from search.expansion import Expansion, note_of
from search.grammar import Query
from search.lexicon import Lexicon
from search.model import Note
from search.planner import Filters, Plan, plan
from search.rounds import in_rounds
from search.wording import as_typed, meaning

if TYPE_CHECKING:
    from indexer.vocabulary.user_aliases import Unknown
    from search.crossing import Crossing

T = TypeVar("T")

_PARTS = Note("parts", "No article holds a whole word of the query; these hold parts of words that may be names.")

_UNKNOWN = (
    '{file}: group {group}: no table has a name to which adds_to = "{name}" could add, so the group is left out. '
    "Write the name as it is known, or all names without adds_to."
)


class Settled(NamedTuple, Generic[T]):
    """A plan, what it was answered with, what to say of how it came to be, and whether it holds what words spell."""

    plan: Plan
    answer: T
    notes: tuple[Note, ...]
    has_pinyin: bool


def settle(
    query: Query,
    filters: Filters,
    engine: Engine,
    lexicon: Lexicon,
    ask: Callable[[Plan], T],
    ranking_of: Callable[[T], Ranking],
    *,
    shows_like: bool = True,
) -> Settled[T]:
    """Plan a query with the Chinese words that it spells, and ask it; where it finds nothing, with parts of words.

    With `shows_like` what articles share with one that they are like ranks and is highlighted, else it only limits.
    Raises UsageError if `filters.like` names no article.
    """
    planning = _Planning(query, filters, engine, lexicon, shows_like)
    has_pinyin = planning.spell()
    planned = planning.cross(planning.plan())
    answer = ask(planned)
    notes = planning.notes
    if not ranking_of(answer).total:
        looser = planning.cross(planning.plan(loosely=True))
        if looser.rank != planned.rank:
            planned, answer = looser, ask(looser)
            notes += [_PARTS] if ranking_of(answer).total else []
    if planned.renamed and ranking_of(answer).total:
        notes.append(note_of(planned.renamed))
    notes += planning.notes_on_crossing(planned, ranking_of(answer))
    return Settled(planned, answer, tuple(notes), has_pinyin)


class _Planning:
    def __init__(self, query: Query, filters: Filters, engine: Engine, lexicon: Lexicon, shows_like: bool) -> None:
        self._query, self._filters, self._engine, self._lexicon = query, filters, engine, lexicon
        self._analyzer = lexicon.analyzer
        self._crossing: Crossing | None = None
        self._spelled: dict[str, tuple[str, ...]] = {}
        self._likeness = None
        self._shows_like = shows_like
        self.notes = [] if filters.exact else [*map(_note_on_unknown, lexicon.aliases.unknown)]
        if filters.like is not None:
            from search.likeness import likeness_of  # which most searches need not wait for

            self._likeness = likeness_of(row_named(engine, filters.like), engine, lexicon.analyzer)
            self.notes.append(self._likeness.note)

    def plan(self, *, loosely: bool = False) -> Plan:
        planned = in_rounds(self._engine, lambda engine: self._planned(engine, loosely))
        if self._likeness is None:
            return planned
        return self._likeness.liken(planned) if self._shows_like else self._likeness.limit(planned)

    def _planned(self, engine: Engine, loosely: bool) -> Plan:
        aliases = self._lexicon.aliases
        return plan(
            self._query,
            self._filters,
            self._analyzer,
            loosely=loosely,
            spelled=self._spelled,
            concepts_of=(lambda text: ()) if self._filters.exact else Expansion(aliases, engine, self._analyzer).of,
        )

    def cross(self, planned: Plan) -> Plan:
        """Return a plan that asks for the other language too, if that is wanted."""
        if self._filters.cross == "off":
            return planned
        from search.crossing import cross  # which no other search needs

        before, arguments = planned, (self._filters, self._query)
        planned, self._crossing = in_rounds(
            self._engine, lambda engine: cross(before, *arguments, engine, self._lexicon)
        )
        return planned

    def notes_on_crossing(self, planned: Plan, ranking: Ranking) -> Iterator[Note]:
        """Say what was found in the other language, or that only or mixed were asked for in vain."""
        mode = self._filters.cross
        if mode == "off" or planned.is_empty:
            return
        from search.crossing_notes import note_on_nothing, notes_on, notes_on_dictionary

        if self._crossing is not None:
            yield from notes_on(self._crossing, mode, planned, ranking)
        elif mode != "auto":
            yield note_on_nothing(self._query, mode, self._engine)
        concepts = self._crossing.concepts if self._crossing else ()
        yield from notes_on_dictionary(self._query, concepts, self._engine, self._analyzer)

    def spell(self) -> bool:
        """Tell whether words of the query are pinyin of words in the index, which are looked for from now on."""
        units = self._query.latin
        if not units or self._filters.exact:
            return False
        from search.pinyin import spelled_in

        found = in_rounds(self._engine, lambda engine: spelled_in(units, engine))
        self._spelled = {word: words for typed, words in found.items() for word in typed}
        if found:
            self.notes.append(_note_on_pinyin(found))
        return bool(self._spelled)


def _note_on_unknown(one: Unknown) -> Note:
    """Return the note that a group of the user's file is left out."""
    return Note("aliases_file", _UNKNOWN, {"file": one.file, "group": str(one.group), "name": one.adds_to})


def _note_on_pinyin(found: Mapping[tuple[str, ...], Sequence[str]]) -> Note:
    """Return the note that words, each with those before and behind it, were searched as the pinyin of others."""
    typed = [" ".join(words) for words in found]
    words = tuple(map(meaning, typed, found.values()))
    message = "Searched as pinyin too: {words:; }. In quotes it is not."
    return Note("pinyin", message, {"words": words}, actions=(as_typed(typed),))
