"""The second factor of an account: codes of an authenticator app (RFC 6238), and recovery codes for a lost phone.

The seed of the codes is not stored: it follows from the server's secret key (`key` everywhere here), the account and a
random salt. Whoever has only the database can make no code.
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime

from pyotp import TOTP
from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, NotFound
from app.queries.accounts.second_factor import has_second_factor, is_required
from app.services.audit import Actor, record
from models import Account, RecoveryCode, SecondFactor, SignInSession

STEP_SECONDS = 30
SKEW_STEPS = 1
FURTHEST_DRIFT = 20
"""Steps by which a clock may be off for us to say by how much, when a phone is set up."""
RECOVERY_CODES = 10
# 24 letters of five bits: beyond the 112 bits from which on a fast digest is enough (OWASP ASVS V6.5.2).
RECOVERY_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECOVERY_LENGTH = 24
ALIKE = str.maketrans("OIL", "011")

WRONG = (
    "This code is wrong. Codes change every 30 seconds: check that the clock of your phone is set automatically, "
    "then type the newest code."
)
USED = "This code has been used. Wait for the next one, at most 30 seconds, and type that."
REQUIRED = "Accounts of your role need a second factor, so it cannot be removed. You can move it to another phone."


def new_salt() -> str:
    return secrets.token_hex(16)


def seed(key: str, account_id: int, salt: str) -> str:
    """What the authenticator app is given, in base 32: 160 bits."""
    told = f"muster second factor {account_id} {salt}"
    return base64.b32encode(_keyed(key, told)[:20]).decode()


def provisioning_uri(key: str, account_id: int, salt: str, email: str) -> str:
    """The address behind the picture that an authenticator app reads."""
    return TOTP(seed(key, account_id, salt)).provisioning_uri(name=email, issuer_name="Muster")


def set_up(
    session: Session, actor: Actor, account_id: int, *, key: str, salt: str, code: str, at: datetime
) -> list[str]:
    """Take the app that shows `code` as the account's second factor, in place of the one before, if any.

    Answers new recovery codes, which cannot be shown again. DomainError when the app does not show the right code.
    """
    totp, typed = TOTP(seed(key, account_id, salt)), _plain(code)
    step = _step_of(totp, typed, at, SKEW_STEPS)
    if step is None:
        raise DomainError(_drift(totp, typed, at) or WRONG, "code")
    factor = session.get(SecondFactor, account_id)
    action = "second_factor.change" if factor else "second_factor.set_up"
    if factor is None:
        session.add(SecondFactor(account_id=account_id, salt=salt, last_step=step, set_up_at=at))
    else:
        factor.salt, factor.last_step, factor.set_up_at = salt, step, at
    record(session, actor, action, "account", account_id)
    return _new_codes(session, account_id, key)


def check_code(session: Session, account_id: int, code: str, *, key: str, at: datetime) -> None:
    """Use up a code of the app or a recovery code. DomainError says why it was refused."""
    typed = _plain(code)
    if len(typed) == RECOVERY_LENGTH:
        _use_recovery_code(session, account_id, typed, key, at)
        return
    factor = session.get(SecondFactor, account_id, populate_existing=True)
    step = factor and _step_of(TOTP(seed(key, account_id, factor.salt)), typed, at, SKEW_STEPS)
    if step is None:
        raise DomainError(WRONG, "code")
    # Claimed in the statement itself: of two requests with the same code, one moves the step.
    claimed = session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    if _rows(claimed) != 1:
        raise DomainError(USED, "code")


def renew_recovery_codes(session: Session, actor: Actor, account_id: int, *, key: str) -> list[str]:
    """Ten new recovery codes; those from before stop working. NotFound without a second factor."""
    if not has_second_factor(session, account_id):
        raise NotFound("You have no second factor. Set it up first.")
    record(session, actor, "recovery_codes.renew", "account", account_id)
    return _new_codes(session, account_id, key)


def remove(session: Session, actor: Actor, account_id: int) -> None:
    """Sign in with the password alone from now on. Conflict where the account's role needs a second factor."""
    if is_required(session, account_id):
        raise Conflict(REQUIRED)
    _forget(session, account_id)
    record(session, actor, "second_factor.remove", "account", account_id)


def reset(session: Session, actor: Actor, account: Account) -> None:
    """For somebody who has lost the phone and the recovery codes: an administrator takes the factor away.

    Where the role needs one, the next sign-in leads to setting it up. The caller ends the account's sessions.
    """
    if not has_second_factor(session, account.id):
        raise NotFound("This account has no second factor.")
    _forget(session, account.id)
    record(session, actor, "second_factor.reset", "account", account.id)


def _forget(session: Session, account_id: int) -> None:
    for table in (RecoveryCode, SecondFactor):
        session.execute(delete(table).where(table.account_id == account_id))
    # Should the organisation come to ask for a second factor, no open session counts as having proved one.
    session.execute(update(SignInSession).where(SignInSession.account_id == account_id).values(two_factors=False))


def _new_codes(session: Session, account_id: int, key: str) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = ["".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account_id, code_hash=_digest(key, account_id, code)) for code in codes)
    session.flush()
    return ["-".join(re.findall(".{6}", code)) for code in codes]


def _use_recovery_code(session: Session, account_id: int, typed: str, key: str, at: datetime) -> None:
    code_hash = _digest(key, account_id, typed.translate(ALIKE))
    mine = update(RecoveryCode).where(RecoveryCode.account_id == account_id, RecoveryCode.code_hash == code_hash)
    used = session.execute(mine.where(RecoveryCode.used_at.is_(None)).values(used_at=at))
    if _rows(used) != 1:
        raise DomainError("This recovery code is wrong or has been used. Each works once.", "code")
    record(session, Actor.of(account_id), "recovery_code.use", "account", account_id)


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).upper()


def _step_of(totp: TOTP, typed: str, at: datetime, reach: int) -> int | None:
    """The thirty seconds whose code was typed, the nearest to now first; None when it is none of those in reach."""
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in sorted(range(now - reach, now + reach + 1), key=lambda step: -abs(step - now)):
        # Every one is compared, so that the time taken tells nothing.
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            found = step
    return found


def _drift(totp: TOTP, typed: str, at: datetime) -> str | None:
    step = _step_of(totp, typed, at, FURTHEST_DRIFT)
    if step is None:
        return None
    off = step - int(at.timestamp()) // STEP_SECONDS
    minutes, way = max(1, round(abs(off) * STEP_SECONDS / 60)), "ahead" if off > 0 else "behind"
    many = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"The clock of your phone is about {many} {way}. Let it be set automatically, then type the newest code."


def _digest(key: str, account_id: int, code: str) -> str:
    return _keyed(key, f"muster recovery code {account_id} {code}").hex()


def _keyed(key: str, told: str) -> bytes:
    return hmac.digest(key.encode(), told.encode(), hashlib.sha256)


def _rows(result: object) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
