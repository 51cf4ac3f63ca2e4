"""The sample organisation: its legacy sheet through the real importer, and a project for it to staff."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.queries.briefs import Communication, MeasureBrief, Need, PhaseBrief, ProjectBrief, RoleBrief, SubteamBrief
from app.queries.projects.catalogue import catalogue_role
from app.services.audit import Actor, record
from app.services.imports import batches
from app.services.staffing.projects import create_project
from app.services.staffing.roles import add_role, set_communication
from app.services.ties import refresh_ties
from models import Allocation, CostBand, ImportBatch, ImportedValue, MeasureKind, Practitioner, Project, Unit

FOLDER = Path(__file__).resolve().parents[2] / "sample"
WORKBOOK = FOLDER / "legacy_skills_sheet.xlsx"
LEAD = timedelta(weeks=4)
"""The sample project starts at least this long after the day it is loaded."""


def is_empty(session: Session) -> bool:
    """Whether nobody is in the directory yet."""
    return session.scalar(select(Practitioner.id).limit(1)) is None


def sample_batch(session: Session) -> ImportBatch | None:
    return session.scalar(select(ImportBatch).where(ImportBatch.sample).order_by(ImportBatch.id.desc()).limit(1))


def load_sample(session: Session, actor: Actor, today: date, tell: Callable[[str], None] = lambda _text: None) -> int:
    """Import the sample sheet and make the sample project; returns the project's id. `tell` gets a line a step.

    Refuses a directory that already holds somebody: sample people do not belong among real ones.
    """
    if not is_empty(session):
        raise Conflict("The directory is not empty. The sample organisation is only loaded into an empty one.")
    tell(f"Reading {WORKBOOK.name}")
    batch = batches.stage(session, actor, content=WORKBOOK.read_bytes(), filename=WORKBOOK.name)
    counts = batch.counts
    tell(f"Importing {counts['people']} people, {counts['skills']} skills, {counts['ratings']} ratings")
    batches.apply(session, actor, batch, expected_digest=batch.plan_digest)
    batch.sample = True
    _set_day_rates(session)
    tell("Making the sample project")
    project = _make_project(session, actor, today)
    session.add(
        ImportedValue(
            batch_id=batch.id,
            held_by_id=batch.id,
            table_name="projects",
            row_id=project.id,
            sheet="project.toml",
            cell="",
        )
    )
    session.flush()
    return project.id


def remove_sample(session: Session, actor: Actor, today: date) -> int:
    """Take everything out again that loading the sample made; returns how many people that were."""
    batch = sample_batch(session)
    if batch is None:
        raise Conflict("There is no sample organisation to remove.")

    def made(table: str) -> Any:
        return select(ImportedValue.row_id).where(
            ImportedValue.batch_id == batch.id, ImportedValue.table_name == table, ImportedValue.field == ""
        )

    people = len(session.scalars(made("practitioners")).all())
    projects, persons = made("projects"), made("practitioners")
    session.execute(
        delete(Allocation).where(Allocation.project_id.in_(projects) | Allocation.practitioner_id.in_(persons))
    )
    session.execute(delete(Project).where(Project.id.in_(projects)))
    session.execute(delete(Practitioner).where(Practitioner.id.in_(persons)))
    unused = ~select(Practitioner.id).where(Practitioner.home_unit_id == Unit.id).exists()
    session.execute(delete(Unit).where(Unit.id.in_(made("units")), unused))
    unpaid = ~select(Practitioner.id).where(Practitioner.cost_band_id == CostBand.id).exists()
    session.execute(delete(CostBand).where(CostBand.id.in_(made("cost_bands")), unpaid))
    session.delete(batch)
    session.flush()
    refresh_ties(session, today)
    record(session, actor, "sample.remove", "import_batch", batch.id, before={"people": people})
    return people


def _set_day_rates(session: Session) -> None:
    rates = tomllib.loads((FOLDER / "firm.toml").read_text(encoding="utf-8"))["cost_bands"]
    for band in session.scalars(select(CostBand).where(CostBand.name.in_(rates))):
        band.daily_cost = Decimal(rates[band.name])


def _make_project(session: Session, actor: Actor, today: date) -> Project:
    data = tomllib.loads((FOLDER / "project.toml").read_text(encoding="utf-8"))
    late = today + LEAD - data["starts_on"]
    # Whole weeks later when the sample is loaded after its project should have begun.
    shift = timedelta(weeks=max(0, -(-late.days // 7)))
    brief = ProjectBrief(
        **{name: data[name] for name in ("name", "client", "domain", "description", "priority", "team_template")},
        starts_on=data["starts_on"] + shift,
        ends_on=data["ends_on"] + shift,
        phases=tuple(
            PhaseBrief(phase["name"], phase["starts_on"] + shift, phase["ends_on"] + shift) for phase in data["phase"]
        ),
        subteams=tuple(SubteamBrief(**subteam) for subteam in data["subteam"]),
        measures=tuple(_measure(entry) for entry in data["measure"]),
    )
    project = create_project(session, actor, brief)
    for entry in data["role"]:
        add_role(session, actor, project.id, _role(catalogue_role(session, entry["catalogue_role"]), entry, shift))
    pairs = [
        Communication(entry["roles"][0], entry["roles"][1], Decimal(entry["amount"])) for entry in data["communication"]
    ]
    set_communication(session, actor, project.id, pairs)
    return project


def _measure(entry: dict[str, Any]) -> MeasureBrief:
    return MeasureBrief(**entry | {"kind": MeasureKind(entry["kind"]), "expected": Decimal(str(entry["expected"]))})


def _role(known: RoleBrief, entry: dict[str, Any], shift: timedelta) -> RoleBrief:
    """The catalogue's role with what the project says of it."""
    return replace(
        known,
        **{name: entry[name] for name in ("name", "subteam", "headcount") if name in entry},
        fte=Decimal(str(entry["fte"])),
        starts_on=entry["starts_on"] + shift,
        ends_on=entry["ends_on"] + shift,
        needs=tuple(Need(**need | {"weight": Decimal(str(need["weight"]))}) for need in entry["needs"]),
    )
