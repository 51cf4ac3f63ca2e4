"""Rows that somebody names on the command line: by number, e-mail address or name, however it is written."""

from collections.abc import Callable, Iterable, Sequence

from rapidfuzz import process
from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import NotFound
from importers.names import normal_form
from models import Practitioner, Project, Role


def find_project(session: Session, named: str) -> int:
    """The project's id. Raises NotFound with the nearest names."""
    found = session.scalars(select(Project.id).where(_is(Project.id, named) | (Project.name_key == normal_form(named))))
    names = select(Project.name).order_by(Project.id.desc()).limit(1000)
    return _one(found.all(), "project", named, lambda: session.scalars(names))


def find_role(session: Session, project_id: int, named: str) -> int:
    rows = session.execute(select(Role.id, Role.name).where(Role.project_id == project_id)).all()
    found = [number for number, name in rows if normal_form(name) == normal_form(named) or str(number) == named]
    return _one(found, "role of the project", named, lambda: [name for _, name in rows])


def find_person(session: Session, named: str) -> int:
    """The active practitioner's id. Two people of one name must be told apart by their e-mail address."""
    matches = or_(
        _is(Practitioner.id, named),
        Practitioner.email == named.strip().lower(),
        Practitioner.name_key == normal_form(named),
    )
    found = session.scalars(select(Practitioner.id).where(Practitioner.active, matches)).all()
    names = select(Practitioner.name).where(Practitioner.active).order_by(Practitioner.name)
    return _one(found, "person", named, lambda: session.scalars(names))


def _is(column: InstrumentedAttribute[int], named: str) -> ColumnElement[bool]:
    return column == int(named) if named.isascii() and named.isdigit() and len(named) < 19 else false()


def _one(found: Sequence[int], kind: str, named: str, names: Callable[[], Iterable[str]]) -> int:
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(f"{len(found)} people are called {named!r}. Name one by e-mail address.")
    near = [name for name, *_ in process.extract(named, list(names()), limit=3, score_cutoff=60)]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise NotFound(f"There is no {kind} called {named!r}.{hint}")
