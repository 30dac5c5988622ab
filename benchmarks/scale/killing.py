"""The part `kill`: a node is killed while clients search and an update runs."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from benchmarks.scale.clients import Heard, Signals, Updated, search_on, update_on
from benchmarks.scale.comparing import OTHER, Page, compare
from benchmarks.scale.parity import answers
from benchmarks.scale.questions import Question, drawing_of, questions
from benchmarks.scale.workspace import Workspace, build_timed
from benchmarks.speed.figures import Figure, Section
from benchmarks.speed.isolation import isolated
from benchmarks.speed.operator_queries import Drawing
from indexer.engines.opening import check, place_of
from indexer.engines.opensearch.mapping import META
from indexer.pipeline import opened

CLIENTS = 2
# Different searches of each client, one after the other, again and again.
_ASKED = 40
# Seconds from one update to the next, and what each adds.
_PAUSE_S, _ADDED = 5.0, 100
_SHOWN = 10


def run(space: Workspace) -> Section:
    """Work out what is right, let clients search and one update, kill a node, start it again, and see what is there."""
    assert space.cluster is not None
    section = Section("kill")
    dice = random.Random(space.options.seed)
    asked, batches = _drawn(space)
    states = _states(space, asked, batches)
    address = space.on_cluster("kill")
    space.merge("kill")
    killed = dice.choice(list(space.cluster.nodes))
    heard, updated = _while_killing(space, killed, asked, states, batches)
    started = time.monotonic()
    space.cluster.mend()
    mended_s = time.monotonic() - started
    missing = _missing(space, updated)
    isolated(build_timed, space.source("kill"), address)  # what an update left that failed
    wrong = _wrong_afterwards(address, asked, states[len(list(space.source("kill").glob("new-*")))])
    wrong += check(place_of(address)).problems
    searches = sum(one.searches for one in heard)
    failed = [text for one in heard for text in one.failed]
    different = [text for one in heard for text in one.different]
    section.lines += [
        "",
        f"{searches:,} searches by {CLIENTS} clients in {space.options.seconds} s; {updated.done} of {len(batches)} "
        f"updates of {_ADDED} articles; {killed} killed, green again {mended_s:.0f} s after it was started",
        *(f"  {text}" for text in [*failed, *different, *updated.failed, *wrong][:_SHOWN]),
    ]
    section.figures += [
        Figure("searches that failed", len(failed), "", at_most=0),
        Figure("searches with another answer", len(different), "", at_most=0),
        Figure("of them right but for ties", sum(one.ties for one in heard), ""),
        Figure("updates that failed", len(updated.failed), "", at_most=0),
        Figure("articles taken by the cluster and missing afterwards", len(missing), "", at_most=0),
        Figure("wrong after the node is back", len(wrong), "", at_most=0),
        Figure("longest search", max(one.longest_s for one in heard), "s"),
        Figure("longest update", updated.longest_s, "s"),
    ]
    section.deviations += [*failed, *different, *updated.failed, *missing, *wrong]
    section.details |= {
        "killed": killed, "mended_s": mended_s, "searches": searches, "updates": updated.done,
        "acknowledged": len(updated.took), "states seen": [sorted(one.states) for one in heard],
    }  # fmt: skip
    return section


def _drawn(space: Workspace) -> tuple[list[Question], list[Path]]:
    """Return what is asked, and folders of articles that are added: of words that are there, and like no other."""
    with opened(place_of(str(space.embedded("kill")))) as engine:
        drawing, texts = drawing_of(engine, space.options.seed + 2)
        asked = questions(drawing, texts, _ASKED)
    folders = []
    for i in range(max(2, round(space.options.seconds / _PAUSE_S))):
        folders.append(space.scratch / "batches" / f"new-{i:03d}")
        folders[-1].mkdir(parents=True)
        for j in range(_ADDED):
            (folders[-1] / f"{j:03d}.md").write_text(_article(drawing), "utf-8")
    return asked, folders


def _article(drawing: Drawing) -> str:
    def said(count: int) -> str:
        return " ".join(drawing.word() if drawing.chance() else drawing.latin() for _ in range(count))

    return f"# {said(5)}\n\n" + "".join(f"{said(80)}.\n\n" for _ in range(5))


def _states(space: Workspace, asked: Sequence[Question], batches: Sequence[Path]) -> list[list[Page]]:
    """Return the answers of an index in a folder, before any update and after each of them."""
    source, index = space.source("kill"), space.embedded("kill")
    states = [answers(str(index), asked)]
    for batch in batches:
        shutil.copytree(batch, source / batch.name)
        isolated(build_timed, source, str(index))
        states.append(answers(str(index), asked))
    for batch in batches:
        shutil.rmtree(source / batch.name)
    return states


def _while_killing(
    space: Workspace, killed: str, asked: Sequence[Question], states: Sequence[Sequence[Page]], batches: Sequence[Path]
) -> tuple[list[Heard], Updated]:
    """Kill a node in the middle, as a request of the update is under way."""
    assert space.cluster is not None
    context = get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(CLIENTS + 1, context) as pool:
        signals = Signals(manager.Barrier(CLIENTS + 2), *(manager.Event() for _ in range(4)))
        address = space.address("kill")
        clients = [
            pool.submit(search_on, address, asked, states, bool(number % 2), signals) for number in range(CLIENTS)
        ]
        update = pool.submit(update_on, address, space.source("kill"), batches, _PAUSE_S, signals)
        signals.ready.wait()
        half = space.options.seconds / 2
        time.sleep(half)
        signals.awaited.set()
        signals.sending.wait(half)
        signals.killed.set()
        space.cluster.kill(killed)
        time.sleep(half)
        signals.over.set()
        return [one.result() for one in clients], update.result()


def _missing(space: Workspace, updated: Updated) -> list[str]:
    """Return which documents are not there that the cluster took."""
    index = f"{space.name}-kill"
    with closing(space.plain()) as plain:
        plain.ask("POST", f"/{index}/_refresh")
        names = sorted(updated.took | {META})
        found = plain.ask("POST", f"/{index}/_mget?_source=false", {"ids": names})["docs"]
    return [f"missing: {one['_id']}" for one in found if not one.get("found")]


def _wrong_afterwards(address: str, asked: Sequence[Question], expected: Sequence[Page]) -> list[str]:
    """Return which searches are not answered as by an index in a folder."""
    found = answers(address, asked)
    pairs = zip(asked, expected, found, strict=True)
    return [f"afterwards: {question}" for question, right, own in pairs if compare(right, own) == OTHER]
