"""The child process that reads one file, or makes its annotated copy: `python -m importers.process.child`.

The request, one JSON document, comes on standard input with the file's bytes behind it; the result, one JSON document,
goes to standard output. Limits are set before the first byte of the file is looked at. From then on the process
starts no other, writes no file and talks to nobody.
"""

import gc
import json
import os
import sys
import traceback
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from importers.cell_notes import Note
from importers.choices import Choices
from importers.exports.annotating import annotate
from importers.process.packing import pack
from importers.readings.reading import read
from importers.refusals import Refusal, TooLarge
from importers.skills.catalogue import Catalogue
from importers.taxonomies import read_taxonomy
from importers.wire import from_wire, to_wire

NICENESS = 5
"""Answering a request comes before reading a file."""
OPEN_FILES = 16
"""Enough for what Python loads on first use, such as an encoding."""
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def confine(memory: int, seconds: int) -> None:
    """Cap what this process takes from here on, where the system can: `memory` bytes beside what its libraries have
    taken, and `seconds` of processor time. It can start no process, write no file and open few."""
    sys.addaudithook(forbid)
    try:
        import resource
    except ImportError:  # Windows: the parent's deadline is the only limit there.
        return
    os.nice(NICENESS)
    memory += address_space()
    ceilings = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,  # not for the superuser
        resource.RLIMIT_NOFILE: OPEN_FILES,
    }
    for kind, most in ceilings.items():
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            most = min(most, ceiling)
        resource.setrlimit(kind, (most, most))


def forbid(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: no reader of cells has a reason for what it refuses."""
    if event.startswith(FORBIDDEN) or (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING):
        raise RuntimeError(f"Reading a file must not do this: {event} {arguments[:1]}")


def address_space() -> int:
    """Bytes this process has mapped already."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def answer(request: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    """What the file says; as the task asks, a taxonomy or the annotated copy in base 64."""
    try:
        if request.get("task") == "taxonomy":
            return {"reading": to_wire(read_taxonomy(content, request["filename"], request["format"]))}
        if request.get("task") == "annotate":
            notes = [from_wire(Note, note) for note in request["notes"]]
            facts = [(name, told) for name, told in request["facts"]]
            return {"reading": b64encode(annotate(content, request["filename"], notes, facts)).decode("ascii")}
        reading = read(
            content,
            request["filename"],
            catalogue=from_wire(Catalogue, request["catalogue"]),
            choices=from_wire(Choices, request["choices"]),
            remembered={shape: from_wire(Choices, told) for shape, told in request["remembered"].items()},
        )
        return {"reading": pack(reading)}
    except Refusal as refusal:
        return {"refusal": refusal.code, "text": str(refusal)}
    except (MemoryError, RecursionError):
        text = "The file needs more memory than reading one file may take; split it into smaller files."
        return {"refusal": TooLarge.code, "text": text}
    except Exception:
        # A fault of ours, not of the file: the parent logs the trace and says one sentence.
        return {"failure": traceback.format_exc()}


def main() -> None:
    gc.disable()  # The process ends with its one file; looking for garbage costs a large one a third of its time.
    request = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    confine(request["memory"], request["seconds"])
    document = answer(request, content)
    sys.stdout.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
