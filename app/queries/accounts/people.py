"""Who of the directory may be behind an account, and who has none yet."""

from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from importers.names import normal_form
from models import Account, Practitioner, Unit

A_PAGE = 100
MOST_FOUND = 20
MOST_SUGGESTED = 5
ALIKE = 80
"""Of 100, over all orders of first and last names: "Kathrin Meyer" and "Meier Katrin" are 87 alike."""
MOST_WORDS = 10


class PersonChoice(NamedTuple):
    """`taken_by`: the address of the account that the person has already."""

    id: int
    name: str
    title: str | None
    unit: str | None
    email: str | None
    active: bool
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class Uninvited:
    """People with an e-mail address and without an account, a page of them; `first` is the first one's number."""

    text: str
    rows: list[PersonChoice]
    total: int
    page: int
    pages: int
    first: int


def find_choices(session: Session, text: str) -> list[PersonChoice]:
    """At most 20 people whose name, address or employee number holds every word, those without an account first; nobody
    without a word."""
    words = text.lower().split()[:MOST_WORDS]
    if not words:
        return []
    found = _choices().where(*(_has(word) for word in words))
    order = (case((_has_account(), 1), else_=0), Practitioner.active.desc(), Practitioner.name_key)
    rows = session.execute(found.order_by(*order).limit(MOST_FOUND))
    return [PersonChoice(*row) for row in rows]


def choice_of(session: Session, person_id: int) -> PersonChoice | None:
    row = session.execute(_choices().where(Practitioner.id == person_id)).one_or_none()
    return PersonChoice(*row) if row else None


def suggest(session: Session, name: str) -> list[PersonChoice]:
    """People without an account whose names are much like this one, the likest first. Two statements."""
    words = [key for key in map(normal_form, name.replace(",", " ").split()) if key][:MOST_WORDS]
    keys = dict(
        session.execute(
            select(Practitioner.id, Practitioner.name_key).where(Practitioner.active, ~_has_account())
        ).all()
    )
    scores: dict[int, float] = {}
    for start in range(len(words)):  # a directory may write the last name first, and a normal form has no spaces
        turned = "".join(words[start:] + words[:start])
        for _, score, number in process.extract(turned, keys, scorer=fuzz.ratio, score_cutoff=ALIKE):
            scores[number] = max(score, scores.get(number, 0))
    order = sorted(scores, key=lambda number: (-scores[number], number))[:MOST_SUGGESTED]
    rows = {row.id: PersonChoice(*row) for row in session.execute(_choices().where(Practitioner.id.in_(order)))}
    return [rows[number] for number in order]


def uninvited(session: Session, text: str, page: int) -> Uninvited:
    """By name; two statements. A page behind the last one is the last one."""
    wanted = and_(_may_be_invited(), *(_has(word) for word in text.lower().split()[:MOST_WORDS]))
    total = session.scalar(select(func.count()).select_from(Practitioner).where(wanted)) or 0
    pages = max(1, -(-total // A_PAGE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        _choices().where(wanted).order_by(Practitioner.name_key).limit(A_PAGE).offset((page - 1) * A_PAGE)
    )
    return Uninvited(text, [PersonChoice(*row) for row in rows], total, page, pages, (page - 1) * A_PAGE + 1)


def count_uninvited(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Practitioner).where(_may_be_invited())) or 0


def people_to_invite(session: Session, person_ids: list[int]) -> list[Practitioner]:
    """Those of the people who can still be invited, by name."""
    return list(
        session.scalars(
            select(Practitioner)
            .where(_may_be_invited(), Practitioner.id.in_(person_ids))
            .order_by(Practitioner.name_key)
        )
    )


def _may_be_invited() -> ColumnElement[bool]:
    address_taken = exists().where(Account.email == Practitioner.email)
    return and_(Practitioner.active, Practitioner.email.is_not(None), ~_has_account(), ~address_taken)


def _has_account() -> ColumnElement[bool]:
    return exists().where(Account.practitioner_id == Practitioner.id)


def _choices() -> Select[int, str, str | None, str, str | None, bool, str]:
    holder = aliased(Account)  # a name of its own: conditions ask about other accounts
    return (
        select(
            Practitioner.id,
            Practitioner.name,
            Practitioner.title,
            Unit.name,
            Practitioner.email,
            Practitioner.active,
            holder.email,
        )
        .select_from(Practitioner)
        .outerjoin(Unit, Unit.id == Practitioner.home_unit_id)
        .outerjoin(holder, holder.practitioner_id == Practitioner.id)
    )


def _has(word: str) -> ColumnElement[bool]:
    key = normal_form(word)
    return or_(
        Practitioner.email.contains(word, autoescape=True),
        func.lower(Practitioner.external_id) == word,
        *([Practitioner.name_key.contains(key, autoescape=True)] if key else []),
    )
