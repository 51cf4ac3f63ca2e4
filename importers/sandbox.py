"""`read_in_child`: `read` in a process of its own that may be killed, so that no file can take the server with it."""

import json
import math
import subprocess
import sys
from pathlib import Path

from importers.choices import Choices
from importers.records import Reading
from importers.refusals import KINDS, Refusal, TookTooLong
from importers.skills import Catalogue
from importers.wire import from_wire, to_wire

MEMORY = 1536 * 1024 * 1024
"""Address space in bytes, libraries included: a workbook at its largest allowed size needs about half of it."""

SECONDS = 60.0
ROOT = Path(__file__).resolve().parent.parent


def read_in_child(
    content: bytes,
    filename: str,
    *,
    catalogue: Catalogue,
    choices: Choices | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Reading:
    """What `read` returns or raises; a file that takes longer than `seconds` or kills the reader is a `Refusal`."""
    request = {
        "filename": filename,
        "catalogue": to_wire(catalogue),
        "choices": to_wire(choices or Choices()),
        "memory": memory,
        "seconds": math.ceil(seconds),
    }
    try:
        done = subprocess.run(  # our own module, run by our own interpreter
            [sys.executable, "-m", "importers.child"],
            input=json.dumps(request).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TookTooLong(
            f"Reading the file took longer than {seconds:g} seconds and was stopped; "
            "copy the cells that matter into a new workbook and send that."
        ) from error
    if done.returncode or not done.stdout:
        raise TookTooLong(
            "Reading the file needed more memory or time than one file may take, and was stopped; "
            "copy the cells that matter into a new workbook and send that."
        )
    document = json.loads(done.stdout)
    if "refusal" in document:
        raise KINDS.get(document["refusal"], Refusal)(document["text"])
    return from_wire(Reading, document["reading"])
