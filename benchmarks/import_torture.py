"""Hostile and odd files against a real server: `python -m benchmarks.import_torture FOLDER [--uploads 24]`.

First each file of the folder is read as the service reads it: how it ends, processor time, and the most memory that its
child ever held. Then the files that cost most are uploaded to `muster serve` on SQLite, four at a time, while another
visitor asks for /healthz and /people. Exit code 1 when a file ends in no sentence, takes more than 10 s of processor
time or more than 300 MB, or when an answer to the visitor takes more than 0.5 s.
"""

import argparse
import http.cookiejar
import json
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measurement import p95
from importers import Catalogue, Failed, Refusal, read_in_child

MOST_SECONDS, MOST_MIB, SLOWEST_ANSWER = 10.0, 300_000_000 / 1024**2, 0.5
AT_A_TIME = 4
ASKED = ("/healthz", "/people")
PASSWORD = "plum gravel sonata kettle"


@dataclass(frozen=True)
class Ending:
    file: str
    kind: str
    text: str
    seconds: float
    peak: float
    """MiB."""


def ending(file: Path) -> Ending:
    """Measured in a fork of this process, whose only child is the reader's."""
    here, there = os.pipe()
    if not (fork := os.fork()):
        try:
            kind, text = said(file)
        except BaseException as error:
            kind, text = "CRASHED", repr(error)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = [file.name, kind, text, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]
        os.write(there, json.dumps(told).encode())
        os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb") as pipe:
        told = json.loads(pipe.read())
    os.waitpid(fork, 0)
    return Ending(*told)


def said(file: Path) -> tuple[str, str]:
    try:
        reading = read_in_child(file.read_bytes(), file.name, catalogue=Catalogue())
    except Failed as failed:
        return "FAILED", str(failed)
    except Refusal as refusal:
        return f"refused: {refusal.code}", str(refusal)[:500]
    return ("imported" if reading.people else "0 people, because"), reading.summary[:500]


class Visitor:
    """A browser without a screen: cookies, form tokens, and addresses below the server's."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({})
        ).open

    def get(self, path: str) -> str:
        with self.open(self.base + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> int:
        request = urllib.request.Request(self.base + path, body, {"Content-Type": kind})
        try:
            with self.open(request, timeout=120) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path))
        assert found, f"{path} has no form"
        return found[1]

    def upload(self, token: str, file: Path) -> int:
        edge = "a-line-that-no-file-holds"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--{edge}\r\n'
            f'Content-Disposition: form-data; name="workbook"; filename="{file.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + file.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        return self.post("/imports", body, f"multipart/form-data; boundary={edge}")


@contextmanager
def server(folder: Path) -> Iterator[Visitor]:
    """`muster serve` on a new database, and an administrator who is signed in."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    settings = {**os.environ, "MUSTER_DATA_DIR": str(folder), "MUSTER_BASE_URL": base, "MUSTER_LOG": "ERROR"}
    settings.pop("MUSTER_DATABASE_URL", None)
    muster = [sys.executable, "-m", "app.cli"]
    subprocess.run([*muster, "run", "--no-serve", "--empty"], env=settings, check=True, capture_output=True)
    made = subprocess.run(
        [*muster, "user", "create", "torture@example.org", "--role", "admin", "--name", "Torture"],
        env=settings, check=True, capture_output=True, text=True,
    )  # fmt: skip
    link = made.stdout.split(base)[1].split()[0]
    serving = subprocess.Popen([*muster, "serve", "--port", str(port)], env=settings, stdout=subprocess.DEVNULL)
    try:
        visitor = Visitor(base)
        for _ in range(600):
            try:
                visitor.get("/healthz")
                break
            except OSError:
                time.sleep(0.1)
        form = {"csrf_token": visitor.token(link), "password": PASSWORD}
        assert visitor.post(link, urllib.parse.urlencode(form).encode()) == 200
        yield visitor
    finally:
        serving.terminate()
        serving.wait()


def ask(visitor: Visitor, path: str, over: threading.Event) -> list[float]:
    """Seconds of each answer until it is over."""
    seconds = []
    while not over.is_set():
        started = time.monotonic()
        visitor.get(path)
        seconds.append(time.monotonic() - started)
        time.sleep(0.05)
    return seconds


def latencies(files: Sequence[Path]) -> tuple[dict[str, list[float]], Counter[int]]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as visitor:
        token, over = visitor.token("/imports"), threading.Event()
        with ThreadPoolExecutor(len(ASKED)) as asking, ThreadPoolExecutor(AT_A_TIME) as sending:
            answers = {path: asking.submit(ask, visitor, path, over) for path in ASKED}
            statuses = Counter(sending.map(lambda file: visitor.upload(token, file), files))
            over.set()
            return {path: told.result() for path, told in answers.items()}, statuses


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.import_torture", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--uploads", type=int, default=24)
    asked = parser.parse_args()
    files = sorted(file for file in asked.folder.rglob("*") if file.is_file() and file.name != "MANIFEST.csv")
    endings = list(map(ending, files))
    print(
        f"{len(files)} files:", ", ".join(f"{n} {kind}" for kind, n in Counter(e.kind for e in endings).most_common())
    )
    slowest = sorted(range(len(files)), key=lambda n: -endings[n].seconds)
    largest = sorted(range(len(files)), key=lambda n: -endings[n].peak)
    for title, order in (("Slowest", slowest), ("Largest", largest)):
        print(f"{title}:")
        for one in (endings[n] for n in order[:5]):
            print(f"  {one.seconds:5.2f} s {one.peak:4.0f} MiB  {one.file}: {one.kind}")
    bad = [e for e in endings if e.kind.isupper() or e.seconds > MOST_SECONDS or e.peak > MOST_MIB]
    for one in bad:
        print(f"MISSED {one}")
    worst = list(dict.fromkeys(n for pair in zip(slowest, largest, strict=True) for n in pair))[: asked.uploads]
    answers, statuses = latencies([files[n] for n in worst])
    print(f"{len(worst)} uploads, {AT_A_TIME} at a time; answers by status: {dict(statuses)}")
    for path, seconds in answers.items():
        print(f"  {path}: {len(seconds)} answers, p95 {p95(seconds):.3f} s, slowest {max(seconds):.3f} s")
    late = any(max(seconds) > SLOWEST_ANSWER for seconds in answers.values()) or any(s >= 500 for s in statuses)
    return 1 if bad or late else 0


if __name__ == "__main__":
    sys.exit(main())
