"""`muster-portfolio/1` in. Strict: whatever is not understood is refused with its path."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from staffing.document import Value
from staffing.portfolio.problem import FORMAT, Portfolio, Project
from staffing.problem import Problem, Rules
from staffing.reading import (
    MAX_WEEKS,
    RULES_KEYS,
    StatedRoles,
    read_communication,
    read_cost_range,
    read_rules,
    read_track_prior,
    read_weights,
)
from staffing.reading_people import Pool, share_scale
from staffing.terms import DEFAULT_WEIGHTS, Measure

MAX_PROJECTS = 1000
MAX_SEATS_IN_ALL = 2000
MAX_PRIORITY = 1e6

_PORTFOLIO = ("format", "weeks", "people", "ties", "communication", "weights", "cost_range", "track_prior", "projects")
_PROJECT = ("id", "priority", "roles", "communication", "weights", "rules")


def read_portfolio(data: Mapping[str, Any]) -> Portfolio:
    """The portfolio that a `muster-portfolio/1` document states; `ProblemError` when it states none.

    `weights` and `communication` at the top hold for every project without its own. Seats may stay empty whatever the
    rules of a project say about gaps.
    """
    top = Value(data).fields(*_PORTFOLIO)
    if top["format"].raw != FORMAT:
        raise top["format"].refuse(f"must be {FORMAT!r}.")
    weeks = top["weeks"].whole(1, MAX_WEEKS)
    pool = Pool(top["people"], weeks)
    projects = _stated(top["projects"], weeks)
    scale = share_scale(*pool.shares, *(project.roles.shares for project in projects))
    roles = [project.roles.read(scale) for project in projects]
    if sum(role.seats for own in roles for role in own) > MAX_SEATS_IN_ALL:
        raise top["projects"].refuse(f"must have at most {MAX_SEATS_IN_ALL} seats in all.")
    rules = [project.rules(pool.position) for project in projects]
    named = {need.skill for own in roles for role in own for need in role.needs}
    named |= {wish.skill for own in rules for wish in own.team_skills}
    everywhere = {role: n for n, role in enumerate(dict.fromkeys(role.id for own in roles for role in own))}
    talk = read_communication(top.get("communication", []), everywhere)
    weights = read_weights(top.get("weights", DEFAULT_WEIGHTS))
    shared = Problem(
        weeks=weeks,
        people=pool.people(scale),
        roles=roles[0],
        ratings=pool.ratings(named),
        goals=pool.goals(named),
        ties=pool.ties(top.get("ties", [])),
        cost_range=read_cost_range(top.get("cost_range", [0, 1])),
        track_prior=read_track_prior(top.get("track_prior", {}).fields("mean", "strength")),
        rules=Rules(allow_gaps=True),
        share_scale=scale,
    )
    return Portfolio(
        tuple(
            Project(
                id=project.id,
                problem=replace(
                    shared, roles=own, rules=kept, communication=project.talk(talk), weights=project.weights(weights)
                ),
                priority=project.priority(),
            )
            for project, own, kept in zip(projects, roles, rules, strict=True)
        )
    )


class _Stated:
    """One project of a document."""

    def __init__(self, value: Value, weeks: int) -> None:
        self._value = value.fields(*_PROJECT)
        self.id = value["id"].text()
        self.roles = StatedRoles(value["roles"], weeks)

    def rules(self, people: Mapping[str, int]) -> Rules:
        stated = self._value.get("rules", {}).fields(*RULES_KEYS)
        return replace(read_rules(stated, people, self.roles.position), allow_gaps=True)

    def talk(self, everywhere: Mapping[tuple[str, str], float]) -> Mapping[tuple[str, str], float]:
        own = self.roles.position
        if self._value.has("communication"):
            return read_communication(self._value["communication"], own)
        return {pair: amount for pair, amount in everywhere.items() if own.keys() >= set(pair)}

    def weights(self, everywhere: Mapping[Measure, float]) -> Mapping[Measure, float]:
        return read_weights(self._value["weights"]) if self._value.has("weights") else everywhere

    def priority(self) -> Fraction:
        value = self._value.get("priority", 1)
        priority = value.number(0, MAX_PRIORITY)
        if not priority:
            raise value.refuse("must be above 0.")
        return Fraction(str(priority))


def _stated(projects: Value, weeks: int) -> list[_Stated]:
    values = projects.items()
    if not 1 <= len(values) <= MAX_PROJECTS:
        raise projects.refuse(f"must name 1 to {MAX_PROJECTS} projects.")
    stated: dict[str, _Stated] = {}
    for value in values:
        project = _Stated(value, weeks)
        if project.id in stated:
            raise value["id"].refuse("is the id of an earlier project too.")
        stated[project.id] = project
    return list(stated.values())
