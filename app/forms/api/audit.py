"""The audit trail in the API."""

from typing import Any

from marshmallow import fields

from app.forms.api.fields import Id, Shape, Words, parts
from app.forms.api.shared import Page, StretchQuery
from app.queries.audit.trail import AuditFilters

LONGEST_WORD = 60


class AuditQuery(StretchQuery):
    action = Words(
        LONGEST_WORD,
        load_default=None,
        allow_none=False,
        metadata={"description": "Such as project.edit, or a beginning with its full stop such as project."},
    )
    subject = Words(LONGEST_WORD, load_default=None, allow_none=False, metadata={"description": "Such as project"})
    subject_id = Id(in_address=True, load_default=None, allow_none=False)
    account = Id(in_address=True, load_default=None, allow_none=False, metadata={"description": "Who acted"})


def entry_filters(query: dict[str, Any]) -> AuditFilters:
    return AuditFilters(
        actor=query["account"],
        actions=(query["action"],) if query["action"] else (),
        subject=query["subject"],
        subject_id=query["subject_id"],
    )


class EntryShape(Shape):
    """`before`, `after` and `reason` are null also where they were redacted."""

    id = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    account_id = fields.Integer(required=True, allow_none=True)
    actor = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    action = fields.String(required=True)
    subject = fields.String(required=True)
    subject_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True, metadata={"description": "What the object is called today"})
    request_id = fields.String(required=True, allow_none=True)
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    redacted = fields.Boolean(required=True)
    seal = fields.String(required=True)


class AuditPage(Page):
    items = parts(EntryShape, required=True)
