"""The child process that reads one file: `python -m importers.child`.

The request, one JSON document, comes on standard input with the file's bytes behind it; the result, one JSON document,
goes to standard output. Limits are set before the first byte of the file is looked at.
"""

import gc
import json
import sys
from collections.abc import Mapping
from typing import Any

from importers.choices import Choices
from importers.reading import read
from importers.refusals import Refusal, TooLarge
from importers.skills import Catalogue
from importers.wire import from_wire, to_wire


def limit(memory: int, seconds: int) -> None:
    """Cap this process's address space in bytes and its processor time, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's deadline is the only limit there.
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    try:
        reading = read(
            content,
            request["filename"],
            catalogue=from_wire(Catalogue, request["catalogue"]),
            choices=from_wire(Choices, request["choices"]),
        )
    except Refusal as refusal:
        return {"refusal": refusal.code, "text": str(refusal)}
    except (MemoryError, RecursionError):
        text = "The file needs more memory than reading one file may take; split it into smaller files."
        return {"refusal": TooLarge.code, "text": text}
    return {"reading": to_wire(reading)}


def main() -> None:
    gc.disable()  # The process ends with its one file; looking for garbage costs a large one a third of its time.
    request = json.loads(sys.stdin.buffer.readline())
    limit(request["memory"], request["seconds"])
    document = answer(request, sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
