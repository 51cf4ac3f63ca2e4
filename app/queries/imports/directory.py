"""The directory as the importer sees it: the skill catalogue, and what stands there already.

What stands there is told in the words that the last import wrote, as long as they still mean the stored value; so the
same file again finds no difference. A value that means something else now was edited in Muster.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from app.queries.imports.sheet_words import share_of, short_text, state_of, zone_of
from importers import (
    Catalogue,
    CatalogueSkill,
    Existing,
    ExistingGoal,
    ExistingPerson,
    ExistingProject,
    ExistingRating,
    ExistingStint,
)
from importers.names import normal_form
from models import (
    Account,
    Allocation,
    CostBand,
    Engagement,
    ImportedValue,
    LearningGoal,
    Practitioner,
    Project,
    Rating,
    RatingChange,
    Role,
    Skill,
    SkillAlias,
    SkillCategory,
    Unit,
)

Written = Mapping[str, Any]
"""Field -> the value as an import wrote it into one row."""

COLUMN_OF = {"unit": "home_unit", "office": "location"}
"""The importer's field -> ours, where the names differ."""

FULL_TIME = 1.0


def catalogue(session: Session) -> Catalogue:
    aliases: dict[int, list[str]] = defaultdict(list)
    for skill_id, alias in session.execute(select(SkillAlias.skill_id, SkillAlias.alias).order_by(SkillAlias.id)):
        aliases[skill_id].append(alias)
    skills = session.execute(
        select(Skill.id, Skill.name, SkillCategory.name)
        .join(SkillCategory, SkillCategory.id == Skill.category_id, isouter=True)
        .order_by(Skill.id)
    )
    return Catalogue(tuple(CatalogueSkill(name, category, tuple(aliases[key])) for key, name, category in skills))


def existing(session: Session) -> Existing:
    """Everybody, inactive people too: somebody who left is not somebody new."""
    written = _written(session)
    return Existing(
        people=_people(session, written["practitioners"]),
        skills=tuple(session.scalars(select(Skill.name).order_by(Skill.id))),
        ratings=_ratings(session),
        goals=_goals(session, written["learning_goals"]),
        projects=tuple(
            ExistingProject(*row)
            for row in session.execute(select(Project.id, Project.name, Project.client).order_by(Project.id))
        ),
        allocations=_allocations(session, written["allocations"]),
        history=_engagements(session, written["engagements"]),
        withdrawn_ratings=_withdrawn_ratings(session),
        withdrawn_goals=_withdrawn_goals(session),
        withdrawn_stints=_withdrawn_stints(session),
    )


def _withdrawn_ratings(session: Session) -> frozenset[tuple[int, str]]:
    """Ratings by person and skill that somebody took back in Muster."""
    last = _last_changes()
    rows = session.execute(
        select(RatingChange.practitioner_id, Skill.name)
        .join(last, last.c.id == RatingChange.id)
        .join(Skill, Skill.id == RatingChange.skill_id)
        .where(RatingChange.level.is_(None))
    )
    return frozenset((person, skill) for person, skill in rows)


def _withdrawn(session: Session, kind: type[LearningGoal] | type[Allocation] | type[Engagement]) -> list[Written]:
    """What imports that still hold wrote into rows of a table that are gone."""
    rows = session.scalars(
        select(ImportedValue.after)
        .join(kind, kind.id == ImportedValue.row_id, isouter=True)
        .where(
            ImportedValue.held_by_id.is_not(None),
            ImportedValue.table_name == kind.__tablename__,
            ImportedValue.field == "",
            kind.id.is_(None),
        )
        .order_by(ImportedValue.id)
    )
    return [after for after in rows if after is not None and "practitioner_id" in after]


def _withdrawn_goals(session: Session) -> frozenset[tuple[int, str]]:
    return frozenset((gone["practitioner_id"], gone["skill"]) for gone in _withdrawn(session, LearningGoal))


def _withdrawn_stints(session: Session) -> frozenset[tuple[int, str, str]]:
    return frozenset(
        (gone["practitioner_id"], normal_form(gone["project"]), gone["role"] or "")
        for kind in (Allocation, Engagement)
        for gone in _withdrawn(session, kind)
    )


def _written(session: Session) -> defaultdict[str, defaultdict[int, dict[str, Any]]]:
    """Table -> row -> what imports that still hold wrote last, field by field."""
    found: defaultdict[str, defaultdict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    rows = session.execute(
        select(ImportedValue.table_name, ImportedValue.row_id, ImportedValue.field, ImportedValue.after)
        .where(
            ImportedValue.held_by_id.is_not(None),
            ImportedValue.table_name.in_(("practitioners", "learning_goals", "allocations", "engagements")),
        )
        .order_by(ImportedValue.id)
    )
    for table, row_id, field, after in rows:
        found[table][row_id].update({field: after["value"]} if field else after)
    return found


def _people(session: Session, written: Mapping[int, Written]) -> tuple[ExistingPerson, ...]:
    rows = session.execute(
        select(
            Practitioner.id,
            Practitioner.name,
            Practitioner.email,
            Practitioner.external_id,
            Practitioner.title,
            Unit.name.label("unit"),
            Practitioner.location.label("office"),
            Practitioner.time_zone,
            Practitioner.utc_offset_minutes,
            Practitioner.working_share,
            CostBand.name.label("cost_band"),
            Account.email.label("account_email"),
        )
        .join(Unit, Unit.id == Practitioner.home_unit_id, isouter=True)
        .join(CostBand, CostBand.id == Practitioner.cost_band_id, isouter=True)
        .join(Account, Account.practitioner_id == Practitioner.id, isouter=True)
        .order_by(Practitioner.id)
    )
    return tuple(_person(row, written[row.id]) for row in rows)


def _person(row: Row[*tuple[Any, ...]], written: Written) -> ExistingPerson:
    stored: dict[str, str | float | None] = {
        "name": row.name,
        "title": row.title,
        "unit": row.unit,
        "office": row.office,
        "time_zone": row.time_zone or offset_text(row.utc_offset_minutes),
        "working_share": float(row.working_share),
        "cost_band": row.cost_band,
    }
    edited = set()
    for field, value in stored.items():
        last = written.get(COLUMN_OF.get(field, field))
        if last is not None and _means(field, last) == _means(field, value):
            stored[field] = last
        elif last is not None or (value is not None and (field, value) != ("working_share", FULL_TIME)):
            edited.add(field)
    return ExistingPerson(
        id=row.id,
        emails=tuple(dict.fromkeys(email for email in (row.email, row.account_email) if email)),
        external_ids=(row.external_id,) if row.external_id else (),
        edited_fields=frozenset(edited),
        **stored,  # type: ignore[arg-type]  # each field has the type of its column
    )


def offset_text(minutes: int | None) -> str | None:
    """UTC+5:30, as `zone_of` reads it back."""
    if minutes is None:
        return None
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def _means(field: str, value: Any) -> Any:
    """What decides whether two values of a profile field are the same for us."""
    if value is None:
        return None
    if field == "time_zone":
        return zone_of(value)
    if field == "working_share":
        return share_of(value)
    text = short_text(value) or ""
    return normal_form(text) if field in {"unit", "cost_band"} else text


def _last_changes() -> Any:
    """A subquery with the id of the last change of every rating that ever was."""
    return (
        select(func.max(RatingChange.id).label("id"))
        .group_by(RatingChange.practitioner_id, RatingChange.skill_id)
        .subquery()
    )


def _ratings(session: Session) -> tuple[ExistingRating, ...]:
    """A rating is an import's as long as its last change is one, at the level that stands there."""
    last = _last_changes()
    change = aliased(
        select(RatingChange.practitioner_id, RatingChange.skill_id, RatingChange.level, RatingChange.import_batch_id)
        .join(last, last.c.id == RatingChange.id)
        .subquery()
    )
    rows = session.execute(
        select(
            Rating.practitioner_id,
            Skill.name,
            Rating.level,
            Rating.source,
            Rating.rated_on,
            change.c.level,
            change.c.import_batch_id,
        )
        .join(Skill, Skill.id == Rating.skill_id)
        .join(
            change,
            (change.c.practitioner_id == Rating.practitioner_id) & (change.c.skill_id == Rating.skill_id),
            isouter=True,
        )
        .order_by(Rating.practitioner_id, Rating.skill_id)
    )
    return tuple(
        ExistingRating(person, skill, level, source.value, batch is None or imported != level, on)
        for person, skill, level, source, on, imported, batch in rows
    )


def _goals(session: Session, written: Mapping[int, Written]) -> tuple[ExistingGoal, ...]:
    rows = session.execute(
        select(LearningGoal.id, LearningGoal.practitioner_id, Skill.name, LearningGoal.target_level)
        .join(Skill, Skill.id == LearningGoal.skill_id)
        .order_by(LearningGoal.practitioner_id, LearningGoal.skill_id)
    )
    return tuple(
        ExistingGoal(person, skill, target, written[key].get("target_level") != target)
        for key, person, skill, target in rows
    )


def _allocations(session: Session, written: Mapping[int, Written]) -> tuple[ExistingStint, ...]:
    # On a seat of a role of ours the role's name is what a sheet would say.
    role_name = func.coalesce(Allocation.role_name, Role.name).label("role_name")
    seated = _stints(Allocation).join(Role, Role.id == Allocation.role_id, isouter=True)
    rows = session.execute(seated.add_columns(role_name, Allocation.state))
    return tuple(_stint(row, written[row.id], row.role_name, row.state.value) for row in rows)


def _engagements(session: Session, written: Mapping[int, Written]) -> tuple[ExistingStint, ...]:
    rows = session.execute(_stints(Engagement).add_columns(Engagement.role_name))
    return tuple(_stint(row, written[row.id], row.role_name or None, None) for row in rows)


def _stints(kind: type[Allocation] | type[Engagement]) -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (kind.id, kind.practitioner_id, Project.name.label("project"))
    times: tuple[Any, ...] = (kind.share, kind.starts_on, kind.ends_on)
    return select(*columns, *times).join(Project, Project.id == kind.project_id).order_by(kind.id)


def _stint(row: Row[*tuple[Any, ...]], written: Written, role: str | None, state: str | None) -> ExistingStint:
    share = None if row.share is None else float(row.share)
    stored: dict[str, Any] = {"share": share, "status": state}
    edited = not written
    if "share" in written:
        if share_of(written["share"]) == share_of(share):
            stored["share"] = written["share"]
        else:
            edited = True
    if state is not None and written:
        word = written.get("status")
        if state_of(word) == state:
            stored["status"] = word
        else:
            edited = True
    edited |= any(_day(written[field]) != getattr(row, field) for field in ("starts_on", "ends_on") if field in written)
    return ExistingStint(
        id=row.id,
        person=row.practitioner_id,
        project=row.project,
        role=role,
        start=row.starts_on,
        end=row.ends_on,
        edited_since_import=edited,
        **stored,
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
