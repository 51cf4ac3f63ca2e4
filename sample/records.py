"""The sample firm's records, read from the TOML and CSV files beside this module.

Each file says in its first lines what its fields mean.
"""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Goal:
    header: str
    target: int | None


@dataclass(frozen=True)
class Person:
    """One row of the Skills sheet. `ratings` maps skill headers to levels; a header that is absent is a blank cell."""

    name: str
    email: str
    title: str
    home_unit: str
    office: str
    share_text: str
    band: str
    ratings: dict[str, int]
    learns_text: str = ""
    written: str = ""
    elsewhere: str = ""
    pasted: bool = False
    phone: str = ""
    appraisal: str = ""
    comment: str = ""

    @property
    def working_share(self) -> float:
        return percent(self.share_text)

    @property
    def goals(self) -> list[Goal]:
        return [read_goal(entry) for entry in self.learns_text.split(", ") if entry]


@dataclass(frozen=True)
class Stint:
    """One person's part in a finished project."""

    email: str
    role: str
    share: float
    first_day: date
    last_day: date


@dataclass(frozen=True)
class PastProject:
    """A finished project; `score` is the delivery score in percent, None when there was no closing review."""

    name: str
    client: str
    domain: str
    outcome: str
    score: int | None
    technologies: str
    team: list[Stint]


@dataclass(frozen=True)
class Booking:
    email: str
    project: str
    client: str
    role: str
    share: float
    first_day: date
    last_day: date
    status: str


@dataclass(frozen=True)
class Firm:
    """`groups` maps each cell of the category row to its columns: header as written to catalogue skill."""

    title: str
    updated: date
    note: str
    levels: dict[int, str]
    time_zones: dict[str, str]
    day_rates: dict[str, int]
    groups: dict[str, dict[str, str]]
    people: list[Person]
    past_projects: list[PastProject]
    bookings: list[Booking]

    @property
    def skill_of(self) -> dict[str, str]:
        """Skill header to catalogue skill, in sheet order."""
        return {header: skill for columns in self.groups.values() for header, skill in columns.items()}

    def person(self, email: str) -> Person:
        return next(person for person in self.people if person.email == email)


def percent(text: str) -> float:
    """A share of "80%", "80 %" or "0.8" as 0.8."""
    return float(text.rstrip("% ")) / 100 if text.endswith("%") else float(text)


def read_goal(entry: str) -> Goal:
    """A goal from "k8s (3)" or, without a target level, "k8s"."""
    header, _, rest = entry.partition(" (")
    return Goal(header, int(rest.rstrip(")")) if rest else None)


def read_ratings(text: str) -> dict[str, int]:
    pairs = (entry.rsplit(" ", 1) for entry in text.split(", "))
    return {header: int(level) for header, level in pairs}


def address(local_part: str) -> str:
    return f"{local_part}@northlight.example"


def read_people(path: Path) -> list[Person]:
    data = tomllib.loads(path.read_text("utf-8"))
    return [
        Person(
            share_text=entry.pop("share", "100%"),
            ratings=read_ratings(entry.pop("skills")),
            learns_text=entry.pop("learns", ""),
            home_unit=data["unit"],
            **entry,
        )
        for entry in data["person"]
    ]


def read_stint(text: str, project: dict[str, Any]) -> Stint:
    who, role, share, *period = text.split(", ")
    first_day, last_day = (date.fromisoformat(day) for day in period) if period else (project["from"], project["to"])
    return Stint(address(who), role, percent(share), first_day, last_day)


def read_past_projects(path: Path) -> list[PastProject]:
    return [
        PastProject(
            entry["name"],
            entry["client"],
            entry["domain"],
            entry["outcome"],
            entry.get("score"),
            entry["technologies"],
            [read_stint(text, entry) for text in entry["team"]],
        )
        for entry in tomllib.loads(path.read_text("utf-8"))["project"]
    ]


def read_bookings(path: Path) -> list[Booking]:
    with path.open(encoding="utf-8", newline="") as rows:
        return [
            Booking(
                address(row["email"]),
                row["project"],
                row["client"],
                row["role"],
                percent(row["share"]),
                date.fromisoformat(row["from"]),
                date.fromisoformat(row["to"]),
                row["status"],
            )
            for row in csv.DictReader(rows)
        ]


def read_firm(folder: Path = FOLDER) -> Firm:
    firm = tomllib.loads((folder / "firm.toml").read_text("utf-8"))
    return Firm(
        title=firm["title"],
        updated=firm["updated"],
        note=firm["note"],
        levels={int(level): words for level, words in firm["levels"].items()},
        time_zones=firm["offices"],
        day_rates=firm["cost_bands"],
        groups={group["name"]: group["columns"] for group in firm["group"]},
        people=[person for path in sorted(folder.glob("people/*.toml")) for person in read_people(path)],
        past_projects=[
            project for path in sorted(folder.glob("past_projects/*.toml")) for project in read_past_projects(path)
        ],
        bookings=read_bookings(folder / "allocations.csv"),
    )
