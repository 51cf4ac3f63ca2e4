"""The filters of the audit trail as they stand in its address, and the words for what it tells.

An address may come from a bookmark or a colleague: what cannot be meant is left out, never an error.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.forms.people import read_number, read_text
from app.queries.audit.trail import AuditFilters

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Sign-in and sessions": ("session.", "second_factor.", "recovery_code.", "recovery_codes.", "external_identity."),
    "Accounts and roles": ("account.", "token.", "policy."),
    "Privacy": ("person.", "retention."),
    "Skills of people": ("rating.",),
    "Exports": ("export.", "person.export", "audit.export"),
    "Imports and lists of skills": ("import.", "taxonomy.", "sample."),
    "Projects and roles": ("project.", "role."),
    "Staffing decisions": ("staffing.", "allocation."),
    "The audit trail itself": ("audit.",),
}
"""What people look for -> beginnings of actions, or whole ones."""
ACTIONS: Mapping[str, str] = {
    "account.activate": "Account activated",
    "account.create": "Account made",
    "account.deactivate": "Account deactivated",
    "account.edit": "Account changed",
    "account.email": "E-mail address changed",
    "account.email_asked": "Another e-mail address asked for",
    "account.end_sessions": "Sessions ended",
    "account.link": "One-use link made",
    "account.link_person": "Account linked to a person",
    "account.password_set": "Password set",
    "account.reset_asked": "New password asked for",
    "account.unlink_person": "Account no longer linked",
    "allocation.completed": "Allocation completed",
    "allocation.confirmed": "Person confirmed",
    "allocation.declined": "Person declined",
    "allocation.held": "Person held",
    "allocation.proposed": "Person proposed",
    "allocation.released": "Person released",
    "audit.export": "Audit trail exported",
    "audit.redact": "Entries redacted",
    "audit.reseal": "Entries sealed anew",
    "export.make": "Export made",
    "external_identity.link": "Linked at single sign-on",
    "external_identity.unlink": "No longer linked at single sign-on",
    "import.alias": "Aliases learned from an import",
    "import.apply": "Import applied",
    "import.discard": "Import discarded",
    "import.refuse": "Import refused",
    "import.stage": "Import read",
    "import.undo": "Import undone",
    "person.ask_erasure": "Person asks to be erased",
    "person.erase": "Person erased",
    "person.export": "Personal data exported",
    "person.keep": "Wish to be erased taken back",
    "person.visibility": "Audience of a part chosen",
    "policy.change": "Policy changed",
    "project.communication": "Communication of roles changed",
    "project.create": "Project made",
    "project.edit": "Project changed",
    "project.hand_over": "Project handed over",
    "rating.verify": "Rating verified or no longer",
    "recovery_code.use": "Recovery code used",
    "recovery_codes.renew": "Recovery codes made anew",
    "retention.change": "Periods of keeping changed",
    "retention.run": "Old data removed",
    "role.create": "Role added",
    "role.delete": "Role removed",
    "role.edit": "Role changed",
    "sample.remove": "Sample organisation removed",
    "second_factor.change": "Second factor moved to another phone",
    "second_factor.remove": "Second factor removed",
    "second_factor.reset": "Second factor taken away",
    "second_factor.set_up": "Second factor set up",
    "session.end": "Signed out",
    "session.end_others": "Other sessions ended",
    "session.refuse": "Sign-in refused",
    "session.start": "Signed in",
    "session.wrong_code": "Second step refused",
    "staffing.choose": "Team chosen",
    "staffing.propose": "Teams proposed",
    "staffing.set_aside": "Proposal set aside",
    "taxonomy.discard": "List of skills discarded",
    "taxonomy.load": "List of skills loaded",
    "token.issue": "Token for a program made",
    "token.revoke": "Token revoked",
}
SUBJECTS: Mapping[str, str] = {
    "account": "Account",
    "allocation": "Allocation",
    "audit": "Audit trail",
    "directory": "Directory",
    "import_batch": "Import",
    "person": "Person",
    "policy": "Policy",
    "practitioner": "Person",
    "project": "Project",
    "rating": "Rating",
    "retention": "Retention",
    "role": "Role",
    "skill": "Skill",
    "taxonomy": "List of skills",
}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def action_words(action: str) -> str:
    """An action that has no words yet is told by its own: "room.book" as "Room: book"."""
    thing, _, verb = action.partition(".")
    return ACTIONS.get(action) or f"{thing.replace('_', ' ').capitalize()}: {verb.replace('_', ' ')}"


def subject_words(subject: str) -> str:
    return SUBJECTS.get(subject) or subject.replace("_", " ").capitalize()


def read_filters(args: MultiDict[str, str]) -> AuditFilters:
    chosen = args.get("action", "")
    known_subject = args.get("subject") if args.get("subject") in SUBJECTS else None
    return AuditFilters(
        text=read_text(args.get("q", "")),
        actor=_actor(args.get("actor", "")),
        actions=GROUPS.get(chosen, (chosen,) if chosen in ACTIONS else ()),
        subject=known_subject,
        subject_id=read_number(args.get("number")) if known_subject else None,
        from_day=_day(args.get("from", "")),
        to_day=_day(args.get("to", "")),
        older_than=read_number(args.get("older")),
        newer_than=read_number(args.get("newer")),
    )


def query_of(filters: AuditFilters) -> dict[str, str]:
    """The names and values of an address with these filters; what is as usual is left out."""
    every: dict[str, Any] = {
        "q": filters.text,
        "actor": filters.actor,
        "action": action_value(filters),
        "subject": filters.subject,
        "number": filters.subject_id,
        "from": filters.from_day,
        "to": filters.to_day,
        "older": filters.older_than,
        "newer": filters.newer_than,
    }
    return {name: str(value) for name, value in every.items() if value not in (None, "")}


def action_value(filters: AuditFilters) -> str:
    group = next((name for name, actions in GROUPS.items() if actions == filters.actions), None)
    return group or next(iter(filters.actions), "")


def address(path: str, filters: AuditFilters | None) -> str | None:
    return None if filters is None else f"{path}?{urlencode(query_of(filters))}".rstrip("?")


def action_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Under each group the group as a whole and each of its actions, for a list to choose from."""
    choices: list[tuple[str, list[tuple[str, str]]]] = [("", [("", "Every action")])]
    for name, actions in GROUPS.items():
        inside = sorted((words, action) for action, words in ACTIONS.items() if _belongs(action, actions))
        choices.append((name, [(name, f"All of: {name}"), *((action, words) for words, action in inside)]))
    return choices


def subject_choices() -> list[tuple[str, str]]:
    named: dict[str, str] = {}
    for subject, words in SUBJECTS.items():
        named.setdefault(words, subject)
    return [("", "Anything"), *((subject, words) for words, subject in sorted(named.items()))]


def _belongs(action: str, group: tuple[str, ...]) -> bool:
    return any(action == one or (one.endswith(".") and action.startswith(one)) for one in group)


def _actor(typed: str) -> int | str | None:
    return read_number(typed) or (typed if typed in {"command line", "visitor"} else None)


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
