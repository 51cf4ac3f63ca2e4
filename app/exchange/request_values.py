"""What every address and every form keeps to before a view sees it."""

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1
"""Row ids are integers of 32 bits; PostgreSQL fails on a larger one instead of finding nothing."""


class RowId(IntegerConverter):
    """`<int:...>` in an address: the plain digits of an id that a row can have. Anything else leads nowhere."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map) -> None:  # noqa: A002 - werkzeug's own name
        super().__init__(map, min=1, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Before any address is registered: it is compiled with the converters that are known then."""
    app.url_map.converters["int"] = RowId
    app.before_request(_refuse_null_characters)


def _refuse_null_characters() -> None:
    # PostgreSQL stores no text with one, and nobody can type it. In an address, the filters leave it out.
    typed = [value for values in request.form.listvalues() for value in values]
    names = [file.filename or "" for files in request.files.listvalues() for file in files]
    if any("\0" in text for text in (*typed, *names)):
        abort(400)
