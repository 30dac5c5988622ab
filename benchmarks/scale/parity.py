"""The part `parity`: the same searches of an index in a folder and of one on the cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.scale.comparing import EQUAL, OTHER, TIES, Page, compare, deviation, differing, page_of
from benchmarks.scale.questions import Question, questions_of
from benchmarks.scale.workspace import Workspace
from benchmarks.speed.figures import Figure, Section
from indexer.engines.opening import place_of
from indexer.pipeline import opened
from search import Searcher

# Of all searches, those whose ten best articles are to be the same in the same order.
_AT_LEAST = 99.5
_SHOWN = 20


@dataclass(slots=True)
class Tally:
    """What came of all searches, by what `compare` returns."""

    by_verdict: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)  # what else differs where the hits are equal
    deviation: float = 0.0
    different: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, asked: Sequence[Question], expected: Sequence[Page], found: Sequence[Page]) -> Tally:
        """Compare the answers to each search."""
        tally = cls()
        for question, one, other in zip(asked, expected, found, strict=True):
            tally.note(question, one, other)
        return tally

    def note(self, question: Question, one: Page, other: Page) -> None:
        """Note what an index in a folder and one on the cluster answered."""
        verdict = compare(one, other)
        self.by_verdict[verdict] += 1
        if verdict == EQUAL:
            self.deviation = max(self.deviation, deviation(one, other))
            more = differing(one, other)
            self.others.update(more)
            self.different += [f"{name} of {question}" for name in more]
        else:
            self.different.append(f"{verdict}: {question}\n{_beside(one, other)}")

    @property
    def equal_percent(self) -> float:
        return 100 * self.by_verdict[EQUAL] / max(1, self.by_verdict.total())


def run(space: Workspace) -> Section:
    """Ask both indexes of the whole folder the same."""
    section = Section("parity")
    folder, address = space.embedded("full"), space.on_cluster("full")
    with opened(place_of(str(folder))) as engine:
        asked = questions_of(engine, space.options.queries, space.options.seed)
        passages = engine.passage_count()
    expected = answers(str(folder), asked)
    as_left = Tally.of(asked, expected, answers(address, asked))
    deleted = space.merge("full")
    tally = Tally.of(asked, expected, answers(address, asked))
    kinds = len({question.kind for question in asked})
    section.lines += ["", f"{len(asked)} searches of {kinds} kinds, {passages:,} passages, ten hits each"]
    section.lines += [f"  {text}" for text in tally.different[:_SHOWN]]
    section.figures += [
        Figure("the same ten in the same order", tally.equal_percent, "%", at_least=_AT_LEAST),
        Figure("the same before replaced passages were merged away", as_left.equal_percent, "%"),
        Figure("replaced documents that counted till then", deleted, ""),
        Figure("differing by ties", tally.by_verdict[TIES], "searches"),
        Figure("differing otherwise", tally.by_verdict[OTHER], "searches", at_most=0),
        Figure("largest difference of scores, of the same ten", tally.deviation, "", at_most=1e-4),
        *(Figure(f"the same ten, but {name} differ", count, "searches") for name, count in tally.others.items()),
    ]
    section.deviations += [text for text in tally.different if text.startswith(OTHER)]
    section.details |= {"queries": len(asked), "passages": passages, "different": tally.different}
    section.details["different before merging"] = as_left.different
    return section


def answers(index: str, asked: Sequence[Question]) -> list[Page]:
    """Return what an index answers."""
    with Searcher(index) as searcher:
        return [page_of(searcher.search(one.query, **one.options), one.options) for one in asked]


def _beside(one: Page, other: Page) -> str:
    """Return two answers beside each other, from the first hit on that differs."""
    first = next((i for i, (a, b) in enumerate(zip(one.hits, other.hits, strict=False)) if a.name != b.name), 0)
    rows = [(name, [f"{hit.name} {hit.score:.6f}" for hit in page.hits[first:]]) for name, page in
            (("folder", one), ("cluster", other))]  # fmt: skip
    return "\n".join(f"    {name}: {', '.join(hits) or 'nothing'}" for name, hits in rows)
