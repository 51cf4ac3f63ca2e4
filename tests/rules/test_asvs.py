"""The table of the ASVS forgets no requirement, and every test and file that it names exists."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from tests.rules.test_the_house import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
STATES = ("met", "partly", "not met", "does not apply")
FEWEST_WORDS = 4
"""Of a reason, where no test shows it or something is missing."""
# Levels of the requirements of ASVS 5.0.0: chapter -> a word a section, a digit a requirement, "-" for no section.
LEVELS = {
    1: "22 1111122223 112222222223 222 123",
    2: "122 112 12223 23",
    3: "3 113 12223 11222233 11122333 3 22333",
    4: "12233 23333 22 1222",
    5: "2 112333 113 222",
    6: "122 111111112222 11223333 112233 22222333 2223 33 2222",
    7: "222 1111 22 11222 223 22",
    8: "1233 1123 133 23",
    9: "111 1222",
    10: "22 223 22223 1111122222233333 22222 22 222",
    11: "2233 22233 11233 1222 23 23 33",
    12: "12233 11 22223",
    13: "2333 222223 2233 1222233",
    14: "22 12223333 122",
    15: "12233 12233 1222222 3333",
    16: "2 22222 2222 222 2223",
    17: "23 22223333 22",
}


def number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


STANDARD = {
    (chapter, section, place): int(level)
    for chapter, sections in LEVELS.items()
    for section, levels in enumerate(sections.split(), 1)
    for place, level in enumerate(levels.strip("-"), 1)
}


def cells(heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0] if heading else PAGE.split("\n## ")[0]
    rows = [line.strip().strip("|").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


class Requirement(NamedTuple):
    number: tuple[int, ...]
    level: int
    words: str
    state: str
    where: tuple[str, ...]
    shown: str

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`(tests/[^`]+)`", self.shown)

    @property
    def reason(self) -> list[str]:
        return re.findall(r"\w+", re.sub(r"`tests/[^`]+`", "", self.shown))


APPLYING = [
    Requirement(number(row[0]), int(row[1]), row[2], row[3], tuple(re.findall(r"`([^`]+)`", row[4])), row[5])
    for row in cells("What applies")
]
OTHERS = [number(text) for row in cells("What does not apply") for text in row[1].split()]

each = pytest.mark.parametrize("told", APPLYING, ids=lambda told: ".".join(map(str, told.number)))


@cache
def ids_in(path: str) -> frozenset[str]:
    """Their ids without the file's name, read and not run."""

    def found(body: list[ast.stmt], before: str) -> Iterator[str]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from found(node.body, f"{before}{node.name}::")
            elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield before + node.name

    return frozenset(found(ast.parse((ROOT / path).read_text("utf-8")).body, ""))


class TestTheTable:
    def test_holds_every_requirement_of_levels_1_and_2_once(self) -> None:
        told = Counter([one.number for one in APPLYING] + OTHERS)
        assert {found for found, times in told.items() if times > 1} == set()
        assert {found for found, level in STANDARD.items() if level < 3} - set(told) == set()
        assert set(told) <= set(STANDARD)

    def test_is_in_the_order_of_the_standard(self) -> None:
        numbers = [one.number for one in APPLYING]
        assert numbers == sorted(numbers)

    def test_says_the_level_of_the_standard(self) -> None:
        assert [one.number for one in APPLYING if one.level != STANDARD[one.number]] == []

    def test_is_summed_up_rightly(self) -> None:
        counts = Counter((one.level, one.state) for one in APPLYING)
        counts.update((STANDARD[other], "does not apply") for other in OTHERS)
        for level, *stated, total in ([int(cell) for cell in row] for row in cells("")):
            assert stated == [counts[level, state] for state in STATES], f"level {level}"
            assert total == sum(stated)
        assert [row[0] for row in cells("")] == ["1", "2", "3"]


class TestEachRequirement:
    @each
    def test_names_tests_and_files_that_exist(self, told: Requirement) -> None:
        assert told.where
        assert [name for name in told.where if not (ROOT / name).is_file()] == []
        for test in told.tests:
            path, _, name = test.partition("::")
            assert (ROOT / path).is_file(), test
            assert name in ids_in(path), test

    @each
    def test_is_shown_by_a_test_or_explained(self, told: Requirement) -> None:
        assert told.state in STATES[:3]
        assert told.words
        explained = len(told.reason) >= FEWEST_WORDS
        assert explained or (told.state == "met" and told.tests), "say what is missing, or why no test shows it"
