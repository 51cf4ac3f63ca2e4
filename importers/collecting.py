"""Python's search for cycles of garbage, paused while hundreds of thousands of rows are made at once.

None of them is garbage, and looking at all of them again and again takes a third to a half of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_pauses = 0
_was_on = False


@contextmanager
def paused_collections() -> Iterator[None]:
    """For the whole process, until the last of those who asked for it is done."""
    global _pauses, _was_on
    with _lock:
        if not _pauses:
            _was_on = gc.isenabled()
            gc.disable()
        _pauses += 1
    try:
        yield
    finally:
        with _lock:
            _pauses -= 1
            if not _pauses and _was_on:
                gc.enable()
