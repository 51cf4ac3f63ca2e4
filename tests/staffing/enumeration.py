"""The yardstick: every team of a small problem, rules and scores in exact fractions, straight from the document."""

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from typing import Any

Document = dict[str, Any]
People = tuple[str | None, ...]

FULL = 1_000_000
HALF = Fraction(1, 2) + Fraction(1, 1_000_000)


def number(value: float) -> Fraction:
    return Fraction(str(value))


def units(value: Fraction) -> int:
    return math.floor(value + HALF)


class Yardstick:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.known: dict[tuple[str, ...], int] = {}
        self.people = {person["id"]: person for person in document["people"]}
        self.seats = [role for role in document["roles"] for _ in range(role["seats"])]
        self.rules = document["rules"]
        self.weights = {name: number(weight) for name, weight in document["weights"].items()}
        self.all_weights = sum(self.weights.values())
        self.talk = {frozenset(pair): number(amount) for *pair, amount in document["communication"]}
        self.ties = {frozenset(pair): number(strength) for *pair, strength in document["ties"]}
        self.all_talk = sum(self.talking(a, b) for a, b in combinations(self.seats, 2))

    def answer(self) -> list[tuple[int, People]]:
        """The wanted teams in order, with their units."""
        ranked = sorted(
            (-sum(who is not None for who in team), -self.score(team), [(who is None, who or "") for who in team], team)
            for team in set(self.teams())
        )
        chosen: list[tuple[int, People]] = []
        for _, minus, _, team in ranked:
            if len(chosen) < self.document["teams"] and all(
                apart(team, other) >= self.document["min_difference"] for _, other in chosen
            ):
                chosen.append((-minus, team))
        return chosen

    def teams(self) -> Iterator[People]:
        options = [[who for who in self.people if self.may_sit(who, role)] for role in self.seats]
        if self.rules["allow_gaps"]:
            options = [[*people, None] for people in options]
        for people in product(*options):
            if self.keeps_rules(people):
                yield self.in_order(people)

    def in_order(self, people: People) -> People:
        ordered: list[str | None] = []
        for role in self.document["roles"]:
            own = people[len(ordered) : len(ordered) + role["seats"]]
            ordered += sorted(own, key=lambda who: (who is None, who or ""))
        return tuple(ordered)

    # -- rules
    def level(self, who: str, skill: str) -> int:
        rating = self.people[who]["skills"].get(skill, 0)
        return rating[0] if isinstance(rating, list) else rating

    def free(self, who: str, week: int) -> Fraction:
        free = self.people[who]["free"]
        return number(free[week] if isinstance(free, list) else free)

    def short(self, who: str, role: Document) -> list[Document]:
        return [need for need in role["needs"] if need["must"] and self.level(who, need["skill"]) < need["level"]]

    def may_sit(self, who: str, role: Document) -> bool:
        if who in self.rules["exclude"]:
            return False
        if any(self.free(who, week) < number(role["fte"]) for week in range(role["from"], role["to"])):
            return False
        short = self.short(who, role)
        if len(short) == 1 and self.rules["stretch"]:
            need = short[0]
            wants = self.people[who]["goals"].get(need["skill"], 0) >= need["level"]
            return wants and self.level(who, need["skill"]) + 1 == need["level"]
        return not short

    def keeps_rules(self, people: People) -> bool:
        seated = [(who, role) for who, role in zip(people, self.seats, strict=True) if who is not None]
        members = {who for who, _ in seated}
        return (
            all((who, role) in [(w, r["id"]) for w, r in seated] for role, who in self.rules["locks"])
            and not any(set(pair) <= members for pair in self.rules["never_together"])
            and len(members) <= (self.rules["max_people"] if self.rules["max_people"] is not None else len(people))
            and self.fits_budget(seated)
            and all(self.has_skill(members, wish) for wish in self.rules["team_skills"])
            and all(self.has_time(who, [role for other, role in seated if other == who]) for who in members)
            and all(self.has_mentor(who, role, members) for who, role in seated)
        )

    def fits_budget(self, seated: list[tuple[str, Document]]) -> bool:
        if self.rules["budget"] is None:
            return True
        spent = (
            number(self.people[who]["cost"]) * number(role["fte"]) * (role["to"] - role["from"]) for who, role in seated
        )
        return sum(spent) <= number(self.rules["budget"])

    def has_skill(self, members: set[str], wish: Document) -> bool:
        return sum(self.level(who, wish["skill"]) >= wish["level"] for who in members) >= wish["people"]

    def has_time(self, who: str, roles: list[Document]) -> bool:
        if len(roles) > self.rules["max_seats_per_person"]:
            return False
        return all(
            sum(number(role["fte"]) for role in roles if role["from"] <= week < role["to"]) <= self.free(who, week)
            for week in range(self.document["weeks"])
        )

    def has_mentor(self, who: str, role: Document, members: set[str]) -> bool:
        return all(
            any(self.level(other, need["skill"]) >= need["level"] for other in members - {who})
            for need in self.short(who, role)
        )

    # -- score
    def talking(self, a: Document, b: Document) -> Fraction:
        return self.talk.get(frozenset((a["id"], b["id"])), Fraction(1))

    def together(self, a: str, b: str) -> Fraction:
        if a == b:
            return Fraction(1)
        hours = abs(number(self.people[a]["utc_offset"]) - number(self.people[b]["utc_offset"]))
        overlap = max(Fraction(0), 1 - min(hours, 24 - hours) / 9)
        return Fraction(6, 10) * self.ties.get(frozenset((a, b)), Fraction(0)) + Fraction(4, 10) * overlap

    def merit(self, who: str, role: Document) -> Fraction:
        person, needs = self.people[who], role["needs"]
        total = sum(number(need["weight"]) for need in needs)
        fit, growth = (Fraction(0), Fraction(0)) if total else (Fraction(1), Fraction(0))
        for need in needs if total else []:
            rating = person["skills"].get(need["skill"], 0)
            sure = number(rating[1]) if isinstance(rating, list) else Fraction(1)
            level, share = self.level(who, need["skill"]), number(need["weight"]) / total
            fit += share * sure * min(Fraction(1), Fraction(level, need["level"]))
            growth += share * (level < person["goals"].get(need["skill"], 0))
        low, high = (number(bound) for bound in self.document["cost_range"])
        mean, strength = (number(self.document["track_prior"][key]) for key in ("mean", "strength"))
        won, done = (number(person["track"][key]) for key in ("successes", "projects"))
        values = {
            "fit": fit,
            "growth": growth,
            "track": (won + strength * mean) / (done + strength) if done + strength else mean,
            "thrift": 1 - min(Fraction(1), max(Fraction(0), (number(person["cost"]) - low) / (high - low))),
            "spread": 1 - number(person["recent_load"]),
        }
        return sum((self.weights[name] * value for name, value in values.items()), Fraction(0)) / self.all_weights

    def score(self, people: People) -> int:
        seated = [(who, role) for who, role in zip(people, self.seats, strict=True) if who is not None]
        total = sum(self.seat_units(who, role) for who, role in seated)
        if not self.all_talk:
            return total + units(FULL * self.weights["cohesion"] / self.all_weights)
        return total + sum(self.pair_units(a, b, r, s) for (a, r), (b, s) in combinations(seated, 2))

    def seat_units(self, who: str, role: Document) -> int:
        key = who, role["id"]
        if key not in self.known:
            self.known[key] = units(FULL * self.merit(who, role) / len(self.seats))
        return self.known[key]

    def pair_units(self, a: str, b: str, r: Document, s: Document) -> int:
        key = a, b, r["id"], s["id"]
        if key not in self.known:
            share = self.talking(r, s) * self.together(a, b) / self.all_talk
            self.known[key] = units(FULL * self.weights["cohesion"] * share / self.all_weights)
        return self.known[key]


def apart(a: People, b: People) -> int:
    one, other = set(a) - {None}, set(b) - {None}
    return max(len(one - other), len(other - one))
