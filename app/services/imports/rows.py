"""The rows of an import: people and what they belong to, skills, then their ratings and projects."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.queries.imports.directory import COLUMN_OF
from app.queries.imports.sheet_words import share_of, short_text, zone_of
from app.services.audit import Actor, record
from app.services.imports.projects import write_projects
from app.services.imports.ratings import write_goals, write_ratings
from app.services.imports.values import Journal
from importers import Action, Person, Plan, PlannedPerson, PlannedSkill
from importers.names import normal_form
from models import Account, CostBand, ImportBatch, Practitioner, Skill, SkillAlias, SkillCategory, Unit

STATED = ("name", "email", "external_id", "title", "unit", "office", "time_zone", "working_share", "cost_band")
PROFILE_COLUMNS = (
    "email",
    "external_id",
    "title",
    "home_unit_id",
    "location",
    "time_zone",
    "utc_offset_minutes",
    "cost_band_id",
)


def write_plan(
    session: Session,
    actor: Actor,
    batch: ImportBatch,
    plan: Plan,
    now: datetime,
    progress: Callable[[int, int], None],
) -> tuple[dict[str, int], dict[str, int]]:
    """Rows written by table, and practitioner ids by the plan's person keys."""
    journal = Journal(session, actor, batch, now, plan.changes, progress)
    people = _write_people(journal, plan)
    skills = _write_skills(journal, plan.skills)
    _write_aliases(journal, plan.skills, skills)
    levels = write_ratings(journal, plan, people, skills)
    write_goals(journal, plan.goals, people, skills, levels)
    write_projects(journal, plan, people)
    journal.close()
    return dict(journal.written), people


def _write_people(journal: Journal, plan: Plan) -> dict[str, int]:
    written = [planned for planned in plan.people if planned.action.writes]
    values = [(planned.person, dict(_new_values(planned))) for planned in written]
    units = _named_rows(journal, Unit, Unit.name, ((person, new.get("unit")) for person, new in values))
    bands = _named_rows(journal, CostBand, CostBand.name, ((person, new.get("cost_band")) for person, new in values))
    columns = [_columns(new, units, bands) for _, new in values]

    ids = {planned.person.key: planned.existing_id for planned in plan.people if planned.existing_id is not None}
    new = [row for planned, row in zip(written, columns, strict=True) if planned.action is Action.CREATE]
    created = [planned.person for planned in written if planned.action is Action.CREATE]
    # Rows of one statement name the same columns; what the file leaves out has the column's own default.
    complete = [{"working_share": 1} | dict.fromkeys(PROFILE_COLUMNS) | row for row in new]
    for person, row_id in zip(created, journal.insert(Practitioner, complete), strict=True):
        ids[person.key] = row_id
        stated = {COLUMN_OF.get(name, name): value for name in STATED if (value := getattr(person, name)) is not None}
        journal.created(Practitioner, row_id, stated, person, person.name)
    changed = {
        planned.existing_id: row
        for planned, row in zip(written, columns, strict=True)
        if planned.existing_id is not None and row
    }
    journal.update(Practitioner, changed)
    for planned in written:
        for change in planned.changes:
            if planned.existing_id is not None and change.action.writes:
                name = COLUMN_OF.get(change.field, change.field)
                place, after = planned.person, change.after
                journal.changed(Practitioner, planned.existing_id, name, change.before, after, place, after)
    if created or any("email" in row for row in changed.values()):
        _link_accounts(journal, {ids[planned.person.key]: planned.person for planned in written})
    return ids


def _new_values(planned: PlannedPerson) -> Iterable[tuple[str, Any]]:
    """The importer's fields that are written, with what the file says."""
    if planned.action is Action.CREATE:
        person: Person = planned.person
        return ((name, value) for name in STATED if (value := getattr(person, name)) is not None)
    return ((change.field, change.after) for change in planned.changes if change.action.writes)


def _columns(new: Mapping[str, Any], units: Mapping[str, int], bands: Mapping[str, int]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in new.items():
        if name == "name":
            row |= {"name": short_text(value), "name_key": short_text(normal_form(value))}
        elif name == "email":
            row["email"] = value.lower()
        elif name == "unit":
            row["home_unit_id"] = units[normal_form(value)]
        elif name == "cost_band":
            row["cost_band_id"] = bands[normal_form(value)]
        elif name == "working_share":
            row["working_share"] = share_of(value)
        elif name == "time_zone":
            zone = zone_of(value)
            assert zone is not None, "the plan leaves out what is no time zone"
            row |= {"time_zone": zone.name, "utc_offset_minutes": zone.offset_minutes}
        else:
            row[COLUMN_OF.get(name, name)] = short_text(value)
    return row


def _named_rows(
    journal: Journal,
    kind: type[Unit] | type[CostBand] | type[SkillCategory],
    name: InstrumentedAttribute[str],
    wanted: Iterable[tuple[Person | PlannedSkill, str | None]],
) -> dict[str, int]:
    """Ids by the normal form of the names; what is not there yet is made under the name written first."""
    ids = {normal_form(known): row_id for row_id, known in journal.session.execute(select(kind.id, name))}
    missing: dict[str, tuple[Person | PlannedSkill, str]] = {}
    for place, written in wanted:
        if written and normal_form(written) not in ids:
            missing.setdefault(normal_form(written), (place, written))
    created = journal.insert(kind, [{"name": short_text(written)} for _, written in missing.values()])
    for (key, (place, written)), row_id in zip(missing.items(), created, strict=True):
        ids[key] = row_id
        journal.created(kind, row_id, {"name": written}, place, written)
    return ids


def _link_accounts(journal: Journal, people: Mapping[int, Person]) -> None:
    """An account without a practitioner gets the one of its e-mail address."""
    taken = select(Account.practitioner_id).where(Account.practitioner_id.is_not(None))
    found = journal.session.execute(
        select(Account.id, Practitioner.id)
        .join(Practitioner, Practitioner.email == Account.email)
        .where(Account.practitioner_id.is_(None), Practitioner.id.not_in(taken))
        .order_by(Account.id)
    )
    links = {account: person for account, person in found if person in people}
    journal.update(Account, {account: {"practitioner_id": person} for account, person in links.items()})
    for account, person in links.items():
        place = people[person]
        journal.changed(Account, account, "practitioner_id", None, person, place, place.email)


def _write_skills(journal: Journal, planned: Iterable[PlannedSkill]) -> dict[str, int]:
    """Skill ids by the normal form of their names, after adding the new ones under the sheet's category."""
    ids = {key: row_id for row_id, key in journal.session.execute(select(Skill.id, Skill.name_key))}
    new = {normal_form(skill.name): skill for skill in planned if skill.action is Action.CREATE}
    missing = {key: skill for key, skill in new.items() if key not in ids}
    shelves = _named_rows(
        journal, SkillCategory, SkillCategory.name, ((skill, skill.category) for skill in missing.values())
    )
    rows = [
        {
            "name": short_text(skill.name),
            "name_key": key,
            "category_id": shelves[normal_form(skill.category)] if skill.category else None,
        }
        for key, skill in missing.items()
    ]
    for (key, skill), row_id in zip(missing.items(), journal.insert(Skill, rows), strict=True):
        ids[key] = row_id
        journal.created(Skill, row_id, {"name": skill.name, "category": skill.category}, skill, skill.name)
    return ids


def _write_aliases(journal: Journal, planned: Iterable[PlannedSkill], skills: Mapping[str, int]) -> None:
    """The names that somebody decided are other ways to write a skill; a name that is taken meanwhile stays taken."""
    wanted = {normal_form(skill.alias): skill for skill in planned if skill.alias is not None}
    taken = set(journal.session.scalars(select(SkillAlias.alias_key))) if wanted else set()
    new = {key: skill for key, skill in wanted.items() if key not in taken and key not in skills}
    rows = [
        {"skill_id": skills[normal_form(skill.name)], "alias": short_text(skill.alias), "alias_key": key}
        for key, skill in new.items()
    ]
    for skill, row_id in zip(new.values(), journal.insert(SkillAlias, rows), strict=True):
        journal.created(SkillAlias, row_id, {"skill": skill.name, "alias": skill.alias}, skill, skill.alias)
    if new:
        told = {str(skill.alias): skill.name for skill in new.values()}
        record(journal.session, journal.actor, "import.alias", "import_batch", journal.batch.id, after=told)
