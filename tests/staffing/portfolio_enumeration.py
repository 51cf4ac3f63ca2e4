"""The yardstick for portfolios: every team of every project, and every way to combine them, in exact fractions."""

from fractions import Fraction
from typing import Any

from tests.staffing.enumeration import Document, People, Yardstick, number

Load = dict[tuple[str, int], Fraction]
WEIGHTS = {"fit": 45, "cohesion": 20, "growth": 10, "track": 10, "thrift": 10, "spread": 5}

Team = tuple[Fraction, Load]
"""What a team is worth, and what it takes beyond the locks."""


class PortfolioYardstick:
    def __init__(self, document: Document) -> None:
        self.document = document
        ranked = sorted(document["projects"], key=lambda project: (-number(project["priority"]), project["id"]))
        self.projects = {project["id"]: self.problem(project) for project in ranked}
        self.yardsticks = {name: Yardstick(problem) for name, problem in self.projects.items()}
        self.teams = {name: sorted(set(own.teams()), key=repr) for name, own in self.yardsticks.items()}
        self.priority = {project["id"]: number(project["priority"]) for project in ranked}

    def problem(self, project: Document) -> Document:
        names = {role["id"] for role in project["roles"]}
        shared = {key: self.document[key] for key in ("weeks", "people", "ties", "cost_range", "track_prior")}
        talk = project.get("communication", self.document["communication"])
        weights = dict.fromkeys(WEIGHTS, 0) | project.get("weights", WEIGHTS)
        own = {"communication": [entry for entry in talk if {entry[0], entry[1]} <= names], "weights": weights}
        return {**shared, **project, **own}

    def best(self) -> tuple[int, Fraction]:
        """Most projects with a team, and the highest total of as many."""
        out = {name for name, teams in self.teams.items() if not teams}
        while True:
            staying = self.keeping([name for name in self.projects if name not in out])
            idle = [name for name in staying if not self.options(name, staying)]
            if not idle:
                return self.combined([self.options(name, staying) for name in staying], self.room(staying))
            out.add(idle[-1])

    def keeping(self, names: list[str]) -> list[str]:
        """Those whose locks go with the locks of the ones before."""
        staying: list[str] = []
        for name in names:
            if all(left >= 0 for left in self.room([*staying, name]).values()):
                staying.append(name)
        return staying

    def room(self, staying: list[str]) -> Load:
        """What the locks of these projects leave of everybody."""
        free = next(iter(self.yardsticks.values())).free
        weeks = range(self.document["weeks"])
        room = {(person["id"], week): free(person["id"], week) for person in self.document["people"] for week in weeks}
        for name in staying:
            for key, share in self.locked(name).items():
                room[key] -= share
        return room

    def locked(self, name: str) -> Load:
        roles = {role["id"]: role for role in self.projects[name]["roles"]}
        locks = {tuple(lock) for lock in self.projects[name]["rules"]["locks"]}
        return loads((who, roles[role]) for role, who in locks)

    def options(self, name: str, staying: list[str]) -> list[Team]:
        room = self.room(staying)
        return [team for team in (self.team(name, people) for people in self.teams[name]) if fits(team[1], room)]

    def team(self, name: str, people: People) -> Team:
        yardstick = self.yardsticks[name]
        taken = loads((who, role) for who, role in zip(people, yardstick.seats, strict=True) if who is not None)
        for key, share in self.locked(name).items():
            taken[key] -= share
        filled = Fraction(sum(who is not None for who in people), len(people))
        return self.priority[name] * (1_000_000 * filled + yardstick.score(people)), taken

    def combined(self, options: list[list[Team]], room: Load) -> tuple[int, Fraction]:
        if not options:
            return 0, Fraction(0)
        staffed, total = self.combined(options[1:], room)
        best = (staffed, total)
        for worth, taken in options[0]:
            if fits(taken, room):
                left = {key: share - taken.get(key, 0) for key, share in room.items()}
                staffed, total = self.combined(options[1:], left)
                best = max(best, (staffed + 1, total + worth))
        return best


def loads(seated: Any) -> Load:
    taken: Load = {}
    for who, role in seated:
        for week in range(role["from"], role["to"]):
            taken[who, week] = taken.get((who, week), Fraction(0)) + number(role["fte"])
    return taken


def fits(taken: Load, room: Load) -> bool:
    return all(share <= room[key] for key, share in taken.items())
