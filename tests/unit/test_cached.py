"""Properties that are worked out once: kept, of subclasses too, and never waited for."""

from __future__ import annotations

import threading

from indexer.cached import cached_property


class Chain:
    """Whose properties ask those of another one, in both orders."""

    def __init__(self, other=None, meeting=None):
        self.other, self.meeting, self.worked = other, meeting, []

    def _asking(self, name, then):
        self.worked.append(name)
        if self.meeting:
            self.meeting.wait(10)
        return [name, *getattr(self.other, then)] if self.other else [name]

    @cached_property
    def one(self):
        """The one."""
        return self._asking("one", "two")

    @cached_property
    def two(self):
        return self._asking("two", "one")


def test_it_is_worked_out_once_and_stands_in_the_object():
    chain = Chain()
    assert chain.one is chain.one
    assert (chain.worked, chain.one) == (["one"], ["one"])
    assert "one" in vars(chain)
    assert "two" not in vars(chain)
    assert Chain.one.__doc__ == "The one."


def asked_at_once(*asks):
    """Return what each thread was answered, None for one that waits for ever."""
    answers = [None] * len(asks)

    def asking(number):
        answers[number] = asks[number]()

    threads = [threading.Thread(target=asking, args=(number,), daemon=True) for number in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    return answers


def test_threads_do_not_wait_for_each_other_where_properties_ask_each_other():
    meeting = threading.Barrier(2)
    first, second = (Chain(Chain(), meeting) for _ in range(2))
    assert asked_at_once(lambda: first.one, lambda: second.two) == [["one", "two"], ["two", "one"]]


def test_threads_that_both_work_it_out_get_what_was_done_first():
    chain = Chain(meeting=threading.Barrier(2))
    one, other = asked_at_once(lambda: chain.one, lambda: chain.one)
    assert one is other is chain.one
    assert chain.worked == ["one", "one"]
