"""The browsers in which somebody has signed in before.

Whoever guesses at somebody's password uses up the tries of all strangers, not those of the owner's own browser: it
carries a signed cookie that says for which accounts it is known, and has a count of its own.
"""

import hashlib
import secrets
from datetime import timedelta

from flask import after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

KEPT_FOR = timedelta(days=180)
MOST_ACCOUNTS = 5


def known_device(account_id: int | None) -> str | None:
    """This browser's own mark, if the account has been entered in it before."""
    device, accounts = _read()
    return device if account_id in accounts else None


def remember_device(account_id: int) -> None:
    """From now on this browser is known for the account, the last of a few."""
    device, accounts = _read()
    kept = [account_id, *(other for other in accounts if other != account_id)][:MOST_ACCOUNTS]
    value = _signer().dumps([device or secrets.token_urlsafe(16), kept])

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            _name(),
            value,
            max_age=int(KEPT_FOR.total_seconds()),
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _read() -> tuple[str | None, list[int]]:
    try:
        device, accounts = _signer().loads(request.cookies.get(_name(), ""))
    except BadSignature:
        return None, []
    return device, accounts


def _name() -> str:
    return "__Host-muster-device" if current_app.config["SESSION_COOKIE_SECURE"] else "muster-device"


def _signer() -> URLSafeSerializer:
    key = current_app.secret_key or ""
    return URLSafeSerializer(key, salt="known device", signer_kwargs={"digest_method": hashlib.sha256})
