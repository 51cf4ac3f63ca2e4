"""The door of the engine: a problem in, the best teams out."""

from staffing.breakdown import break_down
from staffing.certificate import Certificate
from staffing.deciding import deciding
from staffing.feasibility import has_team, is_open
from staffing.infeasible import explain_infeasible
from staffing.problem import Problem
from staffing.proposal import Considered, Result, Spent, Team
from staffing.rules import Candidates, Eligibility
from staffing.scoring import Scoring
from staffing.search import Found
from staffing.solving import Solver
from staffing.stopping import Progress, Work, WorkLimit
from staffing.terms import Status


def propose(
    problem: Problem,
    *,
    limit: WorkLimit | None = None,
    progress: Progress | None = None,
    certificate: bool = False,
) -> Result:
    """The problem's teams, best first, each proven unless the limit came first.

    With a certificate the answer also holds what `check` needs to see for itself that it is right.
    `progress` is called every so often with the work done so far. Nothing here looks at a clock except the safety belt
    of `WorkLimit.seconds`.
    """
    scoring = Scoring(problem)
    eligibility = Eligibility(problem, scoring)
    work = Work(limit or WorkLimit(), progress)
    written = Certificate() if certificate else None
    few: list[Candidates] | None = None
    if not problem.rules.allow_gaps and not is_open(problem, eligibility.candidates):
        few = deciding(problem, scoring, eligibility.candidates)
    hopeless = few is not None and has_team(problem, scoring, few) is False
    teams: tuple[Team, ...] = ()
    proven = True
    if not hopeless or certificate:
        solver = Solver(problem, scoring, eligibility.candidates, work, written)
        teams, proven = _teams(problem, scoring, eligibility, solver, work)
    status = Status.INFEASIBLE if hopeless else _status(teams, proven)
    return Result(
        status=status,
        teams=teams,
        considered=Considered(
            people=len(problem.people) + sum(problem.others.values()),
            eligible={
                role.id: len(who.people) for role, who in zip(problem.roles, eligibility.candidates, strict=True)
            },
            excluded=eligibility.bars(),
        ),
        work=Spent(work.nodes, work.sweeps, work.interrupted),
        infeasible=explain_infeasible(problem, scoring, eligibility, few) if status is Status.INFEASIBLE else None,
        certificate=written,
    )


def _teams(
    problem: Problem, scoring: Scoring, eligibility: Eligibility, solver: Solver, work: Work
) -> tuple[tuple[Team, ...], bool]:
    """The teams, and whether each is proven and there are no more."""
    found: list[Found] = []
    cut = False
    while len(found) < problem.teams and not work.interrupted:
        with work.at_most(work.left // 2 if len(found) + 1 < problem.teams else work.left):
            one = solver.next([earlier.team for earlier in found if earlier.team is not None])
        cut = cut or one.cut
        if one.team is None:
            break
        found.append(one)
    return tuple(
        break_down(problem, scoring, eligibility.candidates, one.team, one.bound)
        for one in _ranked(problem, found)
        if one.team is not None
    ), not cut and not work.interrupted


def _ranked(problem: Problem, found: list[Found]) -> list[Found]:
    """The teams best first. Once one is not proven, a later one may be better, and no bound is below the first's."""
    empty = len(problem.people)

    def rank(one: Found) -> tuple[int, int, tuple[int, ...]]:
        team = one.team or ()
        return team.count(empty), -one.units, team

    proven = next((n for n, one in enumerate(found) if one.cut), len(found))
    rest = sorted(found[proven:], key=rank)
    return [*found[:proven], *(Found(one.team, one.units, found[proven].bound) for one in rest)]


def _status(teams: tuple[Team, ...], proven: bool) -> Status:
    if not proven:
        return Status.LIMIT
    if not teams:
        return Status.INFEASIBLE
    return Status.OPTIMAL if None not in teams[0].people else Status.PARTIAL
