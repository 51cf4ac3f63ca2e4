"""What the documents show exists: commands with their options, links, files, numbers."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

import run
from app.cli import muster
from app.cli.first_run import run as first_run
from tests.rules.test_the_house import ROOT, tracked

DOCUMENTS = [path for path in tracked("*.md") if "vendor" not in path.parts and path.name != "VENDORED.md"]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
PROGRAMS = {"make", "muster", "python3", "python", ".ci/run", "uv", "pip"}
LARGEST_PICTURE = 250_000

documents = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def prose(text: str) -> str:
    return BLOCK.sub("", text)


def block_lines(text: str) -> list[str]:
    """The lines of the blocks that are commands, without their comments."""
    blocks = [body for language, body in BLOCK.findall(text) if language in {"sh", "shell", "bash", "console"}]
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.strip()]


def commands(text: str) -> list[list[str]]:
    """Every command shown, in a block or within a sentence, as words."""
    inline = re.findall(r"`((?:muster|make|python3 run\.py)(?: [^`]+)?)`", prose(text))
    return [shlex.split(line, comments=True) for line in (*block_lines(text), *inline)]


def parse(command: click.Command, arguments: list[str]) -> None:
    """Let click parse the arguments without doing anything. A bare mention needs none of them."""
    if isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name = arguments[0]
        child = command.get_command(click.Context(command), name)
        assert child is not None, f"there is no command {name}"
        parse(child, arguments[1:])
    elif arguments and arguments != ["--help"]:
        command.make_context(command.name or "", list(arguments))


def anchors(path: Path) -> set[str]:
    """The addresses of a document's headings."""
    titles = re.findall(r"^#+ (.+)$", prose(path.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


class TestCommands:
    @documents
    def test_exist_with_the_options_shown(self, path: Path) -> None:
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
        for program, *arguments in commands(path.read_text("utf-8")):
            try:
                if program == "muster":
                    parse(muster, arguments)
                elif program == "make":
                    assert set(arguments) <= set(targets)
                elif arguments[:1] == ["run.py"] and arguments[1:2] not in (["test"], ["install"]):
                    parse(first_run, arguments[1:])
            except click.ClickException as error:
                pytest.fail(f"{program} {shlex.join(arguments)}: {error.format_message()}")

    @documents
    def test_in_blocks_can_be_typed_as_they_stand(self, path: Path) -> None:
        for line in block_lines(path.read_text("utf-8")):
            words = shlex.split(line, comments=True)
            known = words and (words[0] in PROGRAMS or words[0].startswith(".venv/bin/"))
            assert known, f"{line!r} starts no program that is known here"


class TestLinks:
    @documents
    def test_lead_to_a_file_and_a_heading_that_exist(self, path: Path) -> None:
        for _, _, target in LINK.findall(prose(path.read_text("utf-8"))):
            if "://" in target or target.startswith("mailto:"):
                continue
            name, _, anchor = target.partition("#")
            found = (path.parent / name).resolve() if name else path
            assert found.exists(), target
            assert not anchor or anchor in anchors(found), target

    @documents
    def test_to_pictures_say_what_they_show_and_load_quickly(self, path: Path) -> None:
        for _, alternative, target in (link for link in LINK.findall(path.read_text("utf-8")) if link[0]):
            assert len(alternative) > 20, target
            assert (path.parent / target).stat().st_size <= LARGEST_PICTURE, target

    def test_reach_every_document_from_the_index(self) -> None:
        index = ROOT / "docs" / "index.md"
        linked = {(index.parent / target).resolve() for _, _, target in LINK.findall(index.read_text("utf-8"))}
        assert {path for path in DOCUMENTS if (ROOT / "docs") in path.parents} - {index} <= linked

    @documents
    def test_named_files_exist(self, path: Path) -> None:
        named = re.findall(
            r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|toml|md|lock|html|css|js|json|xlsx))`", path.read_text("utf-8")
        )
        assert not [name for name in named if not (ROOT / name).exists() and not (path.parent / name).exists()]


class TestReadme:
    TEXT = (ROOT / "README.md").read_text("utf-8")

    def test_states_no_number_that_is_not_checked_here(self) -> None:
        host, port = ({p.name: p for p in first_run.params}[name].default for name in ("host", "port"))
        oldest = ".".join(map(str, run.OLDEST))
        exit_codes = {"0", "1", "2"}  # held by the tests of the commands
        stated = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)*", LINK.sub(r"\2", prose(self.TEXT))))
        assert stated <= {oldest, str(host), str(port), *exit_codes}

    def test_names_the_python_that_the_project_asks_for(self) -> None:
        asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
        assert asked == f">={run.OLDEST[0]}.{run.OLDEST[1]}"

    def test_shows_the_picture_and_the_two_commands_on_its_first_screen(self) -> None:
        first_screen = "\n".join(self.TEXT.splitlines()[:20])
        assert "docs/images/proposal.png" in first_screen
        assert "make run\nmake test" in first_screen
