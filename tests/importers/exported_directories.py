"""Directories to export, with names as nasty as they come, and what comes back from a file."""

from collections.abc import Sequence
from datetime import date

from hypothesis import strategies as st

from importers import (
    Catalogue,
    CatalogueSkill,
    Existing,
    ExistingGoal,
    ExistingPerson,
    ExistingProject,
    ExistingRating,
    ExistingStint,
    Plan,
    normal_form,
    plan,
    read,
)
from importers.exports.exported import ExportedAllocation, ExportedGoal, ExportedPart, ExportedPerson, ExportedRating
from importers.exports.writing import Table, to_csv, to_xlsx, written
from importers.sheets.people import PROFILE, name_form

NASTY = (
    *("=1+1", "+49 30", "-1", "@SUM(A1)", "|calc", "%x", "＝HYPERLINK(1)", "'=1", "''=1", "'quoted'", "=", "\u200b@x"),
    *(
        'Bob "B" Jr',
        "two\nlines",
        "a, b; c",
        "Name",
        "Total",
        "Comments",
        "E-mail",
        "Level",
        "Skill",
        "n/a",
        "5",
        "007",
    ),
    *("3.5", "2026-03-31", "03/04/2026", "x", "Kafka/RabbitMQ", "Office (Word, Excell)", "Your skills [Python]", "C++"),
    *("Python: 4, SQL: 3", '{"a": 1}', "[]", "_x0041_", "李", "Мария", "Łucja", "0 none", "TRUE", "#N/A", "1e5", "☃"),
    *("Muster skills matrix", "Wants to reach level 3", "People", "Past projects", "Record", "sep=;", "a|b|c|d|e\n;;"),
)
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t")
TEXTS = st.sampled_from(NASTY) | st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(
    lambda text: bool(text) and written(text) == text
)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
SHARES = st.integers(1, 1000).map(lambda thousandths: thousandths / 1000)
SCORES = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
SKILLS = st.lists(TEXTS, min_size=1, max_size=6, unique_by=lambda text: normal_form(text) or "none")


@st.composite
def people(draw: st.DrawFn, skills: Sequence[str] = ()) -> list[ExportedPerson]:
    """Everybody has a name of their own: how namesakes are told apart is told elsewhere."""
    names = draw(st.lists(TEXTS, max_size=5, unique_by=name_form))
    return [
        ExportedPerson(
            id=number,
            name=name,
            external_id=draw(st.sampled_from([f"{number:05}", f"E{number}", f"={number}", None])),
            email=draw(st.sampled_from([f"p{number}@example.org", None])),
            title=draw(st.none() | TEXTS),
            unit=draw(st.none() | TEXTS),
            office=draw(st.none() | TEXTS),
            time_zone=draw(st.sampled_from(["Europe/Berlin", "UTC+5:30", None])),
            working_share=draw(SHARES),
            cost_band=draw(st.none() | TEXTS),
            goals=tuple(
                ExportedGoal(skill, draw(st.integers(1, 5)))
                for skill in (draw(st.lists(st.sampled_from(skills), max_size=3, unique=True)) if skills else ())
            ),
        )
        for number, name in enumerate(names, 1)
    ]


@st.composite
def rated_people(draw: st.DrawFn) -> tuple[list[ExportedPerson], list[ExportedRating]]:
    skills = draw(SKILLS)
    everybody = draw(people(skills))
    ratings = [
        ExportedRating(
            person=person.id,
            skill=skill,
            level=draw(st.integers(0, 5)),
            rated_on=draw(st.none() | DAYS),
            last_used=draw(st.none() | DAYS),
        )
        for person in everybody
        for skill in draw(st.lists(st.sampled_from(skills), max_size=5, unique=True))
    ]
    return everybody, ratings


@st.composite
def working_people(draw: st.DrawFn) -> tuple[list[ExportedPerson], list[ExportedAllocation], list[ExportedPart]]:
    everybody = draw(people())
    projects = draw(st.lists(TEXTS, min_size=1, max_size=4, unique_by=normal_form))
    projects = [name for name in projects if normal_form(name)] or ["Churn"]
    allocations = [
        ExportedAllocation(
            person=person.id,
            project=draw(st.sampled_from(projects)),
            role=draw(st.none() | TEXTS),
            share=draw(SHARES),
            starts_on=start,
            ends_on=draw(st.none() | st.dates(start, date(2041, 1, 1))),
            client=draw(st.none() | TEXTS),
            state=draw(st.sampled_from(["proposed", "held", "confirmed", "completed"])),
        )
        for person in everybody
        for start in draw(st.lists(DAYS, max_size=3, unique=True))
    ]
    parts = [
        ExportedPart(
            person=person.id,
            project=draw(st.sampled_from(projects)),
            client=draw(st.none() | TEXTS),
            domain=draw(st.none() | TEXTS),
            role=draw(st.none() | TEXTS),
            starts_on=start,
            ends_on=draw(st.none() | st.dates(start, date(2041, 1, 1))),
            share=draw(st.none() | SHARES),
            score=draw(st.none() | SCORES),
            technologies=draw(st.none() | TEXTS),
        )
        for person in everybody
        for start in draw(st.lists(DAYS, max_size=2, unique=True))
    ]
    return everybody, allocations, parts


def read_back(content: bytes, name: str, existing: Existing | None = None) -> Plan:
    """What importing the file would do; it asks nothing and finds nothing wrong."""
    known = existing or Existing()
    reading = read(content, name, catalogue=Catalogue(tuple(map(CatalogueSkill, known.skills))))
    planned = plan(reading, known)
    assert not planned.questions
    assert not planned.problems
    return planned


def both_formats(tables: Sequence[Table], listed: Table) -> list[tuple[bytes, str]]:
    return [(to_xlsx(tables), "export.xlsx"), (to_csv(listed), "export.csv")]


def same_people(everybody: Sequence[ExportedPerson], planned: Plan, *fields: str) -> dict[str, int]:
    """Key in the plan -> number of the exported person; each has the same name and values."""
    found = {name_form(p.person.name or ""): p.person for p in planned.people}
    assert len(found) == len(planned.people) == len(everybody)
    for one in everybody:
        other = found[name_form(one.name)]
        assert one.name == other.name
        for name in ("email", "external_id", *fields):
            assert getattr(one, name) == getattr(other, name), name
    return {found[name_form(one.name)].key: one.id for one in everybody}


def same_goals(everybody: Sequence[ExportedPerson], planned: Plan, ids: dict[str, int]) -> None:
    wanted = {(person.id, goal.skill, goal.target) for person in everybody for goal in person.goals}
    assert {(ids[p.goal.person], p.skill, p.goal.target) for p in planned.goals} == wanted
    assert len(planned.goals) == len(wanted)


def bare(name: str, goals: tuple[ExportedGoal, ...] = ()) -> ExportedPerson:
    return ExportedPerson(1, name, None, None, None, None, None, None, 1.0, None, goals)


def by_person(everybody: Sequence[ExportedPerson], ratings: Sequence[ExportedRating]) -> list[ExportedRating]:
    return sorted(ratings, key=lambda rating: [person.id for person in everybody].index(rating.person))


def directory(
    everybody: Sequence[ExportedPerson],
    ratings: Sequence[ExportedRating] = (),
    *,
    parts: Sequence[ExportedPart] = (),
) -> Existing:
    """The directory that an export is from, as the plan of an import sees it."""
    skills = dict.fromkeys([*(r.skill for r in ratings), *(goal.skill for p in everybody for goal in p.goals)])
    return Existing(
        people=tuple(
            ExistingPerson(
                p.id,
                p.name,
                (p.email,) if p.email else (),
                (p.external_id,) if p.external_id else (),
                **{name: getattr(p, name) for name in PROFILE},
            )
            for p in everybody
        ),
        skills=tuple(skills),
        ratings=tuple(ExistingRating(r.person, r.skill, r.level, "manager", True, r.rated_on) for r in ratings),
        goals=tuple(ExistingGoal(p.id, goal.skill, goal.target) for p in everybody for goal in p.goals),
        projects=tuple(ExistingProject(n, name) for n, name in enumerate(dict.fromkeys(p.project for p in parts), 1)),
        history=tuple(
            ExistingStint(n, p.person, p.project, p.role, p.share, p.starts_on, p.ends_on)
            for n, p in enumerate(parts, 1)
        ),
    )
