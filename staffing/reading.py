"""`muster-problem/1` in and out. Strict: whatever is not understood is refused with its path."""

from collections.abc import Mapping
from typing import Any

from staffing.columns import Column
from staffing.document import ProblemError, Value
from staffing.problem import FORMAT, Need, Problem, Role, Rules, TeamSkill, TrackPrior
from staffing.reading_people import MAX_AMOUNT, Pool, Shares, read_pairs, share_scale
from staffing.terms import DEFAULT_WEIGHTS, Bar, Measure

MAX_WEEKS = 1040
MAX_SEATS = 200
MAX_OTHERS = 10**9

ROLE_KEYS = ("id", "seats", "fte", "from", "to", "needs")
_PROBLEM = (
    *("format", "weeks", "people", "ties", "roles", "communication", "weights", "cost_range", "track_prior"),
    *("rules", "teams", "min_difference", "others"),
)
RULES_KEYS = (
    *("locks", "exclude", "never_together", "max_seats_per_person", "max_people", "budget", "team_skills"),
    *("stretch", "allow_gaps"),
)


def read_problem(data: Mapping[str, Any]) -> Problem:
    """The problem that a `muster-problem/1` document states; `ProblemError` when it states none."""
    top = Value(data).fields(*_PROBLEM)
    if top["format"].raw != FORMAT:
        raise top["format"].refuse(f"must be {FORMAT!r}.")
    weeks = top["weeks"].whole(1, MAX_WEEKS)
    pool = Pool(top["people"], weeks)
    stated = StatedRoles(top["roles"], weeks)
    scale = share_scale(*pool.shares, stated.shares)
    roles = stated.read(scale)
    rules = read_rules(top.get("rules", {}).fields(*RULES_KEYS), pool.position, stated.position)
    named = {need.skill for role in roles for need in role.needs} | {wish.skill for wish in rules.team_skills}
    return Problem(
        weeks=weeks,
        people=pool.people(scale),
        roles=roles,
        ratings=pool.ratings(named),
        goals=pool.goals(named),
        ties=pool.ties(top.get("ties", [])),
        communication=read_communication(top.get("communication", []), stated.position),
        weights=read_weights(top.get("weights", DEFAULT_WEIGHTS)),
        cost_range=read_cost_range(top.get("cost_range", [0, 1])),
        track_prior=read_track_prior(top.get("track_prior", {}).fields("mean", "strength")),
        rules=rules,
        teams=top.get("teams", 3).whole(1, 1000),
        min_difference=top.get("min_difference", 2).whole(0, 1000),
        others=read_others(top.get("others", {}).fields(Bar.SKILL, Bar.AVAILABILITY)),
        share_scale=scale,
    )


def write_problem(problem: Problem) -> dict[str, Any]:
    """The document back, canonical: `read_problem(write_problem(p)) == p`."""
    return problem.to_json()


class StatedRoles:
    """The roles of a document, until it is known in how many parts their shares are counted."""

    def __init__(self, roles: Value, weeks: int) -> None:
        self._roles = roles
        self._weeks = weeks
        column = Column.of(roles)
        if not len(column):
            raise roles.refuse("must name at least one role.")
        # Each role has a seat; so many of them need not be looked at one by one.
        self._refuse_more_seats(len(column))
        ids = column.objects(*ROLE_KEYS)["id"].distinct("role")
        self.position: Mapping[str, int] = {role: n for n, role in enumerate(ids)}
        self.shares = Shares(column.get("fte", 1.0))

    def read(self, scale: int) -> tuple[Role, ...]:
        """In the order of the document; `scale` parts are full time."""
        ftes = self.shares.parts(scale).tolist()
        roles = tuple(_role(role, fte, self._weeks) for role, fte in zip(self._roles.items(), ftes, strict=True))
        self._refuse_more_seats(sum(role.seats for role in roles))
        return roles

    def _refuse_more_seats(self, seats: int) -> None:
        if seats > MAX_SEATS:
            raise self._roles.refuse(f"must have at most {MAX_SEATS} seats in all.")


def _role(value: Value, fte: int, weeks: int) -> Role:
    start = value.get("from", 0).whole(0, weeks - 1)
    until = value.get("to", weeks).optional()
    stop = weeks if until is None else until.whole(0, weeks)
    if start >= stop:
        raise value.get("to", weeks).refuse(f"must be after `from`, which is {start}.")
    return Role(
        id=value["id"].text(),
        needs=tuple(_need(need.fields("skill", "level", "must", "weight")) for need in value["needs"].items()),
        start=start,
        stop=stop,
        seats=value.get("seats", 1).whole(1, MAX_SEATS),
        fte=fte,
    )


def _need(value: Value) -> Need:
    return Need(
        skill=value["skill"].text(),
        level=value["level"].whole(1, 5),
        must=value.get("must", True).flag(),
        weight=value.get("weight", 1).number(0, MAX_AMOUNT),
    )


def read_communication(value: Value, roles: Mapping[str, int]) -> dict[tuple[str, str], float]:
    """How much pairs of roles talk, by their ids; `roles` are positions by id."""
    names, pairs = list(roles), read_pairs(value, roles, "role", MAX_AMOUNT)
    return {
        (names[a], names[b]): amount
        for a, b, amount in zip(pairs.first.tolist(), pairs.second.tolist(), pairs.amount.tolist(), strict=True)
    }


def read_others(value: Value) -> dict[Bar, int]:
    return {Bar(name): count.whole(0, MAX_OTHERS) for name, count in value.entries()}


def read_weights(value: Value) -> dict[Measure, float]:
    weights = dict.fromkeys(Measure, 0.0)
    for name, weight in value.fields(*(measure.value for measure in Measure)).entries():
        weights[Measure(name)] = weight.number(0, MAX_AMOUNT)
    if not any(weights.values()):
        raise value.refuse("must have a positive weight.")
    return weights


def read_cost_range(value: Value) -> tuple[float, float]:
    low, high = (bound.number(0, MAX_AMOUNT) for bound in value.items(2))
    if low >= high:
        raise value.refuse("must rise from low to high.")
    return low, high


def read_track_prior(value: Value) -> TrackPrior:
    return TrackPrior(value.get("mean", 0.5).number(0, 1), value.get("strength", 4).number(0, MAX_AMOUNT))


def read_rules(value: Value, people: Mapping[str, int], roles: Mapping[str, int]) -> Rules:
    max_people, budget = value.get("max_people", None).optional(), value.get("budget", None).optional()
    return Rules(
        locks=tuple(_lock(lock, people, roles) for lock in value.get("locks", []).items()),
        exclude=tuple(who.known(people, "person") for who in value.get("exclude", []).items()),
        never_together=tuple(_apart(pair, people) for pair in value.get("never_together", []).items()),
        max_seats_per_person=value.get("max_seats_per_person", 1).whole(1, MAX_SEATS),
        max_people=None if max_people is None else max_people.whole(0, MAX_SEATS),
        budget=None if budget is None else budget.number(0, 1e15),
        team_skills=tuple(
            _team_skill(wish.fields("skill", "level", "people")) for wish in value.get("team_skills", []).items()
        ),
        stretch=value.get("stretch", False).flag(),
        allow_gaps=value.get("allow_gaps", False).flag(),
    )


def _lock(value: Value, people: Mapping[str, int], roles: Mapping[str, int]) -> tuple[str, str]:
    role, person = value.items(2)
    return role.known(roles, "role"), person.known(people, "person")


def _apart(value: Value, people: Mapping[str, int]) -> tuple[str, str]:
    a, b = (who.known(people, "person") for who in value.items(2))
    if a == b:
        raise value.refuse("names one person twice; exclude them instead.")
    return a, b


def _team_skill(value: Value) -> TeamSkill:
    people = value.get("people", 1).whole(0, MAX_SEATS)
    return TeamSkill(value["skill"].text(), value["level"].whole(1, 5), people)


__all__ = ["ProblemError", "read_problem", "write_problem"]
