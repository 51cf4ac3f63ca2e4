"""On whom skills hang: counted person by person, the columns say the same."""

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffing import People, Ratings, bus_factor, needed_levels, organisation_bus_factor, propose, read_problem
from staffing.bus_factor import MOST_NAMED
from staffing.terms import SHARE_SCALE
from tests.staffing.documents import SKILLS, WEEKS, documents
from tests.staffing.test_explaining import organisation


def level_of(person: dict[str, Any], skill: str) -> int:
    rating = person["skills"].get(skill, 0)
    return int(rating[0] if isinstance(rating, list) else rating)


class TestTheBusFactorOfATeam:
    @given(documents())
    def test_counts_who_has_a_skill_on_the_team_and_off_it(self, document: dict[str, Any]) -> None:
        problem = read_problem(document)
        needed = needed_levels(problem)
        assert set(needed) == {need["skill"] for role in document["roles"] for need in role["needs"]}
        for team in propose(problem).teams[:1]:
            found = bus_factor(problem, team)
            for one in found:
                able = {p["id"] for p in document["people"] if level_of(p, one.skill) >= needed[one.skill]}
                assert one.level == needed[one.skill]
                assert one.members == tuple(sorted(able & set(team.people)))
                assert one.elsewhere == len(able - set(team.people))
            assert [len(one.members) for one in found] == sorted(len(one.members) for one in found)
            assert {one.skill for one in found} == set(needed)

    def test_asks_for_the_highest_level_of_all_roles(self) -> None:
        document = organisation(ann={"skills": {"sql": 4, "ml": 3}})
        document["roles"][1]["needs"].append({"skill": "sql", "level": 5, "must": False})
        assert needed_levels(read_problem(document)) == {"sql": 5, "ml": 3}


class TestTheBusFactorOfTheOrganisation:
    @given(
        documents(),
        st.sets(st.integers(0, 5)),
        st.sampled_from([0, 0.2, 0.5, 1.0]),
        st.none()
        | st.tuples(st.integers(0, WEEKS - 1), st.integers(1, WEEKS)).filter(lambda weeks: weeks[0] < weeks[1]),
        st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5)),
    )
    def test_counts_who_is_left_when_some_are_taken(
        self,
        document: dict[str, Any],
        places: set[int],
        share: float,
        weeks: tuple[int, int] | None,
        needed: dict[str, int],
    ) -> None:
        problem = read_problem(document)
        taken = {p["id"] for n, p in enumerate(document["people"]) if n in places}
        found = organisation_bus_factor(problem.people, problem.ratings, needed, taken, share=share, weeks=weeks)
        assert {one.skill: one.level for one in found} == needed
        for one in found:
            known = one.skill in problem.ratings
            able = [p for p in document["people"] if known and level_of(p, one.skill) >= one.level]
            free = {p["id"] for p in able if least_free(p, weeks) >= share}
            assert (one.holders, one.free, one.left) == (len(able), len(free), len(free - taken))
            assert one.last == (tuple(sorted(free - taken)) if one.left <= MOST_NAMED else ())
        assert [(one.left, one.free) for one in found] == sorted((one.left, one.free) for one in found)

    @given(documents(), st.sampled_from(SKILLS), st.integers(1, 5))
    def test_is_the_smallest_number_of_absences_that_leaves_nobody(
        self, document: dict[str, Any], skill: str, level: int
    ) -> None:
        problem = read_problem(document)
        absent: set[str] = set()
        for absences in range(len(document["people"]) + 1):
            (found,) = organisation_bus_factor(problem.people, problem.ratings, {skill: level}, absent, share=0)
            if not absent:
                factor = found.left
            assert found.left == factor - absences
            if not found.left:
                return
            absent.add(found.last[0] if found.last else next_holder(problem.ratings[skill], level, absences))

    def test_names_the_most_endangered_skill_first(self) -> None:
        document = organisation(
            ann={"skills": {"sql": 4, "ml": 4}}, bob={"skills": {"sql": 3}}, eve={"skills": {"ml": 3}, "free": 0.2}
        )
        problem = read_problem(document)
        needed = needed_levels(problem)
        before = organisation_bus_factor(problem.people, problem.ratings, needed, [], share=0.5)
        assert [(one.skill, one.free, one.left, one.last) for one in before] == [
            ("ml", 1, 1, ("ann",)),
            ("sql", 2, 2, ("ann", "bob")),
        ]
        after = organisation_bus_factor(problem.people, problem.ratings, needed, ["ann"], share=0.5)
        assert [(one.skill, one.holders, one.free, one.left, one.last) for one in after] == [
            ("ml", 2, 1, 0, ()),
            ("sql", 2, 2, 1, ("bob",)),
        ]

    @pytest.mark.parametrize(
        ("question", "complaint"),
        [
            ({"taken": ["zoe"], "share": 0.5}, "'zoe' is not among the people"),
            ({"taken": [], "share": 1.5}, "between 0 and 1; 1.5 does not"),
            ({"taken": [], "share": 0.5, "weeks": (3, 3)}, "Weeks 3 to 3"),
            ({"taken": [], "share": 0.5, "weeks": (0, 11)}, "within the 10 weeks"),
        ],
    )
    def test_refuses_what_cannot_be(self, question: dict[str, Any], complaint: str) -> None:
        problem = read_problem(organisation(ann={"free": [1] * 9 + [0]}))
        with pytest.raises(ValueError, match=complaint):
            organisation_bus_factor(problem.people, problem.ratings, {"sql": 3}, **question)

    def test_takes_a_moment_for_a_hundred_thousand_people(self) -> None:
        chance = np.random.default_rng(1)
        count = 100_000
        zeros = np.zeros(count)
        free = chance.choice([0, SHARE_SCALE // 2, SHARE_SCALE], (count, 26))
        people = People(tuple(f"p{n:06}" for n in range(count)), free, zeros, zeros, zeros, zeros, zeros)
        ratings = {}
        for skill in range(40):
            held = np.flatnonzero(chance.random(count) < 0.2).astype(np.int32)
            level = chance.integers(1, 6, len(held)).astype(np.int8)
            ratings[f"s{skill}"] = Ratings(held, level, np.ones(len(held)))
        started = time.process_time()
        found = organisation_bus_factor(people, ratings, dict.fromkeys(ratings, 3), people.ids[::2], share=0.5)
        assert time.process_time() - started < 2
        assert len(found) == 40


def least_free(person: dict[str, Any], weeks: tuple[int, int] | None) -> float:
    free = person["free"]
    return float(min(free[slice(*weeks)] if weeks else free)) if isinstance(free, list) else float(free)


def next_holder(held: Ratings, level: int, place: int) -> str:
    """The holder at a place in ascending order of id; ids of documents are p0, p1, ..."""
    return f"p{held.people[held.level >= level][place]}"
