"""Whatever people and ratings there are: written in a layout and read again, they are the same."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from importers import Catalogue, GivenAnswer, Reading
from importers.readings.reading import read
from importers.wire import from_wire, to_wire
from tests.importers.workbooks import delimited, read_rows, xlsx

FIRST = ("Anna", "Ben", "Carla", "Dmitri", "Élodie", "Jürgen", "Łukasz", "Ngozi", "Søren", "Yuki")
LAST = ("Nowak", "Okoro", "Díaz", "O'Neill", "van Dyk", "Müller", "Kowalska-Berg", "Achebe", "Ito", "Haddad")
SKILLS = ("Python", "SQL", "C++", "C#", "R", "Node.js", "Machine learning", "Pottery", "A/B tests", "Office", "German")


@dataclass(frozen=True)
class Team:
    """People, skills, and a level for some of their pairs; somebody has level 5, so that the scale is certain."""

    people: list[str]
    skills: list[str]
    levels: dict[tuple[str, str], int]


@st.composite
def teams(draw: st.DrawFn) -> Team:
    names = st.builds("{} {}".format, st.sampled_from(FIRST), st.sampled_from(LAST))
    people = draw(st.lists(names, min_size=2, max_size=12, unique=True))
    skills = draw(st.lists(st.sampled_from(SKILLS), min_size=3, max_size=8, unique=True))
    pairs = [(person, skill) for person in people for skill in skills]
    stated = draw(st.lists(st.none() | st.integers(0, 5), min_size=len(pairs), max_size=len(pairs)))
    levels = {pair: level for pair, level in zip(pairs, stated, strict=True) if level is not None}
    levels |= {(people[0], skill): 5 for skill in skills}
    return Team(people, skills, levels | {(person, skills[0]): 5 for person in people})


def found(reading: Reading) -> dict[tuple[str | None, str], int | None]:
    names = {person.key: person.name for person in reading.people}
    assert len(reading.ratings) == len({(rating.person, rating.skill) for rating in reading.ratings})
    return {(names[rating.person], rating.skill): rating.level for rating in reading.ratings}


ROUNDS = settings(max_examples=15, deadline=None)


class TestWhatIsWrittenIsRead:
    @ROUNDS
    @given(teams(), st.integers(0, 4), st.integers(0, 2), st.booleans())
    def test_as_a_matrix_anywhere_on_the_sheet(self, team: Team, down: int, right: int, numbered: bool) -> None:
        rows: list[list[Any]] = [[None] * right + ["Skills of the team"]] + [[None]] * down
        rows.append([None] * right + ["No"] * numbered + ["Name", *team.skills])
        for number, person in enumerate(team.people, 1):
            levels = [team.levels.get((person, skill)) for skill in team.skills]
            rows.append([None] * right + [number] * numbered + [person, *levels])
        assert found(read_rows(rows)) == team.levels

    @ROUNDS
    @given(teams())
    def test_as_a_transposed_matrix(self, team: Team) -> None:
        rows: list[list[Any]] = [["Skill", *team.people]]
        rows += [[skill, *(team.levels.get((person, skill)) for person in team.people)] for skill in team.skills]
        assert found(read_rows(rows)) == team.levels

    @ROUNDS
    @given(teams(), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    def test_as_a_long_text_file(self, team: Team, separator: str, encoding: str) -> None:
        rows = [
            ["Person", "Skill", "Level"],
            *([person, skill, level] for (person, skill), level in team.levels.items()),
        ]
        content = delimited(rows, separator=separator, encoding=encoding)
        assert found(read(content, "s.csv", catalogue=Catalogue())) == team.levels

    @ROUNDS
    @given(teams())
    def test_as_pairs_of_yes_and_level(self, team: Team) -> None:
        rows: list[list[Any]] = [["Employee", *(text for skill in team.skills for text in (skill, "Level"))]]
        for person in team.people:
            levels = [team.levels.get((person, skill)) for skill in team.skills]
            rows.append([person, *(cell for level in levels for cell in (None if level is None else "Y", level))])
        assert found(read_rows(rows)) == team.levels

    @ROUNDS
    @given(teams())
    def test_as_one_cell_of_skills_a_person(self, team: Team) -> None:
        rows: list[list[Any]] = [["Name", "Skills"]]
        for person in team.people:
            listed = [f"{skill} ({level})" for (who, skill), level in team.levels.items() if who == person]
            rows.append([person, ", ".join(listed)])
        assert found(read_rows(rows)) == team.levels

    @ROUNDS
    @given(teams(), st.permutations(["none", "aware", "working", "proficient", "advanced", "expert"]))
    def test_with_marks_that_only_the_legend_explains(self, team: Team, words: list[str]) -> None:
        marks = {word: f"m{number}" for number, word in enumerate(words)}
        by_level = ["none", "aware", "working", "proficient", "advanced", "expert"]
        rows: list[list[Any]] = [["Legend"], *([marks[word], word] for word in words), []]
        rows.append(["Name", *team.skills])
        for person in team.people:
            levels = [team.levels.get((person, skill)) for skill in team.skills]
            rows.append([person, *(None if level is None else marks[by_level[level]] for level in levels)])
        assert found(read_rows(rows)) == team.levels

    @ROUNDS
    @given(
        st.lists(
            st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST), st.integers(1, 100), st.integers(0, 900)),
            min_size=1,
            max_size=10,
        )
    )
    def test_as_allocations(self, bookings: list[tuple[str, str, int, int]]) -> None:
        start = date(2026, 1, 1)
        rows: list[list[Any]] = [["Resource", "Project", "Allocation %", "Start date", "End date"]]
        for first, last, share, days in bookings:
            rows.append([f"{first} {last}", "Apollo", f"{share}%", start, (start + timedelta(days)).isoformat()])
        reading = read_rows(rows)
        names = {person.key: person.name for person in reading.people}
        assert [(names[a.person], a.share, a.start, a.end) for a in reading.allocations] == [
            (f"{first} {last}", share / 100, start, start + timedelta(days)) for first, last, share, days in bookings
        ]


class TestAReading:
    @ROUNDS
    @given(teams())
    def test_is_the_same_after_its_way_through_json(self, team: Team) -> None:
        rows = [["Name", *team.skills], *([p, *(team.levels.get((p, s)) for s in team.skills)] for p in team.people)]
        reading = read_rows(rows, answers=[GivenAnswer("same_name", True)])
        assert from_wire(Reading, to_wire(reading)) == reading

    @ROUNDS
    @given(teams())
    def test_is_the_same_every_time(self, team: Team) -> None:
        rows = [["Name", *team.skills], *([p, *(team.levels.get((p, s)) for s in team.skills)] for p in team.people)]
        content = xlsx(rows)
        assert read(content, "s.xlsx", catalogue=Catalogue()) == read(content, "s.xlsx", catalogue=Catalogue())
