"""What a correct import of the workbook finds, written from the same records as the workbook."""

import json
from typing import Any

from sample import project_sheets, skills_sheet
from sample.records import Booking, Firm, PastProject, Person
from sample.skills_sheet import Layout


def expected(firm: Firm, layout: Layout) -> dict[str, Any]:
    return {
        "about": "What a correct import of legacy_skills_sheet.xlsx finds; people are known by e-mail. See README.md.",
        "counts": {
            "people": len(firm.people),
            "skills": len(firm.skill_of),
            "ratings": sum(len(person.ratings) for person in firm.people),
            "goals": sum(len(person.goals) for person in firm.people),
            "past_projects": len(firm.past_projects),
            "history": sum(len(project.team) for project in firm.past_projects),
            "allocations": len(firm.bookings),
            "questions": 0,
        },
        "sheets": [
            {"name": skills_sheet.NAME, "layout": "matrix", "header_row": skills_sheet.HEADER_ROW},
            {
                "name": project_sheets.PAST_PROJECTS,
                "layout": "allocations",
                "header_row": project_sheets.PAST_HEADER_ROW,
            },
            {"name": project_sheets.ALLOCATIONS, "layout": "allocations", "header_row": 1},
            {"name": project_sheets.LISTS, "layout": "none", "header_row": None},
        ],
        "left_out_columns": list(skills_sheet.LEFT_OUT),
        "day_rates": firm.day_rates,
        "skills": [
            {"header": header, "catalogue_skill": skill, "column": layout.columns[header]}
            for header, skill in firm.skill_of.items()
        ],
        "people": [expected_person(person, firm, layout) for person in firm.people],
        "past_projects": [expected_past_project(project) for project in firm.past_projects],
        "allocations": [expected_booking(booking) for booking in firm.bookings],
    }


def expected_person(person: Person, firm: Firm, layout: Layout) -> dict[str, Any]:
    """`name` is the person's name, `written` the Skills cell trimmed; ratings and goals go by header."""
    return {
        "email": person.email,
        "name": person.name,
        "written": " ".join((person.written or person.name).split()),
        "row": layout.rows[person.email],
        "title": person.title,
        "home_unit": person.home_unit,
        "office": person.office,
        "time_zone": firm.time_zones[person.office],
        "working_share": person.working_share,
        "cost_band": person.band,
        "ratings": person.ratings,
        "goals": {goal.header: goal.target for goal in person.goals},
    }


def expected_past_project(project: PastProject) -> dict[str, Any]:
    return {
        "project": project.name,
        "client": project.client,
        "domain": project.domain,
        "outcome": project.outcome,
        "score_percent": project.score,
        "technologies": project.technologies.split(", "),
        "team": [
            [stint.email, stint.role, stint.share, stint.first_day.isoformat(), stint.last_day.isoformat()]
            for stint in project.team
        ],
    }


def expected_booking(booking: Booking) -> dict[str, Any]:
    return {
        "email": booking.email,
        "project": booking.project,
        "client": booking.client,
        "role": booking.role,
        "share": booking.share,
        "from": booking.first_day.isoformat(),
        "to": booking.last_day.isoformat(),
        "status": booking.status,
    }


def as_json(document: dict[str, Any]) -> str:
    """JSON with one record a line, so that a change in the data shows as one changed line."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            records = ",\n".join("  " + json.dumps(record, ensure_ascii=False) for record in value)
            parts.append(f" {json.dumps(key)}: [\n{records}\n ]")
        else:
            parts.append(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
