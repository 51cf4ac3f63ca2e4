"""A throwaway PostgreSQL: the one that MUSTER_TEST_POSTGRES_URL names, or one started from the system's programs."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from tests.requirements import missing

ROOM = 512 * 1024**2
"""More than a server's files come to, in bytes, with some test databases and its log of writes."""


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl: the newest of Debian's version folders, else wherever PATH's initdb lives."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    folders += [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def _as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root; then it runs as its own user."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        missing("PostgreSQL cannot run as root and there is no user postgres.")
    return ["runuser", "-u", "postgres", "--"]


def _memory() -> str | None:
    """A folder in memory, where there is one with room. A database is a thousand files, made and removed for each test:
    on ext4 that alone takes half a second of a processor, since it does not reuse what was deleted a moment ago."""
    memory = "/dev/shm"
    servers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > servers * ROOM:
        return memory
    return None


@contextmanager
def server(kept: Path | None = None) -> Iterator[str]:
    """The address of a server where databases can be made and dropped, with `{database}` where the name goes.

    `kept`: a folder for a server of its own, whose databases are there again the next time.
    """
    if kept is None and (address := os.environ.get("MUSTER_TEST_POSTGRES_URL")):
        yield address
        return
    programs = find_programs()
    if programs is None:
        missing("No PostgreSQL was found (initdb is neither on PATH nor under /usr/lib/postgresql).")
    prefix = _as_server_user()
    passing = partial(tempfile.TemporaryDirectory, prefix="muster-pg-", dir=_memory(), ignore_cleanup_errors=True)
    with passing() if kept is None else nullcontext(str(kept)) as name:
        folder = Path(name)
        if prefix:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        if not data.exists():
            subprocess.run(
                [*prefix, programs / "initdb", "-D", data, "-U", "muster", "-A", "trust", "-E", "UTF8", "--no-sync"],
                check=True,
                **quiet,
            )
        options = (
            f"-k {folder} -h '' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=60 "
            "-c max_wal_size=64MB -c min_wal_size=32MB -c autovacuum=off -c dynamic_shared_memory_type=mmap"
        )
        control = [*prefix, programs / "pg_ctl", "-D", data, "-s", "-w"]
        started = subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], check=False, **quiet)
        if started.returncode != 0:
            missing("PostgreSQL was found but did not start.")
        try:
            yield f"postgresql+psycopg://muster@/{{database}}?host={folder}"
        finally:
            how = "immediate" if kept is None else "fast"
            subprocess.run([*control, "-m", how, "stop"], check=False, **quiet)
