"""The door of the portfolio: projects in; a team for each, and a bound on every other choice of teams, out."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from staffing.breakdown import break_down
from staffing.portfolio.answer import PortfolioResult, ProjectAnswer, Staffing
from staffing.portfolio.capacity import Ledger
from staffing.portfolio.competition import capacity_prices, competitions
from staffing.portfolio.pool import Column, ProjectPool
from staffing.portfolio.problem import Portfolio, Project
from staffing.portfolio.promises import Ready, make_ready
from staffing.portfolio.solving import Staffed, staff
from staffing.problem import People
from staffing.proposal import Spent, Team
from staffing.stopping import Progress, Work, WorkLimit
from staffing.terms import Status, Vacancy

LIMIT = WorkLimit(nodes=1_000_000, seconds=60.0)


def propose_portfolio(
    portfolio: Portfolio, *, limit: WorkLimit | None = None, progress: Progress | None = None
) -> PortfolioResult:
    """Teams for all projects that are together worth as much as can be found, and a certified bound on that.

    Locks come first: what they take is set aside, and where two projects' locks do not go together, the one with the
    higher priority (then the smaller id) keeps its own. `progress` is called every so often with the work done so far.
    """
    work = Work(limit or LIMIT, progress)
    ready = make_ready(sorted(portfolio.projects, key=lambda project: (-project.priority, project.id)), work)
    people = portfolio.one.people
    staffed = staff(ready.pools, people, ready.reserved, work) if ready.pools else None
    answers = _staffed_projects(staffed, ready, people) if staffed else {}
    projects = tuple(answers.get(project.id) or _hopeless(project, ready) for project in portfolio.projects)
    ids = [pool.project.id for pool in ready.pools]
    prices = staffed.guide.prices if staffed else None
    wanted = _wanted(staffed, ready.pools) if staffed else ()
    scarce = () if prices is None else capacity_prices(prices, wanted, ids, people, ready.reserved)
    return PortfolioResult(
        status=_status(projects, proven=staffed is None or staffed.proven),
        projects=projects,
        total=sum((project.worth for project in projects), Fraction(0)),
        bound=staffed.bound if staffed else Fraction(0),
        prices=scarce,
        competition=competitions(scarce),
        people=len(people),
        work=Spent(work.nodes, work.sweeps, work.interrupted),
    )


def _wanted(staffed: Staffed, pools: Sequence[ProjectPool]) -> Iterable[Column]:
    """Teams that projects have, would share at the prices, or would have with everybody to themselves."""
    yield from staffed.selection.columns
    yield from staffed.guide.mixture
    yield from (pool.column(pool.alone.team) for pool in pools if pool.alone.team is not None)


def _status(projects: Sequence[ProjectAnswer], proven: bool) -> Status:
    if all(project.staffing is Staffing.INFEASIBLE for project in projects):
        return Status.INFEASIBLE
    if not proven:
        return Status.LIMIT
    whole = all(project.staffing is Staffing.COMPLETE for project in projects)
    return Status.OPTIMAL if whole else Status.PARTIAL


def _hopeless(project: Project, ready: Ready) -> ProjectAnswer:
    why = ready.hopeless[project.id]
    staffing = Staffing.INFEASIBLE if why.conflicts else Staffing.CROWDED_OUT
    return ProjectAnswer(
        project.id, staffing, _seats(project), None, Fraction(0), conflicts=why.conflicts, rivals=why.rivals
    )


def _staffed_projects(staffed: Staffed, ready: Ready, people: People) -> dict[str, ProjectAnswer]:
    columns = staffed.selection.columns
    taken = ready.reserved.copy()
    for column in columns:
        taken.take(column.load)
    return {
        pool.project.id: _staffed(pool, column, taken, people)
        if column.team is not None
        else _left_out(pool, ready.pools, columns)
        for pool, column in zip(ready.pools, columns, strict=True)
    }


def _staffed(pool: ProjectPool, column: Column, taken: Ledger, people: People) -> ProjectAnswer:
    assert column.team is not None
    team = break_down(pool.problem, pool.scoring, pool.candidates, column.team)
    staffing = Staffing.COMPLETE if column.filled == pool.seats else Staffing.PARTIAL
    return ProjectAnswer(
        id=pool.project.id,
        staffing=staffing,
        seats=_seats(pool.project),
        team=team,
        worth=column.worth,
        elsewhere=tuple(_busy_elsewhere(pool, team, column.team, taken, people)),
        alone=_alone(pool),
    )


def _alone(pool: ProjectPool) -> tuple[int, int] | None:
    if pool.alone.team is None:
        return None
    column = pool.column(pool.alone.team)
    return column.filled, column.units


def _busy_elsewhere(
    pool: ProjectPool, team: Team, members: Sequence[int], taken: Ledger, people: People
) -> Iterable[int]:
    """Empty seats for which everybody eligible outside the team lacks the time."""
    for place, assignment in enumerate(team.assignments):
        if assignment.vacancy is Vacancy.RULE:
            position = pool.problem.seats[place].role
            eligible = pool.candidates[position].people
            others = eligible[~np.isin(eligible, np.array(members))]
            if not taken.has_room(people, pool.problem.roles[position], others).any():
                yield place


def _left_out(pool: ProjectPool, pools: Sequence[ProjectPool], columns: Sequence[Column]) -> ProjectAnswer:
    """Without a team because others have the people: named are all who hold somebody eligible."""
    eligible = {who for role in pool.candidates for who in role.people.tolist()}
    rivals = tuple(
        other.project.id
        for other, column in zip(pools, columns, strict=True)
        if other is not pool and column.team is not None and eligible & set(column.team)
    )
    seats = _seats(pool.project)
    return ProjectAnswer(
        pool.project.id, Staffing.CROWDED_OUT, seats, None, Fraction(0), alone=_alone(pool), rivals=rivals
    )


def _seats(project: Project) -> tuple[tuple[str, int], ...]:
    problem = project.problem
    return tuple((problem.roles[seat.role].id, seat.number) for seat in problem.seats)
