"""What a test needs from the machine. A missing one skips with a sentence; with MUSTER_REQUIRE_ALL=1 it fails."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def missing(sentence: str) -> NoReturn:
    if os.environ.get("MUSTER_REQUIRE_ALL") == "1":
        pytest.fail(f"{sentence} MUSTER_REQUIRE_ALL=1 makes this a failure.", pytrace=False)
    pytest.skip(sentence)


def shared(path: str) -> Path:
    """A file of the conformance and test data that lies beside the project on some machines, or a skip."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"The shared data ({path}) is not on this machine.")
    return found
