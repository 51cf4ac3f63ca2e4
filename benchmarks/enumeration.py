"""Every team of a small problem, in exact fractions: what the engine's answers are held against.

Written from the description of problem, rules, score and answer alone; shares nothing with the engine.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import chain, combinations, combinations_with_replacement, product
from math import floor
from typing import Any

Document = dict[str, Any]
People = tuple[str | None, ...]

FULL = 1_000_000
SEAT_MEASURES = ("fit", "growth", "track", "thrift", "spread")


def exact(number: float) -> Fraction:
    """The number as it is written."""
    return Fraction(str(number))


def rounded(units: Fraction) -> int:
    return floor(units + Fraction(1, 2) + Fraction(1, 10**6))


class Enumeration:
    """Seats are numbered through; `None` is an empty one."""

    def __init__(self, document: Document) -> None:
        self._weeks: int = document["weeks"]
        self._person = {person["id"]: person for person in document["people"]}
        self._roles: list[Document] = document["roles"]
        self._of_seat = [role for role in self._roles for _ in range(role.get("seats", 1))]
        self._rules: Document = document.get("rules", {})
        self._teams: int = document.get("teams", 3)
        self._difference: int = document.get("min_difference", 2)
        weights = {name: exact(weight) for name, weight in document["weights"].items()}
        self._weight = {name: weight / sum(weights.values()) for name, weight in weights.items()}
        self._low, self._high = map(exact, document.get("cost_range", [0, 1]))
        prior = document.get("track_prior", {})
        self._prior = exact(prior.get("mean", 0.5)), exact(prior.get("strength", 4))
        self._tie = {frozenset((a, b)): exact(strength) for a, b, strength in document.get("ties", [])}
        self._talk = {frozenset((a, b)): exact(amount) for a, b, amount in document.get("communication", [])}
        self._all_talk = sum(self._talking(a["id"], b["id"]) for a, b in combinations(self._of_seat, 2))
        self._seat_units = cache(self._units_of_seat)
        self._pair_units = cache(self._units_of_pair)
        self._cost = cache(self._cost_of)
        self._missing = cache(self._missing_of)

    def answer(self) -> list[tuple[int, People]]:
        """The wanted teams in order, each with its units."""
        chosen: list[tuple[int, People]] = []
        for _, units, _, team in sorted(map(self._ranked, self._allowed())):
            if len(chosen) == self._teams:
                break
            if all(_difference(team, other) >= self._difference for _, other in chosen):
                chosen.append((-units, team))
        return chosen

    def _ranked(self, team: People) -> tuple[int, int, list[tuple[bool, str]], People]:
        return team.count(None), -self.units(team), [(who is None, who or "") for who in team], team

    def _allowed(self) -> Iterator[People]:
        nobody: list[str | None] = [None] if self._rules.get("allow_gaps", False) else []
        ways = []
        for role in self._roles:
            able = [who for who in sorted(self._person) if self._missing(who, role["id"]) is not None]
            ways.append(list(combinations_with_replacement([*able, *nobody], role.get("seats", 1))))
        for parts in product(*ways):
            team = tuple(chain.from_iterable(parts))
            if self._keeps_rules(team):
                yield team

    # -- who may sit where
    def _level(self, who: str, skill: str) -> int:
        rating = self._person[who].get("skills", {}).get(skill, 0)
        return int(rating[0] if isinstance(rating, list) else rating)

    def _free(self, who: str, week: int) -> Fraction:
        free = self._person[who].get("free", 1)
        return exact(free[week] if isinstance(free, list) else free)

    def _period(self, role: Document) -> range:
        return range(role.get("from", 0), role.get("to", self._weeks))

    def _role(self, name: str) -> Document:
        return next(role for role in self._roles if role["id"] == name)

    def _missing_of(self, who: str, name: str) -> Document | None:
        """The need that a mentor must teach; an empty one for the fully eligible, None for the others."""
        role = self._role(name)
        share = exact(role.get("fte", 1))
        if who in self._rules.get("exclude", []) or any(self._free(who, week) < share for week in self._period(role)):
            return None
        short = [n for n in role["needs"] if n.get("must", True) and self._level(who, n["skill"]) < n["level"]]
        if not short:
            return {}
        need = short[0]
        goal = self._person[who].get("goals", {}).get(need["skill"], -1)
        near = len(short) == 1 and self._level(who, need["skill"]) == need["level"] - 1
        return need if near and goal >= need["level"] and self._rules.get("stretch", False) else None

    def _keeps_rules(self, team: People) -> bool:
        seated = [(who, role) for who, role in zip(team, self._of_seat, strict=True) if who is not None]
        members = {who for who, _ in seated}
        places = {(role["id"], who) for who, role in seated}
        return (
            all(tuple(lock) in places for lock in self._rules.get("locks", []))
            and not any(members >= set(pair) for pair in self._rules.get("never_together", []))
            and self._within_limits(seated, members)
            and all(self._has_room(who, [role for one, role in seated if one == who]) for who in members)
            and all(self._is_taught(who, role, members) for who, role in seated)
        )

    def _within_limits(self, seated: list[tuple[str, Document]], members: set[str]) -> bool:
        most, budget = self._rules.get("max_people"), self._rules.get("budget")
        if most is not None and len(members) > most:
            return False
        if budget is not None and sum(self._cost(who, role["id"]) for who, role in seated) > exact(budget):
            return False
        return all(
            sum(self._level(who, wish["skill"]) >= wish["level"] for who in members) >= wish.get("people", 1)
            for wish in self._rules.get("team_skills", [])
        )

    def _cost_of(self, who: str, name: str) -> Fraction:
        role = self._role(name)
        return exact(self._person[who].get("cost", 0)) * exact(role.get("fte", 1)) * len(self._period(role))

    def _has_room(self, who: str, held: list[Document]) -> bool:
        if len(held) > self._rules.get("max_seats_per_person", 1):
            return False
        return len(held) == 1 or all(
            sum(exact(role.get("fte", 1)) for role in held if week in self._period(role)) <= self._free(who, week)
            for week in range(self._weeks)
        )

    def _is_taught(self, who: str, role: Document, members: set[str]) -> bool:
        need = self._missing(who, role["id"])
        return not need or any(self._level(other, need["skill"]) >= need["level"] for other in members - {who})

    # -- score
    def units(self, team: People) -> int:
        seated = [(who, role["id"]) for who, role in zip(team, self._of_seat, strict=True) if who is not None]
        own = sum(self._seat_units(who, role) for who, role in seated)
        if not self._all_talk:
            return own + rounded(FULL * self._weight.get("cohesion", Fraction(0)))
        return own + sum(self._pair_units(one, other) for one, other in combinations(seated, 2))

    def _talking(self, one: str, other: str) -> Fraction:
        return self._talk.get(frozenset((one, other)), Fraction(1))

    def _units_of_seat(self, who: str, name: str) -> int:
        measures = self._measures(self._person[who], self._role(name)["needs"])
        merit = sum((self._weight.get(measure, 0) * measures[measure] for measure in SEAT_MEASURES), Fraction(0))
        return rounded(FULL * merit / len(self._of_seat))

    def _measures(self, person: Document, needs: list[Document]) -> dict[str, Fraction]:
        total = sum(exact(need.get("weight", 1)) for need in needs)
        fit, growth = (Fraction(0), Fraction(0)) if total else (Fraction(1), Fraction(0))
        for need in needs if total else []:
            part = exact(need.get("weight", 1)) / total
            rating = person.get("skills", {}).get(need["skill"], 0)
            level, sure = (rating[0], exact(rating[1])) if isinstance(rating, list) else (rating, Fraction(1))
            fit += part * sure * min(Fraction(1), Fraction(level, need["level"]))
            growth += part * (level < person.get("goals", {}).get(need["skill"], 0))
        mean, strength = self._prior
        track = person.get("track", {})
        won, done = exact(track.get("successes", 0)), exact(track.get("projects", 0))
        dear = (exact(person.get("cost", 0)) - self._low) / (self._high - self._low)
        return {
            "fit": fit,
            "growth": growth,
            "track": (won + strength * mean) / (done + strength) if done + strength else mean,
            "thrift": 1 - max(Fraction(0), min(Fraction(1), dear)),
            "spread": 1 - exact(person.get("recent_load", 0)),
        }

    def _units_of_pair(self, one: tuple[str, str], other: tuple[str, str]) -> int:
        (a, role_a), (b, role_b) = one, other
        part = self._talking(role_a, role_b) * self._pair(a, b) / self._all_talk
        return rounded(FULL * self._weight.get("cohesion", Fraction(0)) * part)

    def _pair(self, a: str, b: str) -> Fraction:
        if a == b:
            return Fraction(1)
        apart = abs(exact(self._person[a].get("utc_offset", 0)) - exact(self._person[b].get("utc_offset", 0)))
        overlap = max(Fraction(0), 1 - min(apart, 24 - apart) / 9)
        return Fraction(3, 5) * self._tie.get(frozenset((a, b)), Fraction(0)) + Fraction(2, 5) * overlap


def _difference(one: People, other: People) -> int:
    a, b = set(one) - {None}, set(other) - {None}
    return max(len(a - b), len(b - a))
