"""Portfolios: everybody's weeks hold, the total is the best there is or within its bound, and the same everywhere."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffing import PortfolioResult, WorkLimit, propose_portfolio, read_portfolio
from staffing.portfolio import closing as closing_module
from staffing.portfolio import pool as pool_module
from tests.requirements import SHARED
from tests.staffing.enumeration import number
from tests.staffing.portfolio_enumeration import PortfolioYardstick, fits, loads
from tests.staffing.portfolios import portfolios
from tests.staffing.processes import printed

ROOT = Path(__file__).parents[2]
REFERENCE = SHARED / "conformance" / "reference.py"

thorough = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
brief = settings(thorough, max_examples=20)


def answer(document: dict[str, Any], limit: WorkLimit | None = None) -> PortfolioResult:
    return propose_portfolio(read_portfolio(document), limit=limit)


def rank(result: PortfolioResult) -> tuple[int, Fraction]:
    """Projects with a team, and the total: in this order an answer is better than another."""
    return sum(project.team is not None for project in result.projects), result.total


@pytest.fixture
def unclosed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves small portfolios with the gap that large ones have."""
    monkeypatch.setattr(closing_module, "SEARCHES", 0)


@pytest.fixture
def cramped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the few people of a small portfolio too many to be looked at one by one."""
    monkeypatch.setattr(closing_module, "SEARCHES", 0)
    monkeypatch.setattr(pool_module, "BOARD", 2)
    monkeypatch.setattr(pool_module, "KEPT", 2)
    monkeypatch.setattr(pool_module, "PER_SEAT", 1)
    monkeypatch.setattr(pool_module, "FIRST_LOOK", 1)


class TestAPortfolio:
    @thorough
    @given(portfolios())
    def test_is_answered_like_exhaustive_enumeration(self, document: dict[str, Any]) -> None:
        result = answer(document)
        assert result.proven or result.status == "infeasible"
        assert rank(result) == PortfolioYardstick(document).best()
        assert result.bound == result.total

    @thorough
    @given(portfolios())
    def test_keeps_every_projects_rules_and_everybodys_weeks(self, document: dict[str, Any]) -> None:
        yardstick = PortfolioYardstick(document)
        result = answer(document)
        seated: list[tuple[str, dict[str, Any]]] = []
        total = Fraction(0)
        for project in result.projects:
            if project.team is None:
                continue
            people, seats = project.team.people, yardstick.yardsticks[project.id].seats
            assert people in yardstick.teams[project.id]
            assert project.team.units == yardstick.yardsticks[project.id].score(people)
            total += yardstick.team(project.id, people)[0]
            seated += [(who, role) for who, role in zip(people, seats, strict=True) if who is not None]
        assert fits(loads(seated), yardstick.room([]))
        assert result.total == total

    @pytest.mark.skipif(not REFERENCE.exists(), reason="the shared reference is not here")
    @settings(thorough, max_examples=8)
    @given(document=portfolios())
    def test_satisfies_the_shared_reference(self, tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
        document.setdefault("weights", {"fit": 1})
        result = answer(document)
        if all(project.team is not None for project in result.projects):
            folder = tmp_path_factory.mktemp("portfolio")
            for name, content in (("problem", document), ("solution", result.to_json())):
                (folder / name).write_text(json.dumps(content), encoding="utf-8")
            check = [sys.executable, str(REFERENCE), "portfolio", str(folder / "problem"), str(folder / "solution")]
            assert subprocess.run(check, capture_output=True, text=True, check=False).stdout == "ok\n"


class TestTheBound:
    @thorough
    @given(portfolios())
    def test_is_never_below_the_best_total(self, unclosed: None, document: dict[str, Any]) -> None:
        _within_bound(document)

    @thorough
    @given(portfolios())
    def test_holds_when_not_everybody_can_be_looked_at(self, cramped: None, document: dict[str, Any]) -> None:
        _within_bound(document)

    @brief
    @given(portfolios())
    def test_holds_when_the_work_limit_comes_first(self, unclosed: None, document: dict[str, Any]) -> None:
        _within_bound(document, WorkLimit(nodes=0))

    def test_and_an_answer_survive_a_limit_of_no_seconds(self) -> None:
        result = answer(contested(6, 4), WorkLimit(seconds=0.0))
        assert result.work.interrupted
        assert result.bound >= result.total >= 0
        assert result.to_json()["work"]["interrupted"] is True


def _within_bound(document: dict[str, Any], limit: WorkLimit | None = None) -> None:
    result = answer(document, limit)
    best = PortfolioYardstick(document).best()
    assert rank(result) <= best
    assert result.bound >= result.total
    if rank(result)[0] == best[0]:
        assert result.bound >= best[1]
    if result.proven:
        assert rank(result) == best


def contested(projects: int, people: int) -> dict[str, Any]:
    """Everybody wants the same few people full time; some are better than others."""
    return {
        "format": "muster-portfolio/1",
        "weeks": 4,
        "people": [
            {"id": f"p{n}", "skills": {"go": 3 + n % 3}, "cost": 300 + 50 * n, "utc_offset": n % 5}
            for n in range(people)
        ],
        "cost_range": [300, 1200],
        "projects": [
            {
                "id": f"j{n}",
                "priority": 1 + n % 3,
                "roles": [{"id": "dev", "seats": 2, "needs": [{"skill": "go", "level": 5, "must": False}]}],
            }
            for n in range(projects)
        ],
    }


class TestScarcePeople:
    def test_go_to_the_projects_of_the_highest_priority(self) -> None:
        result = answer(contested(projects=6, people=4))
        filled = {project.id: project.filled for project in result.projects}
        assert filled == {"j0": 0, "j1": 0, "j2": 2, "j3": 0, "j4": 0, "j5": 2}
        assert result.status == "partial"

    def test_have_a_price_that_is_never_negative_and_the_projects_that_want_them(self) -> None:
        result = answer(contested(projects=6, people=4))
        assert {price.person for price in result.prices} == {"p0", "p1", "p2", "p3"}
        assert [price.worth for price in result.prices] == sorted((p.worth for p in result.prices), reverse=True)
        assert all(price.worth > 0 for price in result.prices)
        assert all(set(price.projects) <= {f"j{n}" for n in range(6)} for price in result.prices)
        assert [group.projects for group in result.competition] == [("j0", "j1", "j2", "j3", "j4", "j5")]

    @pytest.mark.parametrize("twin_of", range(4))
    def test_are_worth_no_more_than_their_price_when_there_is_another(self, twin_of: int) -> None:
        document = contested(projects=6, people=4)
        before = answer(document)
        twin = {**document["people"][twin_of], "id": "twin"}
        after = answer({**document, "people": [*document["people"], twin]})
        price = next(price.worth for price in before.prices if price.person == f"p{twin_of}")
        assert after.total <= before.bound + price + 1

    def test_nobody_misses_have_no_price(self) -> None:
        result = answer(contested(projects=3, people=40))
        assert result.status == "optimal"
        assert {project.staffing for project in result.projects} == {"complete"}

    def test_share_their_weeks(self) -> None:
        document = contested(projects=2, people=2)
        for project, (start, stop) in zip(document["projects"], [(0, 2), (2, 4)], strict=True):
            project["roles"][0].update({"from": start, "to": stop})
        assert [project.filled for project in answer(document).projects] == [2, 2]
        document["projects"][1]["roles"][0]["from"] = 1
        assert sum(project.filled for project in answer(document).projects) == 2

    def test_leave_seats_empty_that_say_so(self) -> None:
        result = answer(contested(projects=2, people=2))
        seats = result.to_json()["projects"][0]["assignments"]
        assert [seat["vacancy"] for seat in seats] == ["elsewhere", "elsewhere"]
        assert [seat["person"] for seat in seats] == [None, None]


class TestAProject:
    def test_without_any_team_is_reported_and_the_others_are_staffed(self) -> None:
        document = contested(projects=2, people=6)
        document["projects"][0]["rules"] = {"team_skills": [{"skill": "law", "level": 3, "people": 1}]}
        result = answer(document)
        first, second = result.projects
        assert (first.staffing, first.team, first.worth) == ("infeasible", None, 0)
        assert [rule.to_json() for conflict in first.conflicts for rule in conflict.rules] == [
            {"rule": "team_skill", "subject": ["law"], "amount": 3}
        ]
        assert second.staffing == "complete"
        assert result.status == "partial"

    def test_says_who_is_locked_to_it_and_cannot_come(self) -> None:
        document = contested(projects=2, people=6)
        document["people"][0]["free"] = 0.5
        document["projects"][0]["rules"] = {"locks": [["dev", "p0"]]}
        first = answer(document).projects[0]
        assert [conflict.cause for conflict in first.conflicts] == ["locked_out"]

    def test_keeps_its_lock_against_one_of_lower_priority(self) -> None:
        document = contested(projects=2, people=6)
        for project in document["projects"]:
            project["rules"] = {"locks": [["dev", "p0"]]}
        first, second = answer(document).projects
        assert (first.staffing, first.rivals) == ("crowded_out", ("j1",))
        assert "p0" in second.to_json()["assignments"][0]["person"]

    def test_is_crowded_out_by_one_that_needs_the_same_person(self) -> None:
        document = contested(projects=2, people=6)
        document["people"][5]["skills"]["law"] = 4
        for project in document["projects"]:
            project["rules"] = {"team_skills": [{"skill": "law", "level": 3, "people": 1}]}
        result = answer(document)
        assert [project.staffing for project in result.projects] == ["crowded_out", "complete"]
        assert result.projects[0].rivals == ("j1",)
        assert result.projects[0].alone is not None
        assert result.status == "partial"

    def test_nobody_is_eligible_for_stays_empty(self) -> None:
        document = contested(projects=2, people=6)
        document["projects"][0]["roles"][0]["needs"] = [{"skill": "law", "level": 1}]
        first = answer(document).to_json()["projects"][0]
        assert (first["status"], first["filled"], first["units"]) == ("partial", 0, 0)
        assert [seat["vacancy"] for seat in first["assignments"]] == ["nobody", "nobody"]

    def test_of_its_own_is_answered_alone(self) -> None:
        result = answer(contested(projects=1, people=30))
        assert result.status == "optimal"
        assert result.projects[0].alone == (2, result.projects[0].team.units if result.projects[0].team else 0)

    def test_may_have_any_positive_priority(self) -> None:
        document = contested(projects=2, people=2)
        document["projects"][0]["priority"] = 1e-9
        document["projects"][1]["priority"] = 1e6
        assert [project.filled for project in answer(document).projects] == [0, 2]
        document["projects"][0]["priority"] = 1e6
        document["projects"][1]["priority"] = 1e-9
        result = answer(document)
        assert [project.filled for project in result.projects] == [2, 0]
        assert result.proven


class TestTheAnswer:
    @brief
    @given(portfolios(), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_of_people_and_projects(self, document: dict[str, Any], random: Any) -> None:
        result = answer(document)
        shuffled = {**document, "people": list(document["people"]), "projects": list(document["projects"])}
        random.shuffle(shuffled["people"])
        random.shuffle(shuffled["projects"])
        again = answer(shuffled)
        assert (again.total, again.bound) == (result.total, result.bound)
        teams = {project.id: project.to_json() for project in result.projects}
        assert {project.id: project.to_json() for project in again.projects} == teams

    def test_names_projects_in_the_order_of_the_document(self) -> None:
        document = contested(projects=5, people=6)
        assert [project.id for project in answer(document).projects] == ["j0", "j1", "j2", "j3", "j4"]

    @brief
    @given(portfolios())
    def test_adds_up_in_json(self, document: dict[str, Any]) -> None:
        written = json.loads(json.dumps(answer(document).to_json()))
        total = sum(project["worth"] for project in written["projects"])
        assert written["total"] == pytest.approx(total)
        assert written["bound"] >= written["total"]
        assert 0 <= written["gap"] <= 1
        for project, stated in zip(written["projects"], document["projects"], strict=True):
            assert project["filled"] == sum(seat["person"] is not None for seat in project["assignments"])
            if project["units"] is not None:
                share = Fraction(1_000_000 * project["filled"], project["seats"])
                assert project["worth"] == pytest.approx(float(number(stated["priority"]) * (share + project["units"])))

    def test_is_the_same_in_every_process(self) -> None:
        document = json.dumps(contested(projects=9, people=11))
        program = (
            "import json, sys; from staffing import propose_portfolio, read_portfolio;"
            "print(json.dumps(propose_portfolio(read_portfolio(json.load(sys.stdin))).to_json()))"
        )
        assert len(set(printed(program, given=document))) == 1

    def test_tells_its_progress(self) -> None:
        seen: list[int] = []
        portfolio = read_portfolio(contested(projects=3, people=20))
        propose_portfolio(portfolio, progress=lambda work: seen.append(work.sweeps))
        assert seen
        assert seen == sorted(seen)
