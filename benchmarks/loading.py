"""From a database to a stored proposal: `python -m benchmarks.loading FOLDER [PEOPLE [RUNS]]`.

Makes an organisation of PEOPLE (100,000) in a SQLite file and a PostgreSQL database under FOLDER, unless it is there,
and staffs a project of it RUNS (5) times on each, after once to warm up, each in a process of its own. Prints medians:
seconds to load the problem (and of them this process's), for the engine, to store the run; the statements that loading
takes; the most memory that the process held; the size of what a run keeps.
"""

import multiprocessing
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, delete, event

from app.db import make_engine, reading_session, writing_session
from app.queries.sight.visibility import COMMAND_LINE_VIEWER
from app.queries.staffing.choices import Choices
from app.queries.staffing.problem import LoadedProblem, load_problem
from app.services.audit import COMMAND_LINE
from app.services.staffing.proposals import Answer, store_run
from benchmarks.databases import kept_databases
from benchmarks.measurement import peak_memory
from benchmarks.stored_organisation import BROAD, SELECTIVE, TODAY
from models import StaffingRun
from staffing import propose

PROJECTS = {"selective": SELECTIVE, "broad": BROAD}


def main(arguments: Sequence[str]) -> None:
    folder, *numbers = arguments
    people, runs = (int(number) for number in (*numbers, *("100000", "5")[len(numbers) :]))
    alone = multiprocessing.get_context("spawn")
    with kept_databases(Path(folder).resolve(), people) as urls:
        for database, url in urls.items():
            for project, number in PROJECTS.items():
                print(f"{database}, {people} people, {project} project")
                process = alone.Process(target=measure, args=(url, number, runs))
                process.start()
                process.join()


def measure(url: str, project_id: int, runs: int) -> None:
    engine = make_engine(url)
    load(engine, project_id)
    seconds = [staff(engine, project_id) for _ in range(runs)]
    whole, loading, own, solving, storing = (statistics.median(column) for column in zip(*seconds, strict=True))
    most = peak_memory()
    statements, loaded = counted(engine, project_id)
    with writing_session(engine) as session:
        answer = Answer(COMMAND_LINE_VIEWER, loaded, propose(loaded.problem))
        run = store_run(session, COMMAND_LINE, answer)
        kept, status = len(run.inputs), run.status
    considered = answer.result.considered
    times = f"load {loading:.2f} (own {own:.2f}), engine {solving:.2f}, store {storing:.2f}"
    print(f"  whole {whole:.2f} s: {times}; {status}")
    print(
        f"  {statements} statements; at most {most:.0f} MB; {len(loaded.problem.people)} people in the problem, "
        f"{min(considered.eligible.values())} to {max(considered.eligible.values())} for a role; "
        f"a run keeps {kept / 1e6:.2f} MB"
    )
    with writing_session(engine) as session:
        session.execute(delete(StaffingRun).where(StaffingRun.project_id == project_id))
        session.commit()


def load(engine: Engine, project_id: int) -> LoadedProblem:
    with reading_session(engine) as session:
        return load_problem(session, COMMAND_LINE_VIEWER, project_id, Choices(), TODAY)


def staff(engine: Engine, project_id: int) -> tuple[float, float, float, float, float]:
    """Seconds in all, to load, of them this process's, to search, and to store."""
    started, own = time.perf_counter(), time.process_time()
    asked = load(engine, project_id)
    loaded, own = time.perf_counter(), time.process_time() - own
    result = propose(asked.problem)
    solved = time.perf_counter()
    with writing_session(engine) as session:
        store_run(session, COMMAND_LINE, Answer(COMMAND_LINE_VIEWER, asked, result))
        session.commit()
    stored = time.perf_counter()
    return stored - started, loaded - started, own, solved - loaded, stored - solved


def counted(engine: Engine, project_id: int) -> tuple[int, LoadedProblem]:
    """How many statements loading sends, and what it loads."""
    statements = 0

    def note(*_call: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(engine, "after_cursor_execute", note)
    loaded = load(engine, project_id)
    event.remove(engine, "after_cursor_execute", note)
    return statements, loaded


if __name__ == "__main__":
    main(sys.argv[1:])
