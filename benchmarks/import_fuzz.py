"""Workbooks made wrong on purpose, many of them: `python -m benchmarks.import_fuzz [CASES] [--seeds FOLDER ...]`.

Each case is read in a long-lived child with the limits that a single file has. It must end, within its time, in a
reading or a refusal; one that ends its child, by asking for more memory than there is, ends in the refusal that the
service makes of such an end. Prints the counts, and the number of each case that ended otherwise; then exit code 1.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from importers import Refusal, read
from importers.process import child, sandbox
from importers.process.packing import pack, unpack
from tests.importers.mutations import Seed, mutated, own_seeds, parts_of
from tests.importers.workbooks import CATALOGUE

LARGEST_SEED = 40_000
CASES_A_CHILD = 2_000
SECONDS_A_CASE = 10.0


def case(seeds: list[Seed], number: int) -> tuple[Seed, bytes]:
    random = Random(number)
    seed = seeds[number % len(seeds)]
    return seed, mutated(seed, random)


def outcome(content: bytes, filename: str) -> str:
    try:
        reading = read(content, filename, catalogue=CATALOGUE)
    except Refusal as refusal:
        return f"refused: {refusal.code}"
    except (MemoryError, RecursionError):
        return "refused: too_large"
    assert unpack(json.loads(json.dumps(pack(reading), ensure_ascii=False).encode())) == reading
    wrong = [rating for rating in reading.ratings if rating.level not in {None, 0, 1, 2, 3, 4, 5}]
    if wrong or not all(question.text for question in reading.questions):
        raise AssertionError(f"a level outside the scale: {wrong[:1]}")
    return "imported" if reading.people else "0 people"


def work(pipe: Connection, seeds: list[Seed], numbers: range) -> None:
    child.confine(sandbox.LEAST_MEMORY, 100_000)
    for number in numbers:
        pipe.send((number, "begun"))
        seed, content = case(seeds, number)
        try:
            ended = outcome(content, seed.name)
        except Exception as error:  # whatever is no refusal is what the fuzz looks for
            ended = f"FAILED {type(error).__name__}: {error}"[:300]
        pipe.send((number, ended))


def run(seeds: list[Seed], numbers: range) -> Iterator[tuple[int, str]]:
    """Outcomes of the cases; a child that dies or is silent for too long is replaced, behind the case that did it."""
    while numbers:
        here, there = multiprocessing.Pipe(duplex=False)
        worker = multiprocessing.Process(target=work, args=(there, seeds, numbers[:CASES_A_CHILD]))
        worker.start()
        there.close()
        done = numbers.start
        at = numbers.start
        try:
            while True:
                before = processor_time(worker.pid)
                while not here.poll(SECONDS_A_CASE) and processor_time(worker.pid) - before < SECONDS_A_CASE:
                    pass
                if not here.poll(0):
                    yield at, "HUNG"
                    done = at + 1
                    break
                at, ended = here.recv()
                if ended != "begun":
                    done = at + 1
                    yield at, ended
        except EOFError:
            worker.join()
            if at >= done and worker.exitcode:
                yield at, f"ended its child, refused: {sandbox.broken_off(worker.exitcode).code}"
                done = at + 1
        finally:
            worker.kill()
            worker.join()
            here.close()
        numbers = range(done, numbers.stop)


def processor_time(process: int | None) -> float:
    """Seconds so far; the clock on the wall says nothing on a crowded machine."""
    told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def seeds_of(folders: list[Path]) -> list[Seed]:
    kinds = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv"}
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix.lower() in kinds)
    found = (Seed(f.name, f.read_bytes()) for f in files if 0 < f.stat().st_size <= LARGEST_SEED)
    return own_seeds() + [seed for seed in found if sum(map(len, parts_of(seed.content).values())) <= 10 * LARGEST_SEED]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.import_fuzz", description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--seeds", type=Path, nargs="*", default=[], help="folders with more files to start from")
    asked = parser.parse_args()
    os.environ["RUST_BACKTRACE"] = "0"  # writing one down takes a panic seconds
    seeds = seeds_of(asked.seeds)
    counts: Counter[str] = Counter()
    bad: list[str] = []
    started = time.monotonic()
    for number, ended in run(seeds, range(asked.first, asked.first + asked.cases)):
        counts[ended.partition(":")[0] if ended.startswith("FAILED") else ended] += 1
        if ended.startswith(("FAILED", "HUNG")):
            bad.append(f"{number} ({seeds[number % len(seeds)].name}): {ended}")
            print(bad[-1], flush=True)
        if counts.total() % 10_000 == 0:
            print(f"{counts.total():,} cases in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(f"{counts.total():,} cases from {len(seeds)} seeds in {time.monotonic() - started:.0f} s")
    for ended, count in counts.most_common():
        print(f"{count:8,}  {ended}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
