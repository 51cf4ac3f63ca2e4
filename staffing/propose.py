"""The door of the engine: a problem in, the best teams out."""

from staffing.breakdown import break_down
from staffing.problem import Problem
from staffing.proposal import Considered, Result, Spent, Team
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.seating import Team as People
from staffing.seating import members
from staffing.solving import Solver
from staffing.stopping import Progress, Work, WorkLimit
from staffing.terms import Status


def propose(problem: Problem, *, limit: WorkLimit | None = None, progress: Progress | None = None) -> Result:
    """The problem's teams, best first, each proven unless the limit came first.

    `progress` is called every so often with the work done so far. Nothing here looks at a clock except the safety belt
    of `WorkLimit.seconds`.
    """
    scoring = Scoring(problem)
    eligibility = Eligibility(problem, scoring)
    work = Work(limit or WorkLimit(), progress)
    teams = _teams(problem, scoring, eligibility, Solver(problem, scoring, eligibility, work))
    return Result(
        status=_status(teams),
        teams=teams,
        considered=Considered(
            people=len(problem.people),
            eligible={
                role.id: len(who.people) for role, who in zip(problem.roles, eligibility.candidates, strict=True)
            },
            excluded=eligibility.bars(),
        ),
        work=Spent(work.nodes, work.sweeps, work.interrupted),
    )


def _teams(problem: Problem, scoring: Scoring, eligibility: Eligibility, solver: Solver) -> tuple[Team, ...]:
    found: list[tuple[People, int]] = []
    while len(found) < problem.teams:
        one = solver.next([members(problem, team) for team, _ in found])
        if one.team is None:
            break
        found.append((one.team, one.bound))
    return tuple(break_down(problem, scoring, eligibility.candidates, team, bound) for team, bound in found)


def _status(teams: tuple[Team, ...]) -> Status:
    if not teams:
        return Status.INFEASIBLE
    if not all(team.proven for team in teams):
        return Status.LIMIT
    return Status.OPTIMAL if None not in teams[0].people else Status.PARTIAL
