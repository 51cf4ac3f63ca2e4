"""`muster-problem/1` in and out. Strict: whatever is not understood is refused with its path."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.document import ProblemError, Value
from staffing.problem import (
    FORMAT,
    Goals,
    Need,
    People,
    Problem,
    Ratings,
    Role,
    Rules,
    TeamSkill,
    Ties,
    TrackPrior,
)
from staffing.terms import DEFAULT_WEIGHTS, SHARE_SCALE, Measure

MAX_WEEKS = 1040
MAX_SEATS = 200
MAX_SHARE = 4
"""Shares of full time stay below this, so that sums of exact parts fit into 64 bits."""
MAX_DECIMALS = 18
MAX_AMOUNT = 1e12

PERSON_KEYS = ("id", "skills", "goals", "free", "cost", "track", "utc_offset", "recent_load")
ROLE_KEYS = ("id", "seats", "fte", "from", "to", "needs")
_PROBLEM = (
    *("format", "weeks", "people", "ties", "roles", "communication", "weights", "cost_range", "track_prior"),
    *("rules", "teams", "min_difference"),
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
    people, roles = top["people"].items(), top["roles"].items()
    if not roles:
        raise top["roles"].refuse("must name at least one role.")
    ids = distinct_ids(people, PERSON_KEYS, "person")
    role_ids = distinct_ids(roles, ROLE_KEYS, "role")
    scale = share_scale_of(people, roles)
    order = sorted(range(len(ids)), key=ids.__getitem__)
    position = {ids[n]: rank for rank, n in enumerate(order)}
    read_roles = tuple(read_role(role, weeks, scale) for role in roles)
    if sum(role.seats for role in read_roles) > MAX_SEATS:
        raise top["roles"].refuse(f"must have at most {MAX_SEATS} seats in all.")
    rules = read_rules(top.get("rules", {}).fields(*RULES_KEYS), position, set(role_ids))
    named = {need.skill for role in read_roles for need in role.needs} | {wish.skill for wish in rules.team_skills}
    ranked = [people[n] for n in order]
    return Problem(
        weeks=weeks,
        people=read_people(ranked, [ids[n] for n in order], weeks, scale),
        roles=read_roles,
        ratings=read_ratings(ranked, named),
        goals=read_goals(ranked, named),
        ties=read_ties(top.get("ties", []), position),
        communication=read_communication(top.get("communication", []), set(role_ids)),
        weights=read_weights(top.get("weights", DEFAULT_WEIGHTS)),
        cost_range=read_cost_range(top.get("cost_range", [0, 1])),
        track_prior=read_track_prior(top.get("track_prior", {}).fields("mean", "strength")),
        rules=rules,
        teams=top.get("teams", 3).whole(1, 1000),
        min_difference=top.get("min_difference", 2).whole(0, 1000),
        share_scale=scale,
    )


def write_problem(problem: Problem) -> dict[str, Any]:
    """The document back, canonical: `read_problem(write_problem(p)) == p`."""
    return problem.to_json()


def distinct_ids(values: Iterable[Value], known: tuple[str, ...], kind: str) -> list[str]:
    seen: dict[str, None] = {}
    for value in values:
        name = value.fields(*known)["id"].text()
        if name in seen:
            raise value["id"].refuse(f"is the id of an earlier {kind} too.")
        seen[name] = None
    return list(seen)


def share_scale_of(people: list[Value], roles: list[Value]) -> int:
    """Parts of full time: usually a million, more when a share has more decimals, so that every share is exact."""
    places = 6
    for value in (*(person.get("free", 1.0) for person in people), *(role.get("fte", 1.0) for role in roles)):
        for share in value.items() if isinstance(value.raw, list) else (value,):
            if type(share.raw) is float:
                number = share.number(0, MAX_SHARE)
                if number * SHARE_SCALE % 1:
                    places = max(places, -int(Decimal(str(number)).as_tuple().exponent))
                if places > MAX_DECIMALS:
                    raise share.refuse(f"must have at most {MAX_DECIMALS} decimals.")
    return int(10**places)


def _share(value: Value, scale: int) -> int:
    share = value.number(0, MAX_SHARE)
    return round(share * scale) if scale == SHARE_SCALE else int(Decimal(str(share)) * scale)


def read_people(people: list[Value], ids: list[str], weeks: int, scale: int) -> People:
    def column(key: str, low: float, high: float) -> NDArray[np.float64]:
        return np.array([person.get(key, 0).number(low, high) for person in people], np.float64)

    tracks = [person.get("track", {}).fields("successes", "projects") for person in people]
    projects = [track.get("projects", 0).number(0, MAX_AMOUNT) for track in tracks]
    return People(
        ids=tuple(ids),
        free=_free(people, weeks, scale),
        cost=column("cost", 0, MAX_AMOUNT),
        successes=np.array([t.get("successes", 0).number(0, n) for t, n in zip(tracks, projects, strict=True)], float),
        projects=np.array(projects, np.float64),
        utc_offset=column("utc_offset", -12, 14),
        recent_load=column("recent_load", 0, 1),
    )


def _free(people: list[Value], weeks: int, scale: int) -> NDArray[np.int64]:
    given = [person.get("free", 1.0) for person in people]
    if not any(isinstance(free.raw, list) for free in given):
        return np.array([_share(free, scale) for free in given], np.int64).reshape(-1, 1)
    shares = np.empty((len(given), weeks), np.int64)
    for n, free in enumerate(given):
        if isinstance(free.raw, list):
            shares[n] = [_share(share, scale) for share in free.items(weeks)]
        else:
            shares[n] = _share(free, scale)
    return shares


def read_ratings(people: list[Value], named: set[str]) -> dict[str, Ratings]:
    held: dict[str, tuple[list[int], list[int], list[float]]] = {skill: ([], [], []) for skill in sorted(named)}
    for n, person in enumerate(people):
        for skill, rating in person.get("skills", {}).entries():
            level, confidence = _rating(rating)
            if level and skill in held:
                who, levels, sure = held[skill]
                who.append(n)
                levels.append(level)
                sure.append(confidence)
    return {
        skill: Ratings(np.array(who, np.int32), np.array(level, np.int8), np.array(sure, np.float64))
        for skill, (who, level, sure) in held.items()
    }


def _rating(rating: Value) -> tuple[int, float]:
    if not isinstance(rating.raw, list):
        return rating.whole(0, 5), 1.0
    if len(rating.raw) == 1:
        return rating.items()[0].whole(0, 5), 1.0
    level, confidence = rating.items(2)
    if confidence.number(0, 1) == 0:
        raise confidence.refuse("must be above 0; leave the rating out instead.")
    return level.whole(0, 5), confidence.number(0, 1)


def read_goals(people: list[Value], named: set[str]) -> dict[str, Goals]:
    wanted: dict[str, tuple[list[int], list[int]]] = {skill: ([], []) for skill in sorted(named)}
    for n, person in enumerate(people):
        for skill, target in person.get("goals", {}).entries():
            level = target.whole(0, 5)
            if skill in wanted:
                wanted[skill][0].append(n)
                wanted[skill][1].append(level)
    return {skill: Goals(np.array(who, np.int32), np.array(level, np.int8)) for skill, (who, level) in wanted.items()}


def _pairs(
    values: Value, known: Mapping[str, int] | set[str], kind: str, high: float
) -> dict[tuple[str, str], tuple[Value, float]]:
    """Entries `[a, b, amount]`, each pair once; saying the same twice is harmless, contradicting oneself is not."""
    amounts: dict[tuple[str, str], tuple[Value, float]] = {}
    for value in values.items():
        first, second, amount = value.items(3)
        a, b = sorted((_known(first, known, kind), _known(second, known, kind)))
        entry = amount.number(0, high)
        if amounts.setdefault((a, b), (value, entry))[1] != entry:
            raise value.refuse(f"contradicts {amounts[a, b][0].path}.")
    return amounts


def _known(value: Value, known: Mapping[str, int] | set[str], kind: str) -> str:
    name = value.text()
    if name not in known:
        raise value.refuse(f"is the id of no {kind}.")
    return name


def read_ties(values: Value, position: Mapping[str, int]) -> Ties:
    pairs = _pairs(values, position, "person", 1)
    for (a, b), (value, _) in pairs.items():
        if a == b:
            raise value.refuse("ties a person to themselves.")
    return Ties(
        np.array([position[a] for a, _ in pairs], np.int32),
        np.array([position[b] for _, b in pairs], np.int32),
        np.array([strength for _, strength in pairs.values()], np.float64),
    )


def read_communication(values: Value, roles: set[str]) -> dict[tuple[str, str], float]:
    return {pair: amount for pair, (_, amount) in _pairs(values, roles, "role", MAX_AMOUNT).items()}


def read_role(value: Value, weeks: int, scale: int) -> Role:
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
        fte=_share(value.get("fte", 1.0), scale),
    )


def _need(value: Value) -> Need:
    return Need(
        skill=value["skill"].text(),
        level=value["level"].whole(1, 5),
        must=value.get("must", True).flag(),
        weight=value.get("weight", 1).number(0, MAX_AMOUNT),
    )


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


def read_rules(value: Value, people: Mapping[str, int], roles: set[str]) -> Rules:
    max_people, budget = value.get("max_people", None).optional(), value.get("budget", None).optional()
    return Rules(
        locks=tuple(_lock(lock, people, roles) for lock in value.get("locks", []).items()),
        exclude=tuple(_known(who, people, "person") for who in value.get("exclude", []).items()),
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


def _lock(value: Value, people: Mapping[str, int], roles: set[str]) -> tuple[str, str]:
    role, person = value.items(2)
    return _known(role, roles, "role"), _known(person, people, "person")


def _apart(value: Value, people: Mapping[str, int]) -> tuple[str, str]:
    a, b = (_known(who, people, "person") for who in value.items(2))
    if a == b:
        raise value.refuse("names one person twice; exclude them instead.")
    return a, b


def _team_skill(value: Value) -> TeamSkill:
    people = value.get("people", 1).whole(0, MAX_SEATS)
    return TeamSkill(value["skill"].text(), value["level"].whole(1, 5), people)


__all__ = ["ProblemError", "read_problem", "write_problem"]
