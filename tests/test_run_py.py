"""`run.py` on machines that lack something, with stand-ins for the interpreter; nothing is fetched."""

import importlib.util
import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A copy of run.py in a folder of its own, where no program of the machine is found."""
    copy = tmp_path / "run.py"
    copy.write_bytes((ROOT / "run.py").read_bytes())
    for lock in LOCKS:
        (tmp_path / lock).write_text(f"content of {lock}")
    monkeypatch.setenv("PATH", "")
    spec = importlib.util.spec_from_file_location("run_copy", copy)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(path: Path, *lines: str) -> str:
    """A program that does the lines of shell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def installed(run: ModuleType, tmp_path: Path, *, status: int = 0) -> Path:
    """An environment whose interpreter only notes what it is asked to do."""
    asked = tmp_path / "asked"
    program(run.PYTHON, f'echo "$@" >> "{asked}"', f"exit {status}")
    asked.touch()
    return asked


class TestPython:
    def test_that_is_too_old_is_told_which_one_to_install(
        self, run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(run, "OLDEST", (99, 1))
        assert run.main([]) == 2
        assert capsys.readouterr().err == (
            f"run.py: Muster needs Python 99.1 or newer; this is {sys.version.split()[0]}. Install it (Debian, Ubuntu: "
            "apt install python3.11 python3.11-venv) and run it with that python3.\n"
        )

    @pytest.mark.parametrize(
        "complaint",
        ["The virtual environment was not created because ensurepip is not available", "No module named venv"],
    )
    def test_without_venv_is_told_the_package(
        self,
        run: ModuleType,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        complaint: str,
    ) -> None:
        monkeypatch.setattr(sys, "executable", program(tmp_path / "python", f'echo "{complaint}" >&2', "exit 1"))
        assert run.main([]) == 2
        assert capsys.readouterr().err.splitlines()[-1] == (
            "run.py: this Python has no venv. Install it (Debian, Ubuntu: apt install python3-venv) and try again."
        )
        assert not run.VENV.exists()

    def test_that_cannot_make_an_environment_is_quoted(
        self, run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "executable", program(tmp_path / "python", "echo No space left >&2", "exit 1"))
        assert run.main([]) == 2
        assert capsys.readouterr().err.endswith("the virtual environment could not be made: No space left\n")


class TestInstalling:
    def test_says_so_when_the_packages_cannot_be_had(
        self, run: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        installed(run, tmp_path, status=1)
        assert run.main([]) == 2
        said = capsys.readouterr().err
        assert said.startswith("Installing requirements.lock ...\nrun.py: the packages could not be installed;")
        assert not run.stamp(tmp_path / "requirements.lock").exists()

    def test_demands_hashes_and_happens_once_for_a_lock(self, run: ModuleType, tmp_path: Path) -> None:
        asked = installed(run, tmp_path)
        run.install(dev=False)
        packages, itself = asked.read_text().splitlines()
        assert packages.endswith(f"--require-hashes -r {tmp_path / 'requirements.lock'}")
        assert itself.endswith(f"--no-deps --editable {tmp_path}")
        run.install(dev=False)
        assert len(asked.read_text().splitlines()) == 2

    def test_happens_again_when_the_lock_changed(self, run: ModuleType, tmp_path: Path) -> None:
        asked = installed(run, tmp_path)
        run.install(dev=False)
        (tmp_path / "requirements.lock").write_text("newer")
        run.install(dev=False)
        assert len(asked.read_text().splitlines()) == 4

    def test_of_the_tests_packages_covers_the_programs(self, run: ModuleType, tmp_path: Path) -> None:
        asked = installed(run, tmp_path)
        run.install(dev=True)
        run.install(dev=False)
        assert "requirements-dev.lock" in asked.read_text()
        assert len(asked.read_text().splitlines()) == 2


class TestArguments:
    @pytest.mark.parametrize(
        ("given", "asked"),
        [
            ([], "-m app.cli run"),
            (["--no-serve", "--empty"], "-m app.cli run --no-serve --empty"),
            (["test"], "-m pytest -n auto --dist worksteal"),
            (["test", "-k", "seal"], "-m pytest -k seal"),
        ],
    )
    def test_reach_the_program(self, run: ModuleType, tmp_path: Path, given: list[str], asked: str) -> None:
        notes = installed(run, tmp_path)
        run.install(dev=True)
        assert run.main(given) == 0
        assert notes.read_text().splitlines()[-1] == asked

    def test_bring_back_its_exit_code(self, run: ModuleType, tmp_path: Path) -> None:
        installed(run, tmp_path)
        run.install(dev=False)
        program(run.PYTHON, "exit 2")
        assert run.main(["--port", "0"]) == 2
