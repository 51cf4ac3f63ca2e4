"""The checker: it takes every right answer with its certificate, and none that was tampered with."""

import ast
import copy
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks.organisations import organisation
from staffing import (
    Certificate,
    Fault,
    Problem,
    Result,
    Team,
    Verdict,
    WorkLimit,
    check,
    check_portfolio,
    propose,
    propose_portfolio,
    read_portfolio,
    read_problem,
)
from staffing.certificate import Choices, Part
from tests.requirements import shared
from tests.staffing.documents import documents
from tests.staffing.portfolios import portfolios

CHECKER = Path(__file__).parents[2] / "staffing" / "checking"
thorough = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def checked(problem: Problem, limit: WorkLimit | None = None) -> Verdict:
    result = propose(problem, limit=limit, certificate=True)
    return check(problem, result, result.certificate)


@cache
def a_problem() -> Problem:
    return organisation(400, 5, seed=3)


@cache
def an_answer() -> Result:
    return propose(a_problem(), certificate=True)


def verdict(result: Result, certificate: Certificate | None = None) -> Verdict:
    return check(a_problem(), result, certificate or an_answer().certificate)


def with_teams(*teams: Team) -> Result:
    return replace(an_answer(), teams=teams)


class TestACheck:
    @thorough
    @given(documents())
    def test_accepts_every_answer(self, document: dict[str, Any]) -> None:
        assert checked(read_problem(document)) == Verdict()

    @thorough
    @given(documents())
    def test_accepts_answers_from_bounds_over_everybody(self, crowded: None, document: dict[str, Any]) -> None:
        assert checked(read_problem(document)) == Verdict()

    @thorough
    @given(documents())
    def test_accepts_answers_from_many_parts(self, overcrowded: None, document: dict[str, Any]) -> None:
        assert checked(read_problem(document)) == Verdict()

    @thorough
    @given(documents())
    def test_accepts_bounds_where_the_work_limit_came_first(self, document: dict[str, Any]) -> None:
        assert checked(read_problem(document), WorkLimit(nodes=0)) == Verdict()

    def test_accepts_the_shared_conformance_files(self) -> None:
        folder = shared("conformance/small")
        problems = [read_problem(json.loads(path.read_bytes())) for path in sorted(folder.glob("?????.json"))]
        assert problems
        assert {checked(problem) for problem in problems} == {Verdict()}

    def test_takes_seconds_for_an_organisation_of_10000(self) -> None:
        problem = organisation(10_000, 12, seed=1)
        result = propose(problem, certificate=True)
        assert result.status == "optimal"
        started = time.process_time()
        assert check(problem, result, result.certificate) == Verdict()
        assert time.process_time() - started < 5

    def test_follows_a_large_field_that_was_taken_apart(self) -> None:
        problem = organisation(10_000, 8, seed=2, cohesion=50)
        result = propose(problem, limit=WorkLimit(seconds=None), certificate=True)
        assert result.certificate is not None
        assert any(proof.part.below for proof in result.certificate.proofs)
        assert check(problem, result, result.certificate) == Verdict()

    def test_sees_for_itself_who_of_many_alike_can_be_left_out(self) -> None:
        people = [{"id": f"p{n:04}", "skills": {"go": 3 + n % 2}} for n in range(600)]
        roles = [{"id": f"r{n}", "needs": [{"skill": "go", "level": 2}]} for n in range(4)]
        problem = read_problem({"format": "muster-problem/1", "weeks": 2, "people": people, "roles": roles})
        assert checked(problem) == Verdict()

    def test_says_so_when_it_cannot_tell(self) -> None:
        result = an_answer()
        assert check(a_problem(), result, result.certificate, patience=1).fault is Fault.UNDECIDED

    def test_is_of_the_answer_that_comes_without_a_certificate_too(self) -> None:
        plain = propose(a_problem())
        assert plain.certificate is None
        # The way there may differ: more is left out early where nobody asks for a proof of it.
        assert {**plain.to_json(), "work": None} == {**an_answer().to_json(), "work": None}


class TestAMutatedAnswer:
    @thorough
    @given(documents(), st.data())
    def test_with_another_person_on_a_seat_is_refused(self, document: dict[str, Any], data: st.DataObject) -> None:
        problem = read_problem(document)
        result = propose(problem, certificate=True)
        assume(result.teams)
        place = data.draw(st.integers(0, len(result.teams) - 1))
        seats = list(result.teams[place].assignments)
        seat = data.draw(st.integers(0, len(seats) - 1))
        people = [who for who in (*problem.people.ids, None) if who != seats[seat].person]
        seats[seat] = replace(seats[seat], person=data.draw(st.sampled_from(people)))
        teams = list(result.teams)
        teams[place] = replace(teams[place], assignments=tuple(seats))
        assert not check(problem, replace(result, teams=tuple(teams)), result.certificate).accepted

    @thorough
    @given(documents(), st.sampled_from([-1, 1]))
    def test_with_units_off_by_one_is_refused(self, document: dict[str, Any], amount: int) -> None:
        problem = read_problem(document)
        result = propose(problem, certificate=True)
        assume(result.teams)
        first, *others = result.teams
        off = replace(first, units=first.units + amount, bound=first.bound + amount)
        found = check(problem, replace(result, teams=(off, *others)), result.certificate)
        assert (found.fault, found.team, found.stated, found.actual) == (Fault.UNITS, 1, off.units, first.units)

    @thorough
    @given(documents())
    def test_that_keeps_its_last_team_to_itself_is_refused(self, document: dict[str, Any]) -> None:
        problem = read_problem(document)
        result = propose(problem, certificate=True)
        assume(len(result.teams) > 1)
        assert not check(problem, replace(result, teams=result.teams[:-1]), result.certificate).accepted

    @thorough
    @given(documents(), st.data())
    def test_that_forgets_somebody_is_refused_unless_nobody_misses_them(
        self, crowded: None, document: dict[str, Any], data: st.DataObject
    ) -> None:
        problem = read_problem(document)
        who = data.draw(st.sampled_from(problem.people.ids))
        rules = replace(problem.rules, exclude=(*problem.rules.exclude, who))
        forgetful = propose(replace(problem, rules=rules), certificate=True)
        if check(problem, forgetful, forgetful.certificate).accepted:
            right = propose(problem)
            assert (forgetful.status, [team.people for team in forgetful.teams]) == (
                right.status,
                [team.people for team in right.teams],
            )

    def test_is_refused_where_a_seat_or_a_pair_is_off_by_one(self) -> None:
        first, *others = an_answer().teams
        seat, pair = first.assignments[0], first.pairs[0]
        off = replace(first, assignments=(replace(seat, units=seat.units + 1), *first.assignments[1:]))
        assert verdict(with_teams(off, *others)).fault is Fault.UNITS
        off = replace(first, pairs=(replace(pair, units=pair.units - 1), *first.pairs[1:]))
        assert verdict(with_teams(off, *others)).fault is Fault.UNITS

    def test_with_a_measure_changed_is_refused(self) -> None:
        first, *others = an_answer().teams
        off = replace(first, measures={**first.measures, "fit": first.measures["fit"] + 0.01})  # type: ignore[dict-item, index]
        assert verdict(with_teams(off, *others)).fault is Fault.MEASURE

    def test_with_two_teams_exchanged_is_refused(self) -> None:
        first, second, third = an_answer().teams
        assert verdict(with_teams(first, third, second)).fault in {Fault.RANK, Fault.BETTER}

    def test_with_a_team_left_out_in_between_is_refused(self) -> None:
        first, _, third = an_answer().teams
        assert not verdict(with_teams(first, third)).accepted

    def test_that_claims_a_worse_team_to_be_proven_is_refused(self) -> None:
        problem, best = replace(a_problem(), teams=1), an_answer().teams[0]
        result = propose(problem, certificate=True)
        without = replace(problem, rules=replace(problem.rules, exclude=(str(best.people[0]),)))
        worse = propose(without).teams[0]
        found = check(problem, replace(result, teams=(worse,)), result.certificate)
        assert found.fault in {Fault.BETTER, Fault.LEFT_OUT}

    def test_with_a_bound_too_low_is_refused(self) -> None:
        first, *others = an_answer().teams
        assert verdict(with_teams(replace(first, bound=first.units - 1), *others)).fault is Fault.BOUND
        problem = replace(a_problem(), teams=1)
        result = propose(replace(problem, rules=replace(problem.rules, exclude=(str(first.people[0]),))))
        low = replace(result.teams[0], bound=first.units - 1, proven=False)
        assert low.units < low.bound
        limited = replace(an_answer(), status=type(an_answer().status).LIMIT, teams=(low,))
        found = check(problem, limited, propose(problem, certificate=True).certificate)
        assert (found.fault, found.people) == (Fault.BETTER, first.people)

    def test_with_another_status_is_refused(self) -> None:
        for status in ("partial", "infeasible"):
            assert verdict(replace(an_answer(), status=type(an_answer().status)(status))).fault is Fault.STATUS

    @pytest.mark.parametrize("mentor", ["cy", "ann", None])
    def test_with_another_mentor_is_refused(self, mentor: str | None) -> None:
        document = {
            "format": "muster-problem/1",
            "weeks": 1,
            "people": [
                {"id": "ann", "skills": {"go": 1}, "goals": {"go": 2}},
                {"id": "bob", "skills": {"go": 4, "sql": 2}},
                {"id": "cy", "skills": {"go": 3, "law": 2}},
            ],
            "roles": [
                {"id": "writer", "needs": [{"skill": "go", "level": 2}]},
                {"id": "keeper", "needs": [{"skill": "sql", "level": 2}]},
                {"id": "lawyer", "needs": [{"skill": "law", "level": 2}]},
            ],
            "rules": {"stretch": True},
        }
        problem = read_problem(document)
        result = propose(problem, certificate=True)
        assert check(problem, result, result.certificate) == Verdict()
        team = result.teams[0]
        changed = (replace(team.assignments[0], mentor=mentor), *team.assignments[1:])
        off = replace(result, teams=(replace(team, assignments=changed),))
        assert check(problem, off, result.certificate).fault is Fault.MENTOR

    def test_that_denies_there_is_a_team_is_refused(self) -> None:
        document = {
            "format": "muster-problem/1",
            "weeks": 1,
            "people": [{"id": "ann", "skills": {"go": 3}}, {"id": "bob"}],
            "roles": [{"id": "dev", "needs": [{"skill": "go", "level": 3}]}],
            "teams": 1,
        }
        hopeless = {**document, "rules": {"exclude": ["ann"]}}
        denial = propose(read_problem(hopeless), certificate=True)
        assert denial.infeasible is not None
        assert check(read_problem(hopeless), denial, denial.certificate) == Verdict()
        assert check(read_problem(document), denial, denial.certificate).fault is Fault.CONFLICT


class TestAMutatedCertificate:
    def test_that_is_missing_proves_nothing(self) -> None:
        assert check(a_problem(), an_answer(), None).fault is Fault.NO_PROOF
        assert verdict(an_answer(), Certificate()).fault is Fault.NO_PROOF

    def test_with_a_potential_changed_is_refused(self) -> None:
        certificate = copy.deepcopy(an_answer().certificate)
        assert certificate is not None
        moved = certificate.proofs[0].everybody.moved  # type: ignore[union-attr]
        moved[1, 0] -= 1_000_000
        found = verdict(an_answer(), certificate)
        assert found.fault is Fault.POTENTIAL
        assert len(found.seats) == len(found.people) == 2

    @pytest.mark.parametrize("amount", [1 << 40, -(1 << 40)])
    def test_with_absurd_potentials_is_refused(self, amount: int) -> None:
        certificate = copy.deepcopy(an_answer().certificate)
        assert certificate is not None
        certificate.proofs[0].everybody.moved[:] = amount  # type: ignore[union-attr]
        assert not verdict(an_answer(), certificate).accepted

    def test_that_leaves_out_a_member_of_a_team_is_refused(self) -> None:
        certificate = copy.deepcopy(an_answer().certificate)
        assert certificate is not None
        who = a_problem().position[str(an_answer().teams[0].people[0])]
        proofs = [replace(proof, part=without(proof.part, who)) for proof in certificate.proofs]
        found = verdict(an_answer(), Certificate(proofs))
        assert (found.fault, found.people) == (Fault.LEFT_OUT, (an_answer().teams[0].people[0],))

    def test_that_leaves_out_a_part_is_refused(self, overcrowded: None) -> None:
        problem = organisation(300, 4, seed=1)
        result = propose(problem, certificate=True)
        assert result.certificate is not None
        assert check(problem, result, result.certificate) == Verdict()
        root = next(proof.part for proof in result.certificate.proofs if len(proof.part.below) > 1)
        seats = [problem.position[str(who)] for who in result.teams[0].people]
        root.below.remove(next(part for part in root.below if holds(part, seats)))
        assert check(problem, result, result.certificate).fault is Fault.LEFT_OUT

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda choices: Choices(choices.starts[:-1], choices.person),
            lambda choices: Choices(choices.starts, choices.person[::-1].copy()),
            lambda choices: Choices(choices.starts, choices.person - 1_000),
            lambda choices: Choices(choices.starts, choices.person.astype(np.float64)),
        ],
        ids=["too few seats", "not ascending", "nobody", "no whole numbers"],
    )
    def test_without_its_shape_is_refused(self, spoil: Callable[[Choices], Choices]) -> None:
        certificate = copy.deepcopy(an_answer().certificate)
        assert certificate is not None
        for proof in certificate.proofs:
            proof.part.choices = spoil(proof.part.choices)
        assert verdict(an_answer(), certificate).fault is Fault.MALFORMED


def without(part: Part, who: int) -> Part:
    kept = part.choices.person != who
    return Part(Choices.of(part.choices.starts, part.choices.person, kept), part.potentials, part.below)


def holds(part: Part, team: list[int]) -> bool:
    starts, person = part.choices.starts, part.choices.person
    return all(who in person[starts[seat] : starts[seat + 1]] for seat, who in enumerate(team))


class TestThePortfolioCheck:
    @thorough
    @given(portfolios())
    def test_accepts_every_answer(self, document: dict[str, Any]) -> None:
        portfolio = read_portfolio(document)
        assert check_portfolio(portfolio, propose_portfolio(portfolio)) == Verdict()

    def test_refuses_another_total_a_low_bound_and_full_weeks(self) -> None:
        needs = [{"skill": "go", "level": 3}]
        roles = [{"id": "dev", "fte": 0.6, "needs": needs}]
        document = {
            "format": "muster-portfolio/1",
            "weeks": 2,
            "people": [{"id": "ann", "skills": {"go": 3}}, {"id": "bob", "skills": {"go": 3}}],
            "projects": [{"id": "shop", "roles": roles}, {"id": "bank", "roles": roles}],
        }
        portfolio = read_portfolio(document)
        result = propose_portfolio(portfolio)
        assert check_portfolio(portfolio, result) == Verdict()
        assert check_portfolio(portfolio, replace(result, total=result.total + 1)).fault is Fault.TOTAL
        assert check_portfolio(portfolio, replace(result, bound=result.total - 1)).fault is Fault.BOUND
        shop, bank = result.projects
        both = replace(result, projects=(shop, replace(bank, team=shop.team)))
        assert check_portfolio(portfolio, both).fault is Fault.OVERBOOKED


class TestTheChecker:
    def test_knows_nothing_of_the_search(self) -> None:
        known = {"staffing.problem", "staffing.terms", "staffing.certificate"}
        imported = {name for path in CHECKER.glob("*.py") for name in imports(path) if name.startswith("staffing")}
        assert {name for name in imported if not name.startswith("staffing.checking")} == known
        modules = [CHECKER.parent / f"{name.removeprefix('staffing.')}.py" for name in known]
        below = {name for path in modules for name in imports(path)}
        assert {name for name in below if name.startswith("staffing")} <= known


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
