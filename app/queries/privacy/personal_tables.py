"""Which tables and columns refer to a person, and what of them their personal data export holds.

The references are found by walking the foreign keys; a test compares them with the lists here, and the columns too, so
that nothing new is forgotten and nothing secret slips in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models import Base

ROOTS = ("practitioners", "accounts")
LOOSE = ("row_id", "subject_id")
"""Columns that name a row of whatever table another column says: foreign keys that no database knows."""


@dataclass(frozen=True)
class Part:
    """A table of the export. `by`: columns through which a row refers to the person; any of them will do.

    `shown`: the columns that are in it; `withheld`: those that are not, with the reason.
    """

    table: str
    title: str
    by: tuple[str, ...]
    shown: tuple[str, ...]
    withheld: Mapping[str, str]


LETS_IN = "A secret, or made from one: it would let others in."
NO_USE = "Muster's own bookkeeping; it says nothing about you."
OTHERS = "It may hold other people's data."

PARTS = (
    Part(
        "practitioners",
        "Profile",
        ("id",),
        (
            "id",
            "name",
            "email",
            "external_id",
            "title",
            "about",
            "home_unit_id",
            "location",
            "time_zone",
            "utc_offset_minutes",
            "working_share",
            "working_days",
            "cost_band_id",
            "active",
            "created_at",
            "updated_at",
            "erased_at",
        ),
        {"name_key": "The name once more, as the search compares it.", "version": NO_USE},
    ),
    Part(
        "ratings",
        "Ratings",
        ("practitioner_id",),
        (
            "id",
            "skill_id",
            "level",
            "source",
            "rated_on",
            "last_used",
            "verified_by_id",
            "verified_at",
            "created_at",
            "updated_at",
        ),
        {"practitioner_id": "You.", "version": NO_USE},
    ),
    Part(
        "rating_changes",
        "Earlier ratings",
        ("practitioner_id",),
        ("skill_id", "level", "source", "rated_on", "recorded_at", "recorded_by_id", "import_batch_id"),
        {"id": NO_USE, "practitioner_id": "You."},
    ),
    Part(
        "endorsements",
        "Endorsements",
        ("rating_id", "endorsed_by_id"),
        ("rating_id", "endorsed_by_id", "level", "note", "endorsed_at"),
        {"id": NO_USE},
    ),
    Part(
        "learning_goals",
        "Learning goals",
        ("practitioner_id",),
        ("id", "skill_id", "target_level", "priority", "due_on", "created_at", "updated_at"),
        {"practitioner_id": "You."},
    ),
    Part(
        "engagements",
        "Project history",
        ("practitioner_id",),
        ("id", "project_id", "role_name", "starts_on", "ends_on", "share", "success", "technologies"),
        {"practitioner_id": "You."},
    ),
    Part(
        "allocations",
        "Allocations",
        ("practitioner_id",),
        (
            "id",
            "project_id",
            "role_id",
            "seat",
            "role_name",
            "share",
            "starts_on",
            "ends_on",
            "state",
            "proposal_id",
            "created_at",
            "updated_at",
        ),
        {"practitioner_id": "You.", "version": NO_USE},
    ),
    Part(
        "allocation_changes",
        "Changes of allocations",
        ("allocation_id",),
        ("allocation_id", "state", "changed_at", "changed_by_id", "reason"),
        {"id": NO_USE},
    ),
    Part(
        "absences",
        "Absences",
        ("practitioner_id",),
        ("id", "starts_on", "ends_on", "share", "reason"),
        {"practitioner_id": "You."},
    ),
    Part(
        "visibility",
        "Who may see what",
        ("practitioner_id",),
        ("field", "audience"),
        {"id": NO_USE, "practitioner_id": "You."},
    ),
    Part(
        "ties",
        "Ties",
        ("person_a_id", "person_b_id"),
        ("person_a_id", "person_b_id", "strength", "shared_projects", "last_together"),
        {},
    ),
    Part(
        "erasure_requests",
        "Wish to be erased",
        ("practitioner_id",),
        ("asked_at",),
        {"id": NO_USE, "practitioner_id": "You."},
    ),
    Part(
        "proposed_seats",
        "Proposed seats",
        ("practitioner_id", "mentor_id"),
        ("proposal_id", "role_id", "seat", "practitioner_id", "mentor_id", "points"),
        {"id": NO_USE},
    ),
    Part(
        "imported_values",
        "Imported values",
        ("row_id",),
        (
            "batch_id",
            "table_name",
            "row_id",
            "field",
            "sheet",
            "cell",
            "raw",
            "before",
            "after",
            "stored_before",
            "stored_after",
        ),
        {"id": NO_USE, "held_by_id": NO_USE},
    ),
    Part(
        "accounts",
        "Account",
        ("id",),
        ("id", "email", "name", "role", "active", "reach", "created_at", "updated_at"),
        {"password_hash": LETS_IN, "practitioner_id": "You.", "version": NO_USE},
    ),
    Part(
        "sign_in_sessions",
        "Sign-ins",
        ("account_id",),
        (
            "created_at",
            "last_seen_at",
            "ended_at",
            "user_agent",
            "pending",
            "wrong_codes",
            "two_factors",
            "authenticated_at",
            "how",
        ),
        {"id": NO_USE, "token_hash": LETS_IN, "account_id": "You."},
    ),
    Part(
        "one_time_links",
        "Links sent",
        ("account_id",),
        ("purpose", "created_at", "expires_at", "used_at", "replaced_at", "email"),
        {"id": NO_USE, "token_hash": LETS_IN, "account_id": "You."},
    ),
    Part(
        "second_factors",
        "Second factor",
        ("account_id",),
        ("set_up_at",),
        {"account_id": "You.", "salt": LETS_IN, "last_step": LETS_IN},
    ),
    Part(
        "recovery_codes",
        "Recovery codes",
        ("account_id",),
        ("used_at",),
        {"id": NO_USE, "account_id": "You.", "code_hash": LETS_IN},
    ),
    Part(
        "external_identities",
        "Single sign-on",
        ("account_id",),
        ("issuer", "subject", "email", "linked_at"),
        {"id": NO_USE, "account_id": "You."},
    ),
    Part(
        "api_tokens",
        "API tokens",
        ("account_id",),
        ("name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"),
        {"id": NO_USE, "account_id": "You.", "token_hash": LETS_IN},
    ),
    Part("managed_units", "Units you manage", ("account_id",), ("unit_id",), {"account_id": "You."}),
    Part(
        "projects",
        "Projects you manage",
        ("manager_id",),
        ("id", "name", "state", "starts_on", "ends_on"),
        dict.fromkeys(
            (
                "name_key",
                "client",
                "domain",
                "description",
                "priority",
                "budget",
                "success",
                "team_template_id",
                "manager_id",
                "created_at",
                "updated_at",
                "version",
            ),
            "About the project, not about you.",
        ),
    ),
    Part(
        "staffing_runs",
        "Proposals you asked for",
        ("requested_by_id",),
        ("id", "project_id", "requested_at", "status"),
        {
            "requested_by_id": "You.",
            "engine_version": NO_USE,
            "choices": OTHERS,
            "inputs_digest": NO_USE,
            "inputs": OTHERS,
            "result": OTHERS,
        },
    ),
    Part(
        "decisions",
        "Your staffing decisions",
        ("decided_by_id",),
        ("run_id", "proposal_id", "kind", "decided_at", "reason"),
        {"id": NO_USE, "decided_by_id": "You.", "record": OTHERS, "record_digest": NO_USE},
    ),
    Part(
        "import_batches",
        "Files you imported",
        ("uploaded_by_id",),
        ("id", "filename", "state", "uploaded_at", "applied_at", "undone_at"),
        {
            "sha256": NO_USE,
            "sample": NO_USE,
            "content": OTHERS,
            "choices": OTHERS,
            "plan": OTHERS,
            "plan_digest": NO_USE,
            "counts": OTHERS,
            "uploaded_by_id": "You.",
            "version": NO_USE,
        },
    ),
    Part(
        "taxonomy_files",
        "Lists of skills you sent",
        ("uploaded_by_id",),
        ("filename", "uploaded_at"),
        {"id": NO_USE, "sha256": NO_USE, "entries": "A list of skills.", "uploaded_by_id": "You."},
    ),
    Part(
        "jobs",
        "Work you asked for",
        ("asked_by_id", "subject_id"),
        ("id", "kind", "state", "asked_at", "started_at", "finished_at"),
        dict.fromkeys(
            ("subject", "subject_id", "attempts", "done", "total", "status", "heartbeat_at", "asked_by_id", "actor"),
            NO_USE,
        )
        | dict.fromkeys(("request", "note", "error", "details"), OTHERS),
    ),
    Part(
        "audit_entries",
        "Audit trail",
        ("account_id", "subject_id"),
        ("id", "at", "account_id", "role", "action", "subject", "subject_id", "before", "after", "reason"),
        {"actor": "The account once more.", "request_id": NO_USE, "salt": NO_USE, "digest": NO_USE, "seal": NO_USE},
    ),
)

LEFT_OUT: Mapping[str, str] = {
    "accounts.practitioner_id": "The account is in it as a table of its own.",
    "ratings.verified_by_id": "Whom you verified is their data; what you did is in the audit trail.",
    "rating_changes.recorded_by_id": "Whom you rated is their data; what you did is in the audit trail.",
    "allocation_changes.changed_by_id": "Whose bookings you changed is their data; what you did is in the audit trail.",
    "first_answers.account_id": "Kept for a day, so that a form sent twice happens once; it repeats other tables.",
}
"""References to a person that the export does not follow, with the reason."""


def references() -> Iterator[str]:
    """Every column, as table.column, that refers to a person, an account, or a row that goes with one of them."""
    own = set(ROOTS)
    while more := {table for table, target, cascades in _keys() if cascades and target in own and table not in own}:
        own |= more
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name in own for key in column.foreign_keys) or column.name in LOOSE:
                yield f"{table.name}.{column.name}"


def _keys() -> Iterator[tuple[str, str, bool]]:
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            yield table.name, key.column.table.name, key.ondelete == "CASCADE"
