"""Somebody's first or last name alone, in the reasons of decisions and steps about the teams they were on: there it
can only mean them, unless somebody or something else there is called so too."""

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from app.queries.privacy.letters import folded, parts_of, pattern
from app.queries.privacy.short_names import names_around, projects_of, skills_called
from app.queries.privacy.spellings import Spellings
from importers.names import normal_form
from models import Allocation, AllocationChange, AuditEntry, Decision, StaffingRun

SHORTEST = 2
"""Letters: one alone is an initial, and may stand for anybody."""


def strike_short_names(session: Session, practitioner_id: int, spellings: Spellings) -> tuple[int, set[int]]:
    """Put the pseudonym there. Returns how many reasons changed, and the audit entries that give a reason with such a
    name, which are to be redacted. Where the whole name may mean somebody else, nothing is touched."""
    changed, entries = 0, set[int]()
    for project_id in projects_of(session, practitioner_id) if spellings.ambiguous is None else ():
        around = names_around(session, project_id, practitioner_id) | {spellings.pseudonym}
        short = _only_theirs(session, spellings.names, around)
        if short is None:
            continue
        bookings = select(Allocation.id).where(Allocation.project_id == project_id)
        runs = select(StaffingRun.id).where(StaffingRun.project_id == project_id)
        for kind, here in (
            (Decision, Decision.run_id.in_(runs)),
            (AllocationChange, AllocationChange.allocation_id.in_(bookings)),
        ):
            for number, reason in session.execute(select(kind.id, kind.reason).where(here)).all():
                if reason and (told := _struck(reason, short, spellings.pseudonym)) != reason:
                    session.execute(update(kind).where(kind.id == number).values(reason=told))
                    changed += 1
        about = or_(
            and_(AuditEntry.subject == "project", AuditEntry.subject_id == project_id),
            and_(AuditEntry.subject == "allocation", AuditEntry.subject_id.in_(bookings)),
        )
        said = session.execute(select(AuditEntry.id, AuditEntry.reason).where(about, AuditEntry.reason.is_not(None)))
        entries |= {number for number, reason in said if reason and _struck(reason, short, "") != reason}
    return changed, entries


def _only_theirs(session: Session, names: Iterable[str], others: Iterable[str]) -> re.Pattern[str] | None:
    """Finds the parts of the names that nobody and nothing else around is called by; None where there are none."""
    taken = {folded(part) for name in others for part in parts_of(name)}
    own = {part for name in names for part in parts_of(name) if len(part) >= SHORTEST and folded(part) not in taken}
    skills = skills_called(session, {normal_form(part) for part in own})
    found = sorted(part for part in own if normal_form(part) not in skills)
    return re.compile("|".join(pattern([part]) for part in found), re.IGNORECASE) if found else None


def _struck(reason: str, short: re.Pattern[str], pseudonym: str) -> str:
    """In small letters it may be a word of the language, as in "we will" or "the rose"."""
    text = unicodedata.normalize("NFD", reason)
    told = short.sub(lambda match: match[0] if match[0][0].islower() else pseudonym, text)
    return reason if told == text else unicodedata.normalize("NFC", told)
