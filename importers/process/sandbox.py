"""`read` and `annotate` in a process of their own that may be killed, so that no file can take the server with it."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from importers.cell_notes import Note
from importers.choices import Choices
from importers.process.packing import unpack
from importers.records import Reading
from importers.refusals import KINDS, Abandoned, Busy, Damaged, Failed, Refusal, TookTooLong
from importers.skills.catalogue import Catalogue
from importers.taxonomies import Taxonomy
from importers.wire import from_wire, to_wire

MIB = 1024 * 1024
LEAST_MEMORY = 208 * MIB
"""Bytes a child may take beside its libraries, for any file."""
MEMORY_A_BYTE = 200
"""And for each byte sent: what a file may cost grows with what it holds, not with what it claims to unpack to. A sheet
of 100,000 x 30 levels sends 10 MB and takes 1.1 GiB to read, 350 bytes a level; levels that are alike send less."""
MOST_MEMORY = 1792 * MIB
"""Enough for the most cells that are read of a sheet."""
LEAST_SECONDS = 8
SECONDS_A_MIB = 15
MOST_SECONDS = 240
"""Processor time, by the same reasoning."""
PATIENCE = 300.0
"""Seconds until a child is stopped whatever it does; on a machine that is not crowded its processor time ends first."""
LISTEN_SECONDS = 0.2
AT_ONCE = 2
TURN = 60.0
"""Seconds that a file waits while `AT_ONCE` others are read."""
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}
"""All that a child sees of the environment: no address of a database and no key."""

_log = logging.getLogger(__name__)
_places = BoundedSemaphore(AT_ONCE)


def memory_for(content: bytes) -> int:
    """Bytes that reading the file may take, libraries not counted."""
    return min(MOST_MEMORY, LEAST_MEMORY + MEMORY_A_BYTE * len(content))


def processor_time_for(content: bytes) -> int:
    """Seconds."""
    return min(MOST_SECONDS, LEAST_SECONDS + SECONDS_A_MIB * len(content) // MIB)


def read_in_child(
    content: bytes,
    filename: str,
    *,
    catalogue: Catalogue,
    choices: Choices | None = None,
    remembered: Mapping[str, Choices] | None = None,
    seconds: float = PATIENCE,
    memory: int | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Reading:
    """What `read` returns or raises; a file that takes longer than `seconds` or kills the reader is a `Refusal`.

    At most `AT_ONCE` files of this process are read at a time; others wait their turn, and are refused as `Busy` when
    it does not come. `stopped` is asked a few times a second; once it says yes, the child is killed and `Abandoned`
    raised.
    """
    request = {
        "filename": filename,
        "catalogue": to_wire(catalogue),
        "choices": to_wire(choices or Choices()),
        "remembered": to_wire(remembered or {}),
        "memory": memory or memory_for(content),
        "seconds": processor_time_for(content),
    }
    return unpack(answer_of(request, content, seconds, stopped))


def read_taxonomy_in_child(content: bytes, filename: str, wanted: str | None = None) -> Taxonomy:
    """What `read_taxonomy` returns or raises, under the limits of `read_in_child`."""
    request = {
        "task": "taxonomy",
        "filename": filename,
        "format": wanted,
        "memory": memory_for(content),
        "seconds": processor_time_for(content),
    }
    return from_wire(Taxonomy, answer_of(request, content, PATIENCE))


def annotate_in_child(
    content: bytes,
    filename: str,
    notes: Sequence[Note],
    facts: Iterable[tuple[str, str]] = (),
    *,
    seconds: float = PATIENCE,
) -> bytes:
    """What `annotate` returns or raises, within the limits of `read_in_child`; writing the copy may take as much again
    as reading the file."""
    request = {
        "task": "annotate",
        "filename": filename,
        "notes": to_wire(notes),
        "facts": [list(fact) for fact in facts],
        "memory": 2 * memory_for(content),
        "seconds": 2 * processor_time_for(content),
    }
    return b64decode(answer_of(request, content, seconds))


def answer_of(
    request: dict[str, Any], content: bytes, seconds: float, stopped: Callable[[], bool] | None = None
) -> Any:
    """What the child read, as on the wire. Raises the refusal that it answered with."""
    with place():
        document: dict[str, Any] = json.loads(run_child(request, content, seconds, stopped))
    if "failure" in document:
        _log.error("Reading a file failed:\n%s", document["failure"])
        raise Failed(
            "Muster failed over the file, and the fault is Muster's; nothing was imported. "
            "Copy the cells that matter into a new workbook and send that, and tell whoever runs Muster."
        )
    if "refusal" in document:
        raise KINDS.get(document["refusal"], Refusal)(document["text"])
    return document["reading"]


@contextmanager
def place(patience: float = TURN) -> Iterator[None]:
    """One of the places for a child. Raises `Busy` when none is free for `patience` seconds."""
    if not _places.acquire(timeout=patience):
        raise Busy("Other files are being read at the moment; send the file again in a minute.")
    try:
        yield
    finally:
        _places.release()


@contextmanager
def request_file(request: dict[str, Any], content: bytes) -> Iterator[IO[bytes]]:
    """What the child reads, gone afterwards."""
    with tempfile.TemporaryFile() as sent:
        sent.write(json.dumps(request).encode() + b"\n" + content)
        sent.seek(0)
        yield sent


def run_child(
    request: dict[str, Any], content: bytes, seconds: float, stopped: Callable[[], bool] | None = None
) -> bytes:
    """The document that `importers.process.child` answers with. The child is gone afterwards, whatever happens."""
    deadline = time.monotonic() + seconds
    with (
        # A file and no pipe: `communicate` never sends on what it could not send before its first timeout.
        request_file(request, content) as sent,
        subprocess.Popen(  # our own module, run by our own interpreter
            [sys.executable, "-m", "importers.process.child"],
            stdin=sent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=ENVIRONMENT,
            start_new_session=True,
        ) as child,
    ):
        try:
            while True:
                left = max(0.0, deadline - time.monotonic())
                with suppress(subprocess.TimeoutExpired):
                    answer, _ = child.communicate(timeout=min(left, LISTEN_SECONDS) if stopped else left)
                    break
                if stopped and stopped():
                    raise Abandoned
                if not left:
                    raise TookTooLong(
                        f"Reading the file took longer than {seconds:g} seconds and was stopped; "
                        "copy the cells that matter into a new workbook and send that."
                    )
        finally:
            if child.returncode is None:
                child.kill()
    if child.returncode or not answer:
        raise broken_off(child.returncode or 0)
    return answer


def broken_off(code: int) -> Refusal:
    """Why a child that gave no answer ended, by its exit code."""
    ended = {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL")}
    if code in ended:
        return TookTooLong(
            "Reading the file took more time than one file may take and was stopped; "
            "copy the cells that matter into a new workbook and send that."
        )
    return Damaged(
        "The file broke the reader or asked it for more memory than one file may take, and reading was stopped; "
        "open it in a spreadsheet program, copy the cells that matter into a new workbook and send that."
    )
