"""Programs run in fresh processes, where sets and dictionaries have another order."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HASH_SEEDS = ("1", "77")


def printed(program: str, *arguments: str, given: str = "") -> Iterator[str]:
    """What the program prints, once for each of several hash seeds; `given` is its standard input."""
    for seed in HASH_SEEDS:
        yield subprocess.run(
            [sys.executable, "-c", program, *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
