"""Whether the audit trail is whole: each entry is sealed with the one before it, and what was redacted is named."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select, true
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import Actor, AuditEntry
from models.sealing import first_seal_of, personal_digest, seal_of

AT_ONCE = 5_000
COLUMNS = list(AuditEntry.__table__.columns)
FOR_GOOD = frozenset({"audit.redact", "audit.reseal"})
"""Entries that can never be redacted."""
SEAL = "The seal does not fit: the entry was changed, or one before it was changed, removed, added or moved."
CONTENT = "What stands before, after or as the reason is not what was sealed."
ACCOUNT = "The account behind it is not the one that was sealed."
UNREADABLE = "What is stored of it cannot be read: it was changed past Muster."
UNNAMED = "It is redacted, but no later entry says so."
FOR_GOOD_REDACTED = "It is redacted, which an entry about the trail itself never is."
MISSING = "The seal that was noted is not in the trail: its end, or all of it, was removed or replaced."


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong: at which entry (none: with the trail as a whole), and what."""

    entry: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What a walk along the whole trail found. `newest` is the seal to note: with it, a removed end shows too."""

    entries: int
    redacted: int
    newest: str | None
    fault: Fault | None

    @property
    def unbroken(self) -> bool:
        return self.fault is None


@dataclass(frozen=True, slots=True)
class _Unreadable:
    id: int


@dataclass(slots=True)
class _Walk:
    expected: str | None
    last_seal: str = ""
    entries: int = 0
    redacted: int = 0
    fault: Fault | None = None
    unnamed: dict[int, bool] = field(default_factory=dict)
    """Redacted entries that nothing later has named yet, in order: whether each has the older form, without a digest,
    of which nothing but its being named can be checked."""
    met: bool = False

    def step(self, entry: Any) -> None:
        self.entries += 1
        if isinstance(entry, _Unreadable):
            self.fault = self.fault or Fault(entry.id, UNREADABLE)
            return
        try:
            fault, redacted = judge(entry, self.last_seal)
        except (TypeError, AttributeError):  # bytes where a text belongs
            fault, redacted = UNREADABLE, False
        if fault and self.fault is None:
            self.fault = Fault(entry.id, fault)
        if redacted:
            self.redacted += 1
            self.unnamed[entry.id] = entry.digest is None
        if entry.action == "audit.redact" and not fault:
            named = entry.after or {}
            older = set(named.get("of_older_form", ()))
            for number in named.get("entries", ()):
                if self.unnamed.get(number) == (number in older):
                    del self.unnamed[number]
        self.last_seal = entry.seal
        self.met = self.met or entry.seal == self.expected

    def end(self) -> Chain:
        first = next(iter(self.unnamed), None)
        if first is not None and (self.fault is None or self.fault.entry is None or first < self.fault.entry):
            self.fault = Fault(first, UNNAMED)
        if self.fault is None and self.expected is not None and not self.met:
            self.fault = Fault(None, MISSING)
        return Chain(self.entries, self.redacted, self.last_seal or None, self.fault)


def walk_chain(session: Session, expected: str | None = None) -> Iterator[int | Chain]:
    """Look at every entry; yields how many it has seen, now and then, and in the end what it found.

    `expected`: a seal noted earlier, which must be in the trail.
    """
    walk, last_id = _Walk(expected), None
    while rows := _next(session, last_id):
        for row in rows:
            walk.step(row)
        last_id = rows[-1].id
        yield walk.entries
    yield walk.end()


def verify_chain(session: Session, expected: str | None = None) -> Chain:
    """The same, once it is known."""
    *_, found = walk_chain(session, expected)
    assert isinstance(found, Chain)
    return found


def newest_seal(session: Session) -> str | None:
    return session.scalar(select(AuditEntry.seal).order_by(AuditEntry.id.desc()).limit(1))


def judge(entry: Any, last_seal: str) -> tuple[str | None, bool]:
    """What is wrong with one entry by itself, given the seal before it, and whether it is redacted."""
    empty = entry.before is None and entry.after is None and entry.reason is None
    if entry.digest is None:
        # Written by a program older than the database. Redacted, it cannot be sealed again; it must be named then.
        whole = entry.seal == first_seal_of(entry, last_seal)
        return (None if whole or empty else SEAL), not whole and empty
    redacted = entry.salt is None
    if entry.seal != seal_of(entry, last_seal):
        return SEAL, redacted
    if entry.account_id is not None and entry.actor != Actor.of(entry.account_id).label:
        # The seal leaves the number out, since an account's end clears it.
        return ACCOUNT, redacted
    if redacted:
        return (FOR_GOOD_REDACTED if entry.action in FOR_GOOD else None if empty else CONTENT), True
    whole = entry.digest == personal_digest(entry.salt, entry.before, entry.after, entry.reason)
    return (None if whole else CONTENT), False


def _next(session: Session, last_id: int | None) -> list[Row[Any] | _Unreadable]:
    after = AuditEntry.id > last_id if last_id is not None else true()
    try:
        return list(session.execute(select(*COLUMNS).where(after).order_by(AuditEntry.id).limit(AT_ONCE)))
    except (ValueError, TypeError, OperationalError):
        numbers = session.scalars(select(AuditEntry.id).where(after).order_by(AuditEntry.id).limit(AT_ONCE)).all()
        return [_one(session, number) for number in numbers]


def _one(session: Session, number: int) -> Row[Any] | _Unreadable:
    """SQLite stores in a column whatever somebody writes there by hand, also what is no time, no JSON and no text."""
    try:
        return session.execute(select(*COLUMNS).where(AuditEntry.id == number)).one()
    except (ValueError, TypeError):
        return _Unreadable(number)
    except OperationalError as error:
        if "decode" not in str(error.orig):
            raise
        return _Unreadable(number)
