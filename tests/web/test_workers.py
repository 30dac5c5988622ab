"""Workers: what is at work at the same time."""

import threading
import time

from search.web.workers import Workers


def test_functions_that_take_little_time_are_done_one_after_another():
    working = threading.Semaphore(1)

    def alone():
        taken = working.acquire(blocking=False)
        time.sleep(0.001)
        working.release()
        return taken

    workers = Workers("test", 4, 50, turn_s=60)
    assert all(future.result(60) for future in [workers.submit(alone) for _ in range(50)])
    workers.close()


def test_one_that_takes_long_holds_up_none_but_the_next_one_and_that_for_its_turn_only():
    workers = Workers("test", 2, 50, turn_s=0.2)
    gate = threading.Event()
    long = workers.submit(lambda: gate.wait(60))
    began = time.monotonic()
    others = [workers.submit(lambda: None) for _ in range(40)]
    for other in others:
        other.result(60)
    assert time.monotonic() - began < 5  # 40 turns are 8 seconds
    assert not long.done()
    gate.set()
    workers.close()


def test_without_a_turn_all_threads_work_at_the_same_time():
    together = threading.Barrier(3)
    workers = Workers("test", 3, 50)
    for future in [workers.submit(lambda: together.wait(60)) for _ in range(3)]:
        future.result(60)
    workers.close()
