"""The teams themselves: exact, complete, in order, and the same everywhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffing import WorkLimit, propose, read_problem
from tests.staffing.documents import documents
from tests.staffing.enumeration import Yardstick
from tests.staffing.processes import printed

ROOT = Path(__file__).parents[2]
SMALL = ROOT.parent / "shared" / "conformance" / "small"

thorough = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def answer(document: dict[str, Any]) -> list[tuple[int, tuple[str | None, ...]]]:
    return [(team.units, team.people) for team in propose(read_problem(document)).teams]


class TestTeams:
    @thorough
    @given(documents())
    def test_are_those_of_exhaustive_enumeration(self, document: dict[str, Any]) -> None:
        assert answer(document) == Yardstick(document).answer()

    @settings(thorough, suppress_health_check=list(HealthCheck))
    @given(documents())
    def test_are_the_same_when_everybody_is_bounded_first(self, crowded: None, document: dict[str, Any]) -> None:
        assert answer(document) == Yardstick(document).answer()

    @settings(thorough, suppress_health_check=list(HealthCheck))
    @given(documents())
    def test_are_the_same_when_everything_is_taken_apart(self, overcrowded: None, document: dict[str, Any]) -> None:
        assert answer(document) == Yardstick(document).answer()

    @thorough
    @given(documents())
    def test_units_add_up_from_seats_and_pairs(self, document: dict[str, Any]) -> None:
        for team in propose(read_problem(document)).teams:
            parts = sum(seat.units for seat in team.assignments) + sum(pair.units for pair in team.pairs)
            assert team.units == parts + team.common

    @thorough
    @given(documents())
    def test_points_by_need_add_up_to_points_by_measure(self, document: dict[str, Any]) -> None:
        for team in propose(read_problem(document)).teams:
            for seat in team.assignments:
                if sum(need["weight"] for need in _needs(document, seat.role)) and seat.person:
                    assert sum(need.fit for need in seat.needs) == pytest.approx(seat.points["fit"])
                    assert sum(need.growth for need in seat.needs) == pytest.approx(seat.points["growth"])

    @pytest.mark.skipif(not SMALL.is_dir(), reason="the shared conformance files are not here")
    def test_match_the_shared_conformance_files(self) -> None:
        wrong = []
        for path in sorted(SMALL.glob("?????.json")):
            expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
            found = answer(json.loads(path.read_text(encoding="utf-8")))
            if found != [(team["units"], tuple(team["people"])) for team in expected]:
                wrong.append(path.name)
        assert not wrong


def _needs(document: dict[str, Any], role_id: str) -> list[dict[str, Any]]:
    needs: list[dict[str, Any]] = next(role["needs"] for role in document["roles"] if role["id"] == role_id)
    return needs


class TestAWorkLimit:
    @pytest.mark.parametrize("way", ["no_matter_how", "overcrowded"])
    @settings(thorough, suppress_health_check=list(HealthCheck))
    @given(documents(), st.integers(0, 2_000))
    def test_never_makes_a_bound_too_low_or_a_proof_too_early(
        self, way: str, request: pytest.FixtureRequest, document: dict[str, Any], nodes: int
    ) -> None:
        if way == "overcrowded":
            request.getfixturevalue(way)
        result = propose(read_problem(document), limit=WorkLimit(nodes=nodes))
        best = Yardstick(document).answer()
        if result.status != "limit":
            assert [(team.units, team.people) for team in result.teams] == best
        elif result.teams and best and result.teams[0].people.count(None) == best[0][1].count(None):
            assert result.teams[0].bound >= best[0][0]

    def test_still_returns_a_team(self) -> None:
        document = _many_alike(seats=4, people=9)
        result = propose(read_problem(document), limit=WorkLimit(nodes=0))
        assert len(result.teams[0].people) == 4

    def test_of_no_seconds_marks_the_answer_interrupted(self) -> None:
        result = propose(read_problem(_many_alike(seats=4, people=9)), limit=WorkLimit(seconds=0.0))
        assert result.work.interrupted
        assert result.status == "limit"
        assert result.to_json()["work"]["interrupted"] is True

    def test_tells_its_progress(self) -> None:
        seen: list[int] = []
        propose(read_problem(_many_alike(seats=3, people=6)), progress=lambda work: seen.append(work.sweeps))
        assert seen
        assert seen == sorted(seen)


def _many_alike(seats: int, people: int) -> dict[str, Any]:
    needs = [{"skill": "go", "level": 2}]
    return {
        "format": "muster-problem/1",
        "weeks": 4,
        "people": [{"id": f"p{n:04}", "skills": {"go": 3}} for n in range(people)],
        "roles": [{"id": f"r{n}", "needs": needs} for n in range(seats)],
    }


class TestManyAlike:
    def test_people_give_the_smallest_ids(self) -> None:
        result = propose(read_problem(_many_alike(seats=4, people=600)))
        assert result.status == "optimal"
        assert [team.people for team in result.teams] == [
            ("p0000", "p0001", "p0002", "p0003"),
            ("p0000", "p0001", "p0004", "p0005"),
            ("p0000", "p0001", "p0006", "p0007"),
        ]


class TestTheDocument:
    def test_is_the_same_in_every_process(self) -> None:
        problem = json.dumps(_many_alike(seats=3, people=30))
        program = (
            "import json, sys; from staffing import propose, read_problem;"
            "print(json.dumps(propose(read_problem(json.load(sys.stdin))).to_json()))"
        )
        assert len(set(printed(program, given=problem))) == 1

    def test_names_the_mentor_of_a_stretch(self) -> None:
        document = {
            "format": "muster-problem/1",
            "weeks": 4,
            "people": [
                {"id": "ann", "skills": {"go": 1}, "goals": {"go": 3}},
                {"id": "bob", "skills": {"go": 3, "sql": 2}},
            ],
            "roles": [
                {"id": "writer", "needs": [{"skill": "go", "level": 2}]},
                {"id": "keeper", "needs": [{"skill": "sql", "level": 2}]},
            ],
            "rules": {"stretch": True},
            "teams": 1,
        }
        seats = propose(read_problem(document)).to_json()["teams"][0]["assignments"]
        assert seats == [
            {"role": "writer", "seat": 1, "person": "ann", "mentor": "bob"},
            {"role": "keeper", "seat": 1, "person": "bob", "mentor": None},
        ]

    def test_says_why_a_seat_is_empty(self) -> None:
        document = _many_alike(seats=2, people=1) | {"rules": {"allow_gaps": True}, "teams": 1}
        document["roles"].append({"id": "r9", "needs": [{"skill": "law", "level": 1}]})
        result = propose(read_problem(document)).to_json()
        assert result["status"] == "partial"
        assert [seat.get("vacancy") for seat in result["teams"][0]["assignments"]] == [None, "taken", "nobody"]

    def test_counts_who_was_considered(self) -> None:
        document = _many_alike(seats=1, people=4) | {"rules": {"exclude": ["p0000"]}}
        document["people"][1]["skills"] = {"go": 1}
        document["people"][2]["free"] = [1, 1, 0.5, 1]
        considered = propose(read_problem(document)).to_json()["considered"]
        assert considered == {
            "people": 4,
            "eligible": {"r0": 1},
            "excluded": {"skill": 1, "availability": 1, "rule": 1},
        }
