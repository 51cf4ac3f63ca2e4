"""Locks come first: what they take is set aside before anybody is chosen, and projects that cannot have a team go.

Whatever a project that goes was locked to is free again for the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from staffing.conflicts import Conflict, RuleName, dropped, find_conflicts, stated_rules
from staffing.portfolio.capacity import Ledger
from staffing.portfolio.pool import ProjectPool, locked_load
from staffing.portfolio.problem import Project
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.seating import pinned
from staffing.stopping import Work
from staffing.terms import Cause, RuleKind

_LOCKS = (Cause.LOCKED_OUT, Cause.OVERLOCKED)


@dataclass(frozen=True)
class Hopeless:
    """Why a project can have no team."""

    conflicts: tuple[Conflict, ...] = ()
    """What stands in the way even with everybody to itself."""
    rivals: tuple[str, ...] = ()
    """Otherwise: the projects whose locks take the people that it cannot do without."""


@dataclass(frozen=True, eq=False)
class Ready:
    pools: Sequence[ProjectPool]
    """Of the projects that may have a team, numbered in the order of the projects."""
    hopeless: Mapping[str, Hopeless]
    """By id of the others."""
    reserved: Ledger
    """What locks take."""


def make_ready(projects: Sequence[Project], work: Work) -> Ready:
    """Where locks do not go together, or keep a project from any team, those go first that come last."""
    out: dict[str, Hopeless] = {}
    while True:
        staying = [project for project in projects if project.id not in out]
        kept, clashing, reserved = _reserve(staying)
        pools = [ProjectPool(n, project, reserved, work) for n, project in enumerate(kept)]
        idle = [pool for pool in pools if pool.has_no_team]
        alone = {pool.project.id: why for pool in idle if (why := _alone(pool.project, work))}
        if not idle:
            return Ready(pools, out | clashing, reserved)
        last = idle[-1]
        out |= alone or {last.project.id: Hopeless(rivals=_rivals(last, kept))}


def _reserve(projects: Sequence[Project]) -> tuple[list[Project], dict[str, Hopeless], Ledger]:
    weeks = projects[0].problem.weeks if projects else 1
    reserved = Ledger(weeks)
    kept: list[Project] = []
    clashing: dict[str, Hopeless] = {}
    for project in projects:
        load = locked_load(project.problem)
        if reserved.fits(project.problem.people, load) or not _shares_locks(project, kept):
            reserved.take(load)
            kept.append(project)
        else:
            clashing[project.id] = Hopeless(rivals=_shares_locks(project, kept))
    return kept, clashing, reserved


def _shares_locks(project: Project, others: Sequence[Project]) -> tuple[str, ...]:
    """Those of the others that somebody is locked to who is locked to this one too."""
    mine = {who for _, who in project.problem.rules.locks}
    return tuple(other.id for other in others if mine & {who for _, who in other.problem.rules.locks})


def _rivals(pool: ProjectPool, kept: Sequence[Project]) -> tuple[str, ...]:
    eligible = {who for role in pool.candidates for who in role.people.tolist()}
    return tuple(
        other.id
        for other in kept
        if other.id != pool.project.id and eligible & {who for who in pinned(other.problem) if who is not None}
    )


def _alone(project: Project, work: Work) -> Hopeless | None:
    """Why the project has no team even with everybody to itself; None when it has one."""
    if _has_team(project, work):
        return None
    problem = project.problem
    scoring = Scoring(problem)
    eligibility = Eligibility(problem, scoring)
    locks = tuple(c for c in find_conflicts(problem, scoring, eligibility) if c.cause in _LOCKS)
    return Hopeless(conflicts=locks or (_rules(project, work),))


def _has_team(project: Project, work: Work) -> bool:
    weeks = project.problem.weeks
    return not ProjectPool(0, project, Ledger(weeks, [locked_load(project.problem)]), work).has_no_team


def _rules(project: Project, work: Work) -> Conflict:
    """Rules that no team keeps, from which none can be left out (deletion filter)."""
    needed: list[RuleName] = []
    rest = project
    for rule in stated_rules(project.problem.rules):
        without = replace(rest, problem=dropped(rest.problem, rule))
        if _has_team(without, work):
            needed.append(rule)
        else:
            rest = without
    if project.problem.rules.stretch and not needed:
        needed.append(RuleName(RuleKind.MENTOR))
    return Conflict(Cause.RULES, rules=tuple(needed))
