"""The judge of engines: the plainest possible evaluation of a request, over entries held in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from math import inf, isclose, log

from indexer.engines.base import PREFERENCE, Request
from indexer.engines.bm25 import K1, B
from indexer.model import ArticleRow, IndexEntry
from indexer.nodes import (
    AllOf,
    Also,
    AnyOf,
    Best,
    Boost,
    Decayed,
    Every,
    Fuzzy,
    Keyword,
    Lead,
    Near,
    Node,
    Not,
    Pattern,
    Phrase,
    Prefix,
    Range,
    Scaled,
    Synonym,
    Term,
)


@dataclass
class Archive:
    """Articles with their entries, kept as they were put; scores that differ by a part of `precision` are the same."""

    precision: float = 1e-9
    articles: dict[str, tuple[ArticleRow, Sequence[IndexEntry]]] = field(default_factory=dict)

    @property
    def entries(self) -> list[IndexEntry]:
        return [entry for _, entries in self.articles.values() for entry in entries]

    def score(self, node: Node, entry: IndexEntry) -> float | None:
        """Return the score of an entry, None if it does not match."""
        match node:
            case Term(name, term):
                frequency = entry.terms.get(name, ()).count(term)
                return self._bm25(name, [term], frequency, entry) if frequency else None
            case Phrase(name):
                stream = entry.terms.get(name, ())
                if not starts_of(stream, node):
                    return None
                exact = _exact(node)
                return self._bm25(name, exact.terms, len(starts_of(stream, exact)), entry) if exact.terms else 0.0
            case Prefix(name, prefix):
                return 1.0 if any(term.startswith(prefix) for term in _stream(entry, name)) else None
            case Pattern(name, pattern):
                return 1.0 if any(is_like(term, pattern) for term in _stream(entry, name)) else None
            case Fuzzy(name, wanted, distance, kept):
                beginning = [term for term in entry.terms.get(name, ()) if term.startswith(wanted[:kept])]
                return 1.0 if any(edits(term, wanted) <= distance for term in beginning) else None
            case Near(nodes, slop, wide):
                different = list(dict.fromkeys(nodes))
                stretches = product(*(_stretches(part, entry, part in wide) for part in different))
                if not any(_others(chosen) <= slop for chosen in stretches):
                    return None
                return sum(self.score(part, entry) for part in different)
            case Also(inner, extras):
                score = self.score(inner, entry)
                return None if score is None else score + sum(self.score(extra, entry) or 0.0 for extra in extras)
            case Keyword(name, values):
                return 1.0 if set(values) & set(entry.keywords.get(name, ())) else None
            case Range(name, low, high):
                value = entry.numbers.get(name)
                inside = value is not None and (low is None or value >= low) and (high is None or value <= high)
                return 1.0 if inside else None
            case AllOf(nodes):
                scores = [self.score(part, entry) for part in nodes]
                return None if None in scores or not scores else sum(scores)
            case AnyOf(nodes):
                scores = [score for part in nodes if (score := self.score(part, entry)) is not None]
                return sum(scores) if scores else None
            case Synonym():
                found = [w * s for _, w, s in self.forms(node, entry)]
                return self._concept_idf(node) * (0.7 * max(found) + 0.3 * sum(found)) if found else None
            case Best(nodes):
                scores = [score for part in nodes if (score := self.score(part, entry)) is not None]
                return max(scores) if scores else None
            case Not(inner):
                return 0.0 if self.score(inner, entry) is None else None
            case Boost(inner, weight):
                score = self.score(inner, entry)
                return None if score is None else score * weight
            case Scaled(inner, name, factors):
                score = self.score(inner, entry)
                value = max(entry.keywords.get(name, ()), default="")
                return None if score is None else score * dict(factors).get(value, 1.0)
            case Lead(inner, without, rest):
                score = self.score(inner, entry)
                return None if score is None else score * (1.0 if self._is_lead(entry, without) else rest)
            case Decayed(inner, name, origin, half_life, absent):
                score, value = self.score(inner, entry), entry.numbers.get(name)
                faded = absent if value is None else 0.5 ** (max(0, origin - value) / half_life)
                return None if score is None else score * faded
            case Every():
                return 1.0

    def detail(self, node: Node, entry: IndexEntry) -> float:
        """Return what an entry's passage tells of a node."""
        if not isinstance(node, Synonym):
            return self.score(node, entry) or 0.0
        odds = sum(w * s / (1 - s) for _, w, s in self.forms(node, entry))
        return self._concept_idf(node) * odds / (1 + odds) if odds else 0.0

    def forms(self, node: Synonym, entry: IndexEntry) -> list[tuple[Node, float, float]]:
        """Return the forms that an entry has, each with its weight and its saturation."""
        heaviest = max((form.weight for form in node.forms), default=1)
        found = []
        for form in node.forms:
            name = form.node.field
            if self.score(form.node, entry) is not None:
                saturation = 1 / (1 + K1)
                phrase = Phrase(name, (form.node.term,)) if isinstance(form.node, Term) else form.node
                if isinstance(phrase, Phrase) and (phrase := _exact(phrase)).terms:
                    frequency = len(starts_of(entry.terms[name], phrase))
                    saturation = frequency / (frequency + self._norm(name, entry))
                found.append((form.node, form.weight / heaviest, saturation))
        return found

    def _concept_idf(self, node: Synonym) -> float:
        containing = sum(max((w * w for _, w, _ in self.forms(node, one)), default=0.0) for one in self.entries)
        having = [sum(bool(one.terms.get(form.node.field)) for one in self.entries) for form in node.forms]
        return log(1 + (max(*having, containing) - containing + 0.5) / (containing + 0.5))

    def _norm(self, name: str, entry: IndexEntry) -> float:
        lengths = [len(one.terms[name]) for one in self.entries if one.terms.get(name)]
        return K1 * (1 - B + B * lucene_length(len(entry.terms[name])) / (sum(lengths) / len(lengths)))

    def _is_lead(self, entry: IndexEntry, without: Sequence[str]) -> bool:
        own = next(entries for _, entries in self.articles.values() if any(one is entry for one in entries))
        return entry is next((one for one in own if max(one.keywords.get("kind", ()), default="") not in without), None)

    def _bm25(self, name: str, terms: Sequence[str], frequency: int, entry: IndexEntry) -> float:
        having = [one.terms[name] for one in self.entries if one.terms.get(name)]
        weight = 0.0
        for term in terms:
            containing = sum(term in stream for stream in having)
            weight += log(1 + (len(having) - containing + 0.5) / (containing + 0.5)) if containing else 0
        return weight * (1 - 1 / (1 + frequency / self._norm(name, entry)))

    def matching(self, node: Node, condition: Node | None) -> set[str]:
        """Return the ids of the articles that a node matches."""
        looked_at = {
            article_id: [entry for entry in entries if condition is None or self.score(condition, entry) is not None]
            for article_id, (_, entries) in self.articles.items()
        }
        everything = {article_id for article_id, entries in looked_at.items() if entries}
        match node:
            case AllOf(nodes):
                return everything.intersection(*(self.matching(part, condition) for part in nodes))
            case AnyOf(nodes):
                return set().union(*(self.matching(part, condition) for part in nodes))
            case Not(inner):
                return everything - self.matching(inner, condition)
            case leaf:
                return {
                    article_id
                    for article_id in everything
                    if any(self.score(leaf, entry) is not None for entry in looked_at[article_id])
                }

    def facet(self, name: str, request: Request) -> tuple[tuple[str, int], ...]:
        """Return the values of a facet in the articles that match, with the number of articles."""
        counts: Counter[str] = Counter()
        for article_id in self.matched(request):
            entries = self.articles[article_id][1]
            if name in ("year", "month", "day"):
                days = [entry.numbers["published"] for entry in entries if "published" in entry.numbers]
                cut = {"year": 4, "month": 7, "day": 10}[name]
                counts.update({date.fromordinal(day).isoformat()[:cut] for day in days[:1]})
            else:
                counts.update({v for entry in self.looked_at(entries, request) for v in entry.keywords.get(name, ())})
        return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def looked_at(self, entries: Sequence[IndexEntry], request: Request) -> list[IndexEntry]:
        condition = request.passages
        return [entry for entry in entries if condition is None or self.score(condition, entry) is not None]

    def matched(self, request: Request) -> list[str]:
        """Return the ids of the articles that match a request."""
        everything = 10**9
        page, _, _ = self.answer(replace(request, limit=everything, offset=0, after=None, by_passage=False))
        return [article_id for article_id, _, _ in page]

    def answer(self, request: Request) -> tuple[list[tuple[str, float, list[str]]], int, int]:
        """Return (article, score, passages) in order, the number of articles and of passages."""
        matched = None if request.match is None else self.matching(request.match, request.passages)
        preferred = set() if request.prefer is None else self.matching(request.prefer, request.passages)
        found = []
        total = passages_total = 0
        for article_id, (_, entries) in self.articles.items():
            looked_at = [e for e in entries if request.passages is None or self.score(request.passages, e) is not None]
            scored = [(score, entry) for entry in looked_at if (score := self.score(request.rank, entry)) is not None]
            if not looked_at or (article_id not in matched if matched is not None else not scored):
                continue
            total += 1
            passages_total += len(scored)
            best = sorted(scored, key=lambda pair: -pair[0])[: request.per_article] or [(0.0, looked_at[0])]
            day = max((entry.numbers.get("published", 0) for entry in entries), default=0)
            title = "".join(entries[0].keywords.get("title", ()))
            factor = 1 + PREFERENCE * (article_id in preferred)
            for own in [[pair] for pair in scored] if request.by_passage else [best]:
                score = self._snapped(max(score for score, _ in own) * factor, request)
                number = entries.index(own[0][1]) if request.by_passage else 0
                place = place_in(request.sort, score, day, title, article_id, number)
                found.append((place, (article_id, score, [entry.id for _, entry in own])))
        page = [one for place, one in sorted(found) if request.after is None or place > place_of(request)]
        return page[request.offset : request.offset + request.limit], total, passages_total

    def _snapped(self, score: float, request: Request) -> float:
        """Return the score that the place which a request goes on behind has, if it is the same."""
        _, behind, _ = scored_place(request) if request.after else (0, -1.0, "")
        return behind if isclose(score, behind, rel_tol=self.precision) else score


def place_in(sort: str, score: float, day: float, title: str, article_id: str, number: int) -> tuple:
    """Return what sorts as the order does."""
    places = {
        "relevance": (-round(score, 9),),
        "date": (-day, -round(score, 9)),
        "date-asc": (day or inf, -round(score, 9)),
        "title": (not title, title),
    }
    return (*places[sort], article_id, number)


def place_of(request: Request) -> tuple:
    """Return the place that a request goes on behind."""
    _, article_id, number = request.after
    day, score, title = scored_place(request)
    return place_in(request.sort, score, day, title, article_id, number)


def scored_place(request: Request) -> tuple[float, float, str]:
    """Return the day, score and title of the place that a request goes on behind."""
    key = request.after.key
    return (0, 0, key[0]) if request.sort == "title" else (key[0], key[-1], "")


def _stream(entry: IndexEntry, name: str) -> Sequence[str]:
    """Return the terms or keywords of a field."""
    return entry.terms.get(name) or entry.keywords.get(name, ())


def _exact(phrase: Phrase) -> Phrase:
    """Return a phrase that scores as another one does: one without a last term that is only a beginning."""
    return Phrase(phrase.field, phrase.terms[:-1], not_after=phrase.not_after) if phrase.prefix else phrase


def starts_of(stream: Sequence[str], phrase: Phrase) -> list[int]:
    """Return the places where a phrase begins."""
    terms = phrase.terms

    def stands(start: int) -> bool:
        for i, term in enumerate(terms):
            is_prefix = phrase.prefix and i == len(terms) - 1
            there = stream[start + i]
            if not (there.startswith(term) if is_prefix else there == term):
                return False
        if start and stream[start - 1] in phrase.not_after:
            return False
        return stream[start + len(terms)] not in phrase.not_before if start + len(terms) < len(stream) else True

    return [start for start in range(len(stream) - len(terms) + 1) if stands(start)]


def _stretches(node: Term | Phrase | Prefix, entry: IndexEntry, is_wide: bool) -> list[range]:
    """Return the places that a node takes, wherever it stands; if it is wide, one more."""
    stream = entry.terms.get(node.field, ())
    match node:
        case Term(_, term):
            phrase = Phrase(node.field, (term,))
        case Prefix(_, beginning):
            phrase = Phrase(node.field, (beginning,), prefix=True)
        case Phrase():
            phrase = node
    starts = starts_of(stream, phrase)
    return [range(start, start + len(phrase.terms) + is_wide) for start in starts]


def _others(stretches: Sequence[range]) -> int:
    """Return how many other places lie between the first place and the last one of some stretches."""
    whole = max(own.stop for own in stretches) - min(own.start for own in stretches)
    return whole - sum(map(len, stretches))


def is_like(term: str, pattern: str) -> bool:
    """Tell whether a pattern fits a whole term: `*` stands for any characters, `?` for one."""
    if not pattern:
        return not term
    if pattern[0] == "*":
        return any(is_like(term[i:], pattern[1:]) for i in range(len(term) + 1))
    return bool(term) and pattern[0] in ("?", term[0]) and is_like(term[1:], pattern[1:])


def edits(one: str, other: str) -> int:
    """Return the optimal string alignment distance: as Wikipedia has it, "Damerau-Levenshtein distance"."""
    d = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            changed = d[i - 1, j - 1] + (one[i - 1] != other[j - 1])
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, changed)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                d[i, j] = min(d[i, j], d[i - 2, j - 2] + 1)
    return d[len(one), len(other)]


def lucene_length(length: int) -> int:
    """Round a length as Lucene's SmallFloat does: above 39, the excess over 24 keeps four significant bits."""
    if length < 24:
        return length
    excess = length - 24
    shift = max(0, excess.bit_length() - 4)
    return 24 + (excess >> shift << shift)
