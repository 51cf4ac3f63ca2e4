"""The audit trail: complete, append-only, redactable, and telling of every kind of tampering."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.db import make_engine, writing_session
from app.errors import NotFound
from app.events import begin_request, end_request
from app.queries.audit import chain
from app.queries.audit.chain import Chain, newest_seal, verify_chain
from app.services import schema
from app.services.accounts.accounts import create_account
from app.services.audit import COMMAND_LINE, Actor, record, redact
from models import Account, AccountRole, AuditEntry
from models.sealing import first_seal_of

EMPTY = "UPDATE audit_entries SET before = NULL, after = NULL, reason = NULL, salt = NULL"
TRIGGERS = ("audit_entries_no_update", "audit_entries_no_delete", "audit_entries_no_replace")


def trail(session: Session, count: int = 6) -> list[int]:
    """Entries that speak of people, committed."""
    told = [
        record(
            session,
            COMMAND_LINE,
            "project.edit",
            "project",
            number,
            before={"name": "Ann", "share": 0.5, "tags": ["é", {"b": 1, "a": None}]},
            after={"name": "Åsa", 7: "a key that is a number"},  # type: ignore[dict-item]
            reason="She said so.",
        ).id
        for number in range(count)
    ]
    session.commit()
    return told


def check(engine: Engine, expected: str | None = None) -> Chain:
    with Session(engine) as session:
        return verify_chain(session, expected)


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """Somebody with the database's own password, who has switched the triggers off."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in TRIGGERS:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        yield connection


class TestAnEntry:
    def test_says_who_in_which_role_and_request(self, session: Session) -> None:
        account = create_account(session, COMMAND_LINE, email="a@x.org", name="Ann", role=AccountRole.MANAGER)
        begin_request("abc123")
        entry = record(session, Actor("ann@x.org", account.id), "project.edit", "project", 1)
        end_request()
        assert (entry.actor, entry.account_id, entry.role, entry.request_id) == (
            f"account {account.id}",
            account.id,
            "manager",
            "abc123",
        )

    def test_is_sealed_with_the_one_before(self, session: Session, engine: Engine) -> None:
        trail(session)
        found = check(engine)
        assert (found.unbroken, found.entries, found.redacted) == (True, 6, 0)
        assert found.newest == newest_seal(session)

    def test_outlives_the_account(self, session: Session, engine: Engine) -> None:
        account = create_account(session, COMMAND_LINE, email="a@x.org", name="Ann", role=AccountRole.MANAGER)
        number = record(session, Actor.of(account.id), "project.edit", "project", 1).id
        session.commit()
        session.execute(delete(Account).where(Account.id == account.id))
        session.commit()
        entry = session.get_one(AuditEntry, number, populate_existing=True)
        assert (entry.account_id, entry.actor) == (None, f"account {account.id}")
        assert check(engine).unbroken

    def test_of_a_program_older_than_the_database_holds(self, session: Session, engine: Engine) -> None:
        trail(session, 2)
        old = AuditEntry(at=datetime.now(UTC), actor="a@x.org", action="session.start", subject="account")
        old.seal = first_seal_of(old, newest_seal(session) or "")
        session.add(old)
        session.commit()
        later = trail(session, 2)
        assert check(engine).unbroken
        assert redact(session, COMMAND_LINE, [old.id, *later], "Person 1 was erased.") == 3
        session.commit()
        assert check(engine).unbroken


class TestTheDatabase:
    """Without a trick it lets nobody change what was recorded."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_entries SET actor = 'nobody'",
            "UPDATE audit_entries SET reason = 'another'",
            "UPDATE audit_entries SET before = NULL",
            "UPDATE audit_entries SET account_id = 1",
            "UPDATE audit_entries SET before = NULL, after = NULL, reason = NULL, salt = NULL, actor = 'nobody'",
            "DELETE FROM audit_entries",
            "DELETE FROM audit_entries WHERE id = 1",
        ],
    )
    def test_refuses(self, session: Session, engine: Engine, statement: str) -> None:
        create_account(session, COMMAND_LINE, email="a@x.org", name="Ann", role=AccountRole.ADMIN)
        trail(session)
        with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
        assert check(engine).unbroken

    def test_refuses_to_empty_or_replace(self, session: Session, engine: Engine) -> None:
        first, *_ = trail(session)
        same = (
            "TRUNCATE audit_entries CASCADE"
            if engine.dialect.name == "postgresql"
            else "INSERT OR REPLACE INTO audit_entries (id, at, actor, action, subject, seal) "
            f"VALUES ({first}, '2026-01-01', 'x', 'x', 'x', 'x')"
        )
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(same))
        assert check(engine).unbroken

    def test_refuses_to_redact_what_tells_of_a_redaction(self, session: Session, engine: Engine) -> None:
        redact(session, COMMAND_LINE, trail(session), "Person 1 was erased.")
        session.commit()
        with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(text(f"{EMPTY} WHERE action = 'audit.redact'"))

    def test_is_checked_for_what_guards_the_trail(self, engine: Engine) -> None:
        assert schema.differences(engine) == []
        with unguarded(engine):
            pass
        found = schema.differences(engine)
        assert len(found) == 3
        assert all("the audit trail is not guarded" in difference for difference in found)


class TestRedaction:
    def test_takes_the_personal_part_out_and_the_chain_holds(self, session: Session, engine: Engine) -> None:
        numbers = trail(session)
        assert redact(session, COMMAND_LINE, numbers[1:3], "Person 1 was erased.") == 2
        session.commit()
        entry = session.get_one(AuditEntry, numbers[1], populate_existing=True)
        assert (entry.before, entry.after, entry.reason, entry.salt, entry.redacted) == (None, None, None, None, True)
        assert (entry.actor, entry.action, entry.subject_id) == ("command line", "project.edit", 1)
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.redact")).one()
        assert (told.after, told.reason) == ({"entries": numbers[1:3]}, "Person 1 was erased.")
        found = check(engine)
        assert (found.unbroken, found.redacted) == (True, 2)

    def test_happens_once_and_never_to_its_own_record(self, session: Session, engine: Engine) -> None:
        numbers = trail(session)
        redact(session, COMMAND_LINE, numbers, "Person 1 was erased.")
        session.commit()
        every = session.scalars(select(AuditEntry.id)).all()
        assert redact(session, COMMAND_LINE, every, "Again.") == 0
        assert check(engine).unbroken

    def test_names_any_number_of_entries(
        self, session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.services.audit.NAMED_AT_ONCE", 2)
        redact(session, COMMAND_LINE, trail(session, 5), "Person 1 was erased.")
        session.commit()
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.redact")).all()
        assert [len(entry.after["entries"]) for entry in told if entry.after] == [2, 2, 1]
        assert check(engine).unbroken

    def test_of_an_entry_that_is_not_there_is_refused(self, session: Session) -> None:
        with pytest.raises(NotFound, match="no entry 999"):
            redact(session, COMMAND_LINE, [999], "A typing mistake.")


def run(statement: str) -> Callable[[Connection, list[int]], None]:
    """A statement in which {0}, {1}... are the ids of the trail."""

    def tamper(connection: Connection, ids: list[int]) -> None:
        connection.execute(text(statement.format(*ids)))

    return tamper


def swap(connection: Connection, ids: list[int]) -> None:
    for old, new in ((ids[2], 9_000_000), (ids[3], ids[2]), (9_000_000, ids[3])):
        connection.execute(text(f"UPDATE audit_entries SET id = {new} WHERE id = {old}"))


def add(connection: Connection, ids: list[int]) -> None:
    row = dict(connection.execute(select(AuditEntry.__table__).where(AuditEntry.id == ids[2])).mappings().one())
    connection.execute(text("UPDATE audit_entries SET id = id + 1000 WHERE id > " + str(ids[2])))
    connection.execute(insert(AuditEntry.__table__).values(row | {"id": ids[2] + 1, "seal": "0" * 64}))


TAMPERED: dict[str, tuple[Callable[[Connection, list[int]], None], int | None, str]] = {
    "who": (run("UPDATE audit_entries SET actor = 'nobody' WHERE id = {2}"), 2, chain.SEAL),
    "the role": (run("UPDATE audit_entries SET role = 'admin' WHERE id = {2}"), 2, chain.SEAL),
    "the action": (run("UPDATE audit_entries SET action = 'project.create' WHERE id = {2}"), 2, chain.SEAL),
    "the kind of object": (run("UPDATE audit_entries SET subject = 'role' WHERE id = {2}"), 2, chain.SEAL),
    "which object": (run("UPDATE audit_entries SET subject_id = 77 WHERE id = {2}"), 2, chain.SEAL),
    "when": (run("UPDATE audit_entries SET at = '2020-01-01 00:00:00' WHERE id = {2}"), 2, chain.SEAL),
    "the request": (run("UPDATE audit_entries SET request_id = 'x' WHERE id = {2}"), 2, chain.SEAL),
    "the digest": (run("UPDATE audit_entries SET digest = 'x' WHERE id = {2}"), 2, chain.SEAL),
    "the seal": (run("UPDATE audit_entries SET seal = 'x' WHERE id = {2}"), 2, chain.SEAL),
    "what was before": (run("UPDATE audit_entries SET before = '[]' WHERE id = {2}"), 2, chain.CONTENT),
    "what was after": (run("UPDATE audit_entries SET after = NULL WHERE id = {2}"), 2, chain.CONTENT),
    "why": (run("UPDATE audit_entries SET reason = 'x' WHERE id = {2}"), 2, chain.CONTENT),
    "the salt": (run("UPDATE audit_entries SET salt = 'x' WHERE id = {2}"), 2, chain.CONTENT),
    "the account": (
        run("UPDATE audit_entries SET account_id = (SELECT max(id) FROM accounts) WHERE id = {2}"),
        2,
        chain.ACCOUNT,
    ),
    "the form of the seal": (run("UPDATE audit_entries SET digest = NULL WHERE id = {2}"), 2, chain.SEAL),
    "the first entry away": (run("DELETE FROM audit_entries WHERE id = {0}"), 1, chain.SEAL),
    "an entry away": (run("DELETE FROM audit_entries WHERE id = {2}"), 3, chain.SEAL),
    "two entries swapped": (swap, 2, chain.SEAL),
    "a redaction that nothing names": (
        run(EMPTY + " WHERE id = {2}"),
        2,
        chain.UNNAMED,
    ),
    "half a redaction": (
        run("UPDATE audit_entries SET before = NULL, salt = NULL WHERE id = {2}"),
        2,
        chain.CONTENT,
    ),
}


class TestTampering:
    """By somebody who has switched the triggers off."""

    @pytest.mark.parametrize("what", TAMPERED)
    def test_shows(self, session: Session, engine: Engine, what: str) -> None:
        create_account(session, COMMAND_LINE, email="m@x.org", name="Mallory", role=AccountRole.ADMIN)
        ids = trail(session)
        tamper, place, sentence = TAMPERED[what]
        with unguarded(engine) as connection:
            tamper(connection, ids)
        found = check(engine)
        assert found.fault is not None
        assert (found.fault.entry, found.fault.sentence) == (None if place is None else ids[place], sentence)

    @pytest.mark.parametrize("number", [0, -7])
    def test_by_an_entry_before_the_first_shows(self, session: Session, engine: Engine, number: int) -> None:
        trail(session)
        forged = {"id": number, "at": datetime.now(UTC), "actor": "account 1", "action": "a.b", "subject": "c"}
        with engine.begin() as connection:
            connection.execute(insert(AuditEntry.__table__).values(forged | {"seal": "0" * 64}))
        fault = check(engine).fault
        assert fault is not None
        assert fault.entry == number

    def test_of_an_entry_that_was_redacted_shows_whatever_form_it_takes(self, session: Session, engine: Engine) -> None:
        ids = trail(session)
        redact(session, COMMAND_LINE, ids[2:3], "Person 1 was erased.")
        session.commit()
        assert check(engine).unbroken
        with unguarded(engine) as connection:
            connection.execute(text(f"UPDATE audit_entries SET digest = NULL, actor = 'x' WHERE id = {ids[2]}"))
        fault = check(engine).fault
        assert fault is not None
        assert fault.entry == ids[2]

    @pytest.mark.parametrize(
        "change",
        ["at = 'yesterday'", "after = '{'", "actor = x'ff00'", "reason = CAST(x'ff' AS TEXT)", "subject_id = 'x'"],
    )
    def test_by_what_cannot_even_be_read_shows(self, sqlite_url: str, change: str) -> None:
        engine = make_engine(sqlite_url)
        with Session(engine) as session:
            ids = trail(session)
        with unguarded(engine) as connection:
            connection.exec_driver_sql(f"UPDATE audit_entries SET {change} WHERE id = {ids[2]}")
        found = check(engine)
        engine.dispose()
        assert found.fault is not None
        assert (found.fault.entry, found.entries) == (ids[2], 6)

    def test_by_an_entry_more_shows(self, session: Session, engine: Engine) -> None:
        ids = trail(session)
        with unguarded(engine) as connection:
            add(connection, ids)
        fault = check(engine).fault
        assert fault is not None
        assert (fault.entry, fault.sentence) == (ids[2] + 1, chain.SEAL)

    def test_of_the_record_of_a_redaction_shows(self, session: Session, engine: Engine) -> None:
        ids = trail(session)
        redact(session, COMMAND_LINE, ids[:1], "Person 1 was erased.")
        session.commit()
        with unguarded(engine) as connection:
            connection.execute(text(f"{EMPTY} WHERE action = 'audit.redact'"))
        fault = check(engine).fault
        assert fault is not None
        assert (fault.entry, fault.sentence) == (ids[0], chain.UNNAMED)

    def test_by_naming_a_redaction_before_it_happened_shows(self, session: Session, engine: Engine) -> None:
        """An entry may only be named by a later one: nobody writes a list of numbers in advance."""
        record(session, COMMAND_LINE, "audit.redact", "audit", None, after={"entries": [1, 2, 3]})
        ids = trail(session, 1)
        session.execute(
            text(
                f"UPDATE audit_entries SET before = NULL, after = NULL, reason = NULL, salt = NULL WHERE id = {ids[0]}"
            )
        )
        session.commit()
        fault = check(engine).fault
        assert fault is not None
        assert (fault.entry, fault.sentence) == (ids[0], chain.UNNAMED)

    @pytest.mark.parametrize("kept", [0, 1, 3])
    def test_at_the_end_shows_with_the_seal_that_was_noted(self, session: Session, engine: Engine, kept: int) -> None:
        ids = trail(session)
        noted = check(engine).newest
        with unguarded(engine) as connection:
            connection.execute(text(f"DELETE FROM audit_entries WHERE id > {ids[kept - 1] if kept else 0}"))
        assert check(engine).unbroken
        fault = check(engine, noted).fault
        assert fault is not None
        assert (fault.entry, fault.sentence) == (None, chain.MISSING)

    def test_is_no_longer_trail_that_grew(self, session: Session, engine: Engine) -> None:
        trail(session)
        noted = check(engine).newest
        trail(session)
        assert check(engine, noted).unbroken


def snapshot(engine: Engine) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        rows = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)).mappings().all()
    return [json.loads(json.dumps(dict(row), default=str)) for row in rows]


class TestWhatIsRolledBack:
    def test_leaves_no_entry(self, engine: Engine) -> None:
        with writing_session(engine) as session:
            record(session, COMMAND_LINE, "project.edit", "project", 1)
        assert snapshot(engine) == []
