"""`muster` as somebody types it."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from app.cli import main
from app.config import ROOT

Told = tuple[int, str, str]
"""Exit code, standard output and standard error."""


def muster(folder: Path, *arguments: str, **settings: str) -> Told:
    """The command in this process: starting one takes more than a second of a processor."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith("MUSTER_")]:
            patch.delenv(name)
        for name, value in {"MUSTER_DATA_DIR": str(folder), **settings}.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        with pytest.raises(SystemExit) as stop:
            main(arguments)
    return int(stop.value.code or 0), out.getvalue(), err.getvalue()


def muster_process(folder: Path, *arguments: str, **settings: str) -> Told:
    """The command as a process of its own: what would serve or work for ever if it did not refuse."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "MUSTER_DATA_DIR": str(folder), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
