"""Two commands on a fresh machine, with the standard library only.

python3 run.py [--no-serve] [--empty] [--port N]   install, migrate, load and staff the sample, serve
python3 run.py test [PYTEST ARGUMENTS]             install what the tests need and run them
python3 run.py install [--dev]                     only install
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)


class CannotRun(Exception):
    """What is missing, and the command that brings it."""


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["test"]:
            install(dev=True)
            return subprocess.call([PYTHON, "-m", "pytest", *test_arguments(arguments[1:])], cwd=ROOT)
        if arguments[:1] == ["install"]:
            install(dev="--dev" in arguments[1:])
            return 0
        install(dev=False)
    except CannotRun as problem:
        print(f"run.py: {problem}", file=sys.stderr)
        return 2
    try:
        return subprocess.call([PYTHON, "-m", "app.cli", "run", *arguments], cwd=ROOT)
    except KeyboardInterrupt:
        return 0


def test_arguments(given: list[str]) -> list[str]:
    """In parallel by default; given arguments run as they are."""
    return given or ["-n", "auto", "--dist", "worksteal"]


def install(*, dev: bool) -> None:
    """Bring `.venv` to the lock; does nothing when it is already there."""
    if sys.version_info < OLDEST:
        raise CannotRun(
            f"Muster needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}. "
            "Install it (Debian, Ubuntu: apt install python3.11 python3.11-venv) and run it with that python3."
        )
    locks = [ROOT / "requirements-dev.lock", ROOT / "requirements.lock"]
    # The tests' lock holds everything that the program's lock holds.
    if any(is_installed(lock) for lock in (locks[:1] if dev else locks)):
        return
    lock = locks[0] if dev else locks[1]
    if not PYTHON.exists():
        make_environment()
    print(f"Installing {lock.name} ...", file=sys.stderr, flush=True)
    uv = shutil.which("uv")
    pip = [uv, "pip", "install", "--python", str(PYTHON)] if uv else [str(PYTHON), "-m", "pip", "install"]
    quiet = ["--quiet"] if uv else ["--quiet", "--disable-pip-version-check"]
    call([*pip, *quiet, "--require-hashes", "-r", str(lock)])
    call([*pip, *quiet, "--no-build-isolation", "--no-deps", "--editable", str(ROOT)])
    stamp(lock).write_text(digest(lock), encoding="ascii")


def make_environment() -> None:
    print("Making .venv ...", file=sys.stderr, flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode == 0 and PYTHON.exists():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in made.stdout + made.stderr or "No module named venv" in made.stderr:
        raise CannotRun("this Python has no venv. Install it (Debian, Ubuntu: apt install python3-venv) and try again.")
    reason = (made.stderr or made.stdout).strip().splitlines()[-1]
    raise CannotRun(f"the virtual environment could not be made: {reason}")


def call(command: list[str]) -> None:
    if subprocess.call(command) != 0:
        raise CannotRun(
            "the packages could not be installed; the lines above say why. Mend that (often the network) and try again."
        )


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stamp(lock: Path) -> Path:
    return VENV / f"{lock.stem}.installed"


def is_installed(lock: Path) -> bool:
    return stamp(lock).exists() and stamp(lock).read_text(encoding="ascii") == digest(lock)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
