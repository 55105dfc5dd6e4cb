"""Processes: cleaners in forked and in spawned ones."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor

import pytest

import deboil

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]

TEXTS = [f"Text {number}.\nAdvertisement\nMore words follow here.\n" for number in range(300)]


def in_child(work: object) -> int:
    """Runs something in a forked process; its exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            assert callable(work)
            status = 0 if work() else 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_child_cleans_with_threads_of_its_own(cleaner: deboil.Cleaner) -> None:
    expected = list(cleaner.clean_many(TEXTS))
    assert in_child(lambda: list(cleaner.clean_many(TEXTS)) == expected) == 0
    assert list(cleaner.clean_many(TEXTS)) == expected


def test_a_child_of_a_child_does_too(cleaner: deboil.Cleaner) -> None:
    expected = list(cleaner.clean_many(TEXTS))

    def again() -> bool:
        return list(cleaner.clean_many(TEXTS)) == expected and in_child(lambda: list(cleaner.clean_many(TEXTS))) == 0

    assert in_child(again) == 0


def test_forks_while_other_threads_load_and_clean(bundled: deboil.Cleaner) -> None:
    """What a thread is building when another one forks would stay half-built in the child."""
    over = threading.Event()
    text = "Council backs plan.\n\nLet’s block ads! (Why?)\n\nPowered by WPeMatico\n" * 20

    def busy() -> None:
        while not over.is_set():
            deboil.Cleaner().clean(text)
            list(bundled.clean_many([text] * 4))

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            assert in_child(lambda: deboil.clean(text).changed and bundled.clean(text).changed) == 0
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_process_pool_takes_a_cleaner_and_gives_results(cleaner: deboil.Cleaner, method: str) -> None:
    list(cleaner.clean_many(TEXTS))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        assert list(pool.map(cleaner.clean, TEXTS, chunksize=50)) == list(cleaner.clean_many(TEXTS))
