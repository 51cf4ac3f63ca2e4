"""A large sheet from the upload to the directory: `python -m benchmarks.imports [ROWS] [--runs 3] [--postgres]`.

ROWS people x 30 skills with a level in each cell. Processor time of this process and of the readers it starts, medians
over the runs, beside two baselines of the same run: a bare openpyxl read-only pass over the same file, and a bare
`executemany` of as many ratings into the same table. What an import does beyond them is the price of its promises.
"""

import argparse
import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import TypeVar

import openpyxl
from sqlalchemy import insert, text

from app.db import make_engine, writing_session
from app.queries.imports.batches import staged_batch
from app.queries.imports.directory import catalogue
from app.queries.imports.lines import LineFilters, page_of_lines
from app.services import schema, starter
from app.services.audit import COMMAND_LINE
from app.services.imports import batches
from benchmarks.measurement import median
from importers import Choices
from models import Rating, RatingSource
from tests import postgres

SKILLS = 30
GIVEN, FAMILY = ("Anna", "Ben", "Carla", "David", "Eve"), ("Berg", "Nowak", "Okoro", "Diaz", "Meyer")
T = TypeVar("T")


def workbook(rows: int) -> bytes:
    random = Random(1)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Skills")
    sheet.append(["Name", "E-mail", *(f"Skill {chr(65 + n % 26)}{n}" for n in range(SKILLS))])
    for n in range(rows):
        letters = "".join(chr(97 + n // 26**k % 26) for k in range(4))
        name = f"{GIVEN[n % 5]} {FAMILY[n // 5 % 5]}{letters}"
        sheet.append([name, f"p{n}@example.org", *(random.randrange(6) for _ in range(SKILLS))])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def processor_time() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


class Clock:
    """Seconds of processor time and on the wall, by step, of every run."""

    def __init__(self) -> None:
        self.taken: dict[str, list[tuple[float, float]]] = {}

    def time(self, step: str, work: Callable[[], T]) -> T:
        wall, processor = time.perf_counter(), processor_time()
        done = work()
        self.taken.setdefault(step, []).append((processor_time() - processor, time.perf_counter() - wall))
        return done


def bare_pass(content: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return sum(value is not None for row in book.worksheets[0].iter_rows(values_only=True) for value in row)


def run(url: str, content: bytes, rows: int, clock: Clock) -> None:
    engine = make_engine(url)
    schema.upgrade(engine)
    with writing_session(engine) as session:
        starter.load(session)
        session.commit()
    clock.time("bare openpyxl pass", lambda: bare_pass(content))
    with writing_session(engine) as session:
        known = catalogue(session)
        session.rollback()

        def preview() -> int:
            reading = batches.read_file(known, content, "skills.xlsx", Choices())
            batch = batches.stage(session, COMMAND_LINE, content=content, filename="skills.xlsx", reading=reading)
            session.commit()
            return batch.id

        number = clock.time("preview", preview)
        clock.time("a page of the preview", lambda: page_of_lines(session, number, (), LineFilters(page=2)))

        def apply() -> None:
            digest = staged_batch(session, number).plan_digest
            session.rollback()
            reading = batches.read_file(known, content, "skills.xlsx", Choices())
            batches.apply(session, COMMAND_LINE, staged_batch(session, number), expected_digest=digest, reading=reading)
            session.commit()

        clock.time("apply", apply)
        pairs = session.execute(text("SELECT practitioner_id, skill_id, level FROM ratings")).all()
        assert len(pairs) == rows * SKILLS
        session.execute(text("DELETE FROM ratings"))
        same = {"source": RatingSource.IMPORT, "version": 1}
        made = [{"practitioner_id": p, "skill_id": s, "level": level} | same for p, s, level in pairs]

        def bare_insert() -> None:
            session.execute(insert(Rating), made)
            session.commit()

        clock.time("bare executemany of the ratings", bare_insert)
    engine.dispose()


@contextmanager
def databases(count: int, *, with_postgres: bool) -> Iterator[Iterator[tuple[str, str]]]:
    """Kinds and addresses of empty databases, one a run."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wanted = [("SQLite", f"sqlite:///{folder / f'{n}.sqlite3'}") for n in range(count)]
        if with_postgres:
            server = stack.enter_context(postgres.server())
            maintenance = make_engine(server.format(database="postgres"))
            for n in range(count):
                with maintenance.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text(f"DROP DATABASE IF EXISTS imports_{n}"))
                    connection.execute(text(f"CREATE DATABASE imports_{n}"))
                wanted.append(("PostgreSQL", server.format(database=f"imports_{n}")))
            maintenance.dispose()
        yield iter(wanted)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    content = workbook(asked.rows)
    print(f"{asked.rows:,} rows x {SKILLS} skills, {len(content) / 1e6:.1f} MB, {asked.runs} runs")
    clocks = {"SQLite": Clock(), "PostgreSQL": Clock()}
    with databases(asked.runs, with_postgres=asked.postgres) as found:
        for kind, url in found:
            run(url, content, asked.rows, clocks[kind])
    for kind, clock in clocks.items():
        taken = {step: median(seconds for seconds, _ in times) for step, times in clock.taken.items()}
        for step, seconds in taken.items():
            bare = taken["bare openpyxl pass" if "pre" in step or "pass" in step else "bare executemany of the ratings"]
            wall = median(on_the_wall for _, on_the_wall in clock.taken[step])
            print(f"{kind:12}{step:34}{seconds:8.2f} s {wall:8.2f} s on the wall {seconds / bare:7.1f} x the baseline")
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"Peak memory: this process {peaks[0]:.0f} MiB, the largest reader {peaks[1]:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
