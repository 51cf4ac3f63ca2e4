"""What can go wrong in the meaning of a request, each with one sentence for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.exc import IntegrityError


class DomainError(Exception):
    """`sentence` says what is wrong and what to do; `field` names the form field it belongs to, if any.

    `details`, as JSON, is what a page shows beside the sentence.
    """

    status = 422
    heading: str | None = None
    """Of its page, where that of the status would mislead."""
    details: Mapping[str, Any] | None = None

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotFound(DomainError):
    status = 404


class Forbidden(DomainError):
    status = 403


class Conflict(DomainError):
    """The world moved: somebody else changed what this request was based on."""

    status = 409
    heading = "This cannot be done now"


class TooOften(DomainError):
    """Asked more often than anybody needs to; it works again after `retry_after` seconds."""

    status = 429

    def __init__(self, retry_after: int, sentence: str | None = None) -> None:
        super().__init__(sentence or f"This was asked too often. Wait {retry_after} seconds and try again.")
        self.retry_after = retry_after


class Stopped(DomainError):
    """Somebody stopped the work before it was done."""

    status = 409

    def __init__(self) -> None:
        super().__init__("The work was stopped, so nothing was changed.")


CONSTRAINT_FIELDS: dict[str, tuple[str, str]] = {
    "uq_accounts_email": ("email", "An account with this e-mail address already exists."),
    "uq_accounts_practitioner_id": ("person", "This person has an account already."),
    "uq_practitioners_email": ("email", "Another person already has this e-mail address."),
    "uq_practitioners_external_id": ("external_id", "Another person already has this employee number."),
    "uq_projects_name_key": ("name", "A project with this name already exists. Choose another name."),
    "uq_roles_project_id_name": ("name", "The project already has a role with this name."),
    "uq_skill_needs_role_id_skill_id": ("skill", "The role already asks for this skill."),
    "uq_skills_name_key": ("name", "The catalogue already has this skill."),
    "uq_jobs_open_subject": ("job", "Work on this is under way already. Wait for it or stop it."),
    "uq_skill_aliases_alias_key": ("alias", "This alias already leads to a skill."),
    "ck_projects_period": ("ends_on", "The end lies before the start."),
    "ck_roles_period": ("ends_on", "The end lies before the start."),
}
"""Constraint name -> form field and sentence, for the races that no check before the write can see."""


def from_integrity_error(error: IntegrityError) -> DomainError | None:
    """The domain error behind a violated constraint; None when the constraint is nobody's typing mistake."""
    name = _constraint_name(error)
    if name not in CONSTRAINT_FIELDS:
        return None
    field, sentence = CONSTRAINT_FIELDS[name]
    return DomainError(sentence, field)


def _constraint_name(error: IntegrityError) -> str:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or ""
    kind, _, detail = str(error.orig).partition(" constraint failed: ")
    if kind != "UNIQUE":
        return detail
    # SQLite names the columns, not the constraint; the naming convention gives the name back.
    columns = [column.strip().split(".") for column in detail.split(",")]
    return "_".join(["uq", columns[0][0], *(column for _, column in columns)])
