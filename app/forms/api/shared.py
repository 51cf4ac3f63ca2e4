"""Shapes that several parts of the API have."""

from marshmallow import fields

from app.forms.api.fields import Shape, Whole, Words
from app.queries.lists.stretches import LONGEST_STRETCH, USUAL_STRETCH

LONGEST_CURSOR = 100


class FieldProblem(Shape):
    field = fields.String(required=True, metadata={"description": "Path of the value, such as choices.weights.fit"})
    detail = fields.String(required=True)


class ProblemShape(Shape):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "One sentence: what is wrong and what to do"})
    request_id = fields.String(
        required=True, allow_none=True, metadata={"description": "By which it is found in the log"}
    )
    errors = fields.List(fields.Nested(FieldProblem))


class StretchQuery(Shape):
    limit = Whole(1, LONGEST_STRETCH, in_address=True, load_default=USUAL_STRETCH)
    cursor = Words(
        LONGEST_CURSOR,
        load_default=None,
        allow_none=False,
        metadata={"description": "`next` of the answer before, as it stands there"},
    )


class Page(Shape):
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Cursor of what follows; null on the last page"}
    )


class Named(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
