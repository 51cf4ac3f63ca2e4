"""What was typed into a form that could not be taken, kept so that it can be sent again.

It lives in the page alone, as hidden fields of a new form. Passwords, codes and form tokens are never kept, and files
cannot be.
"""

import json
import re
from dataclasses import dataclass

from flask import request

from app.db import SAFE_METHODS
from app.entrance.hosts import asked_path, same_host
from app.exchange.idempotency import FIELD as ONCE

NEVER_KEPT = re.compile(r"password|secret|token|^code$|^current$", re.IGNORECASE)
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MOST_SHOWN = 40
NOT_TYPED = frozenset({ONCE, "allocation", "digest", "seen", "version"})
"""Fields that only the page writes: what it stood at when it was loaded."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """`path` is where the form was sent to, with its query. `files` and `left_out`: it also held files, or something
    that is never kept."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: bool = False
    left_out: bool = False

    @property
    def typed(self) -> list[tuple[str, str]]:
        """The first of what a person can recognise, with names made readable."""
        told = [(name, value) for name, value in self.fields if name not in NOT_TYPED and value.strip()]
        return [(name.replace("_", " ").replace("-", " "), value) for name, value in told][:MOST_SHOWN]


def kept_form() -> KeptForm | None:
    """The form in this request; None when it is none, or when another site may have sent it: then nothing is offered
    that the person in front of the screen might not have typed."""
    if request.method in SAFE_METHODS or request.mimetype not in FORMS or not sent_by_our_page():
        return None
    return form_for(asked_path())


def form_for(path: str) -> KeptForm:
    """What this request carries, as a form for a path of ours."""
    sent = [(name, value) for name, values in request.form.lists() for value in values]
    return KeptForm(
        path,
        tuple((name, value) for name, value in sent if not NEVER_KEPT.search(name)),
        files=any(file.filename for _, files in request.files.lists() for file in files),
        left_out=any(NEVER_KEPT.search(name) and name != "csrf_token" for name, _ in sent),
    )


def sent_by_our_page() -> bool:
    """Browsers say so in Sec-Fetch-Site; older ones at least name the origin."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site is not None else same_host(request.headers.get("Origin", ""))


def packed(form: KeptForm) -> str:
    """As one text, for a hidden field."""
    return json.dumps([form.path, form.fields, form.files, form.left_out])


def unpacked(text: str | None) -> KeptForm | None:
    """The form behind `packed`; None for any other text."""
    try:
        path, fields, files, left_out = json.loads(text or "")
        kept = tuple((str(name), str(value)) for name, value in fields)
    except (ValueError, TypeError):
        return None
    return KeptForm(str(path), kept, bool(files), bool(left_out))
