"""What stands behind a team's measures, as counts: the numbers that a sentence about the team may use."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from staffing.problem import Problem
from staffing.proposal import Assignment, Team


@dataclass(frozen=True)
class TeamFacts:
    """Counts over the filled seats; pairs are pairs of different members."""

    needs: int
    needs_met: int
    pairs: int
    pairs_tied: int
    hours_apart: float
    """Largest difference of two members' UTC offsets, round the clock the shorter way."""
    learning: int
    """Seats on which somebody practises a learning goal."""
    stretches: int
    """Seats whose holder is one level short in a must-have and has a mentor on the team."""
    successes: float
    projects: float
    cost: float
    """Of all seats over their whole period, in the organisation's currency."""
    weekly_rate: float
    """Mean over the filled seats of what their holders cost a full-time week: what thrift is measured by."""
    highest_load: float
    """Of the member that was drawn on most lately, in [0, 1]."""
    empty: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def team_facts(problem: Problem, team: Team) -> TeamFacts:
    filled = [assignment for assignment in team.assignments if assignment.person is not None]
    members = sorted({problem.position[person] for person in team.people if person is not None})
    needs = [need for assignment in filled for need in assignment.needs]
    tied = {frozenset((_person(team, a), _person(team, b))) for a, b in (p.seats for p in team.pairs if p.tie > 0)}
    people = problem.people
    offsets = people.utc_offset[members].tolist()
    return TeamFacts(
        needs=len(needs),
        needs_met=sum(need.level >= need.needed for need in needs),
        pairs=len(members) * (len(members) - 1) // 2,
        pairs_tied=sum(len(pair) == 2 for pair in tied),
        hours_apart=max((hours_between(a, b) for a in offsets for b in offsets), default=0.0),
        learning=sum(any(need.target is not None and need.level < need.target for need in a.needs) for a in filled),
        stretches=sum(assignment.stretch is not None for assignment in filled),
        successes=round(float(people.successes[members].sum()), 3),
        projects=float(people.projects[members].sum()),
        cost=round(sum(seat_cost(problem, assignment) for assignment in filled), 2),
        weekly_rate=round(float(np.mean([_weekly(problem, a) for a in filled])), 2) if filled else 0.0,
        highest_load=float(people.recent_load[members].max(initial=0.0)),
        empty=len(team.assignments) - len(filled),
    )


def seat_cost(problem: Problem, assignment: Assignment) -> float:
    """What the seat's holder costs over the role's weeks at the role's share."""
    role = problem.roles[problem.role_position[assignment.role]]
    return _weekly(problem, assignment) * role.fte / problem.share_scale * role.weeks


def _weekly(problem: Problem, assignment: Assignment) -> float:
    return float(problem.people.cost[problem.position[assignment.person or ""]])


def hours_between(a: float, b: float) -> float:
    gap = abs(a - b)
    return min(gap, 24 - gap)


def _person(team: Team, seat: int) -> str | None:
    return team.assignments[seat].person
