"""How often something may be asked: counted in a window that moves, per account, token or client."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_login import current_user
from limits import RateLimitItem, parse

from app.errors import TooOften
from models.secrets import digest

SUBSCRIBER = 64
"""Bits of an IPv6 address that tell one subscriber from another."""
EXTENSION = "muster-limiter"
TRIALS = "muster-trials"
ENGINE = ("20 per minute", "engine")
"""What makes the engine work, asked by one account on pages and through the API together."""
TAKEN_OUT = ("30 per 10 minutes", "taken out")
"""Exports of one account, personal data among them."""
UPLOADS = ("60 per hour", "uploads")
"""Files that one account sends."""
WRONG_LINKS = ("20 per 5 minutes", "link")
"""Links of one client that open nothing, whatever they are for."""

P = ParamSpec("P")
R = TypeVar("R")


def init_app(app: Flask) -> None:
    # One a program and not one a module: applications side by side, as in tests, must not count each other's requests.
    app.extensions[EXTENSION] = Limiter(client, app=app, storage_uri="memory://", strategy="moving-window")
    app.extensions[TRIALS] = _Door()


def client() -> str:
    """The address that the request came from, as the connection says, or as many proxies as are set up; whatever else
    the headers claim. Of IPv6 the network: a subscriber has all the addresses in it."""
    try:
        address = ip_address(_without_port(request.remote_addr or ""))
    except ValueError:  # a socket of this machine has none
        return request.remote_addr or ""
    if address.version == 6 and (mapped := address.ipv4_mapped) is not None:
        return str(mapped)
    return str(address) if address.version == 4 else str(ip_network((address, SUBSCRIBER), strict=False))


def _without_port(told: str) -> str:
    """Some proxies add the client's port, which is another one for every connection."""
    if told.startswith("["):
        return told[1:].partition("]")[0]
    return told.partition(":")[0] if told.count(":") == 1 else told


def address_key(email: str) -> str:
    """What an e-mail address is counted under, however it is typed; of a length that nobody chooses."""
    return digest(email.strip().lower())


def spend(limit: str, *who: str) -> None:
    """Count one more; TooOften once `limit`, such as "10 per 5 minutes", is reached for `who`."""
    if not _limiter().limiter.hit(parse(limit), *who):
        raise TooOften(_wait(parse(limit), *who))


def paced(pace: tuple[str, str]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that an account uses the view only so often: TooOften beyond. `pace` is a limit and what it counts."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            spend(*pace, str(current_user.account_id))
            return view(*args, **kwargs)

        return counted

    return declare


def refuse_if_spent(limit: str, *who: str) -> None:
    """TooOften when `limit` is reached, without counting: for what only failures count against."""
    if not _limiter().limiter.test(parse(limit), *who):
        raise TooOften(_wait(parse(limit), *who))


def _wait(limit: RateLimitItem, *who: str) -> int:
    """Whole seconds until there is room again, at least one."""
    return max(1, math.ceil(_limiter().limiter.get_window_stats(limit, *who).reset_time - time.time()))


def _limiter() -> Limiter:
    found: Limiter = current_app.extensions[EXTENSION]
    return found


@contextmanager
def trial(limit: str, sentence: str, *counts: tuple[str, ...]) -> Iterator[Callable[[], None]]:
    """Let somebody try what only failures count against, in each of the counts; call what is yielded when it failed.
    A trial under way counts as failed until it ends, so that many at once get no further than one after the other.
    TooOften with the sentence, in which `{wait}` stands for the time to wait, when a count is full."""
    door: _Door = current_app.extensions[TRIALS]
    item = parse(limit)
    with door.lock:
        for who in counts:
            if _limiter().limiter.get_window_stats(item, *who).remaining <= door.under_way[who]:
                seconds = _wait(item, *who)
                raise TooOften(seconds, sentence.format(wait=_in_words(seconds)))
        door.under_way.update(counts)
    try:
        yield lambda: _count_all(item, counts)
    finally:
        with door.lock:
            door.under_way.subtract(counts)
            door.under_way += Counter()  # drops those that nobody is at any more


def _count_all(item: RateLimitItem, counts: tuple[tuple[str, ...], ...]) -> None:
    for who in counts:
        _limiter().limiter.hit(item, *who)


def _in_words(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 100 else f"{math.ceil(seconds / 60)} minutes"


class _Door:
    """The trials under way in this program."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.under_way: Counter[tuple[str, ...]] = Counter()
