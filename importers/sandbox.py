"""`read_in_child`: `read` in a process of its own that may be killed, so that no file can take the server with it."""

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from importers.choices import Choices
from importers.records import Reading
from importers.refusals import KINDS, Abandoned, Refusal, TookTooLong
from importers.skills import Catalogue
from importers.wire import from_wire, to_wire

MEMORY = 1536 * 1024 * 1024
"""Address space in bytes, libraries included: a workbook at its largest allowed size needs about half of it."""

SECONDS = 60.0
LISTEN_SECONDS = 0.2
ROOT = Path(__file__).resolve().parent.parent


def read_in_child(
    content: bytes,
    filename: str,
    *,
    catalogue: Catalogue,
    choices: Choices | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    stopped: Callable[[], bool] | None = None,
) -> Reading:
    """What `read` returns or raises; a file that takes longer than `seconds` or kills the reader is a `Refusal`.

    `stopped` is asked a few times a second; once it says yes, the child is killed and `Abandoned` raised.
    """
    request = {
        "filename": filename,
        "catalogue": to_wire(catalogue),
        "choices": to_wire(choices or Choices()),
        "memory": memory,
        "seconds": math.ceil(seconds),
    }
    answer = _ask_child(json.dumps(request).encode() + b"\n" + content, seconds, stopped)
    if not answer:
        raise TookTooLong(
            "Reading the file needed more memory or time than one file may take, and was stopped; "
            "copy the cells that matter into a new workbook and send that."
        )
    document = json.loads(answer)
    if "refusal" in document:
        raise KINDS.get(document["refusal"], Refusal)(document["text"])
    return from_wire(Reading, document["reading"])


def _ask_child(request: bytes, seconds: float, stopped: Callable[[], bool] | None) -> bytes:
    """What the child wrote; nothing if it failed. The child is gone afterwards, whatever happens."""
    deadline = time.monotonic() + seconds
    with subprocess.Popen(  # our own module, run by our own interpreter
        [sys.executable, "-m", "importers.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    ) as child:
        try:
            sent: bytes | None = request
            while True:
                left = deadline - time.monotonic()
                with suppress(subprocess.TimeoutExpired):
                    written, _ = child.communicate(sent, timeout=max(0, min(left, LISTEN_SECONDS if stopped else left)))
                    return b"" if child.returncode else written
                sent = None
                if stopped and stopped():
                    raise Abandoned
                if time.monotonic() >= deadline:
                    raise TookTooLong(
                        f"Reading the file took longer than {seconds:g} seconds and was stopped; "
                        "copy the cells that matter into a new workbook and send that."
                    )
        finally:
            child.kill()
