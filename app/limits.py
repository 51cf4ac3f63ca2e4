"""How often something may be asked: counted in a window that moves, per account, token or client."""

import math
import time

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse

from app.errors import TooOften

EXTENSION = "muster-limiter"


def init_app(app: Flask) -> None:
    # One a program and not one a module: applications side by side, as in tests, must not count each other's requests.
    app.extensions[EXTENSION] = Limiter(client, app=app, storage_uri="memory://", strategy="moving-window")


def client() -> str:
    """The address that the request came from: the connection's, whatever its headers claim."""
    return request.remote_addr or ""


def spend(limit: str, *who: str) -> None:
    """Count one more; TooOften once `limit`, such as "10 per 5 minutes", is reached for `who`."""
    if not _limiter().limiter.hit(parse(limit), *who):
        raise TooOften(_wait(parse(limit), *who))


def refuse_if_spent(limit: str, *who: str) -> None:
    """TooOften when `limit` is reached, without counting: for what only failures count against."""
    if not _limiter().limiter.test(parse(limit), *who):
        raise TooOften(_wait(parse(limit), *who))


def forget(limit: str, *who: str) -> None:
    """Begin to count anew."""
    _limiter().limiter.clear(parse(limit), *who)


def _wait(limit: RateLimitItem, *who: str) -> int:
    """Whole seconds until there is room again, at least one."""
    return max(1, math.ceil(_limiter().limiter.get_window_stats(limit, *who).reset_time - time.time()))


def _limiter() -> Limiter:
    found: Limiter = current_app.extensions[EXTENSION]
    return found
