"""Runs contestants on instances, each in a fresh process on one thread, and gathers what they came to."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.child import Job
from benchmarks.measurement import FAILED, Measurement, Measurements

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
STATING = 60.0
"""Seconds that somebody has, beside the limit, to load the problem and to state it in its own terms."""


@contextmanager
def made(instance: str, seed: int) -> Iterator[str]:
    """The instance in a file for as long as it is used."""
    with TemporaryDirectory() as folder:
        file = str(Path(folder) / "problem")
        _call(Job(instance, seed, "make", file), 600.0)
        yield file


def measure(job: Job) -> Measurement:
    """What the contestant came to; one that ran out of time or memory has that as its status."""
    blank = Measurement(job.instance, job.seed, job.contestant, seconds=job.limit)
    try:
        printed = _call(job, job.limit * 1.1 + STATING)
    except subprocess.TimeoutExpired:
        return replace(blank, status="no answer in time", seconds=job.limit)
    except subprocess.CalledProcessError as crash:
        last = (crash.stderr or "").strip().splitlines()[-1:]
        return replace(blank, status=f"{FAILED}: {last[0] if last else crash.returncode}"[:100])
    return Measurement(**json.loads(printed.strip().splitlines()[-1]))


def _call(job: Job, seconds: float) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", json.dumps(asdict(job))],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
        env={**os.environ, **ONE_THREAD},
    )
    return done.stdout


def run(instance: str, seed: int, contestants: Sequence[str], limit: float, measurements: Measurements) -> None:
    """Measure what is not measured yet, and say so as it comes."""
    wanted = [one for one in contestants if not measurements.has(instance, seed, one)]
    if not wanted:
        return
    with made(instance, seed) as file:
        for contestant in wanted:
            measured = measure(Job(instance, seed, contestant, file, limit))
            measurements.add(measured)
            print(_said(measured), file=sys.stderr, flush=True)


def _said(one: Measurement) -> str:
    outcome = "proven" if one.proven else one.status or "not proven"
    return f"{one.instance} seed {one.seed} {one.contestant}: {one.seconds:.3f} s, {outcome}, {one.peak:.0f} MiB"
