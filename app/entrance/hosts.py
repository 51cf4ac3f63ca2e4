"""Under which names Muster answers: the one it is set up for, and on plain http those of this machine.

A request's Host header is whatever its sender wrote. Links never come from it, but a name that somebody else owns must
not open our pages either.
"""

import socket
from urllib.parse import urlsplit

from flask import Flask, current_app, request

from app.config import Settings
from app.errors import DomainError

HOSTS = "MUSTER_HOSTS"
ANYWHERE = frozenset({"service.healthz", "service.readyz"})
"""Probes call a server by whatever address it has; these two tell nothing else."""


class WrongHost(DomainError):
    status = 400

    def __init__(self) -> None:
        super().__init__(
            "Muster does not answer under this address. Use the one that you were given. If you run this Muster: "
            "set MUSTER_BASE_URL to the address under which people reach it, and restart it."
        )


def init_app(app: Flask, settings: Settings) -> None:
    app.config[HOSTS] = known_hosts(settings)
    app.config["BASE_URL"] = settings.base_url
    app.before_request(_refuse_other_hosts)


def known_hosts(settings: Settings) -> frozenset[str]:
    named = urlsplit(settings.base_url).hostname or ""
    return frozenset({named} if settings.secure else {named, *names_of_this_machine()})


def names_of_this_machine() -> set[str]:
    found = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - names of it, not where we listen
    try:
        name = socket.gethostname().lower()
        found |= {name, *(str(address[4][0]) for address in socket.getaddrinfo(name, None))}
    except OSError:  # a machine without a name of its own has its addresses still
        pass
    for family, outside in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        # Connecting a datagram socket sends nothing; it says which address this machine would send from.
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((outside, 9))
                found.add(probe.getsockname()[0])
        except OSError:  # no way out of this machine
            continue
    return found


def same_host(url: str) -> bool:
    """Whether an address that the browser sent, such as Origin, is of the host that was asked."""
    try:
        return bool(url) and urlsplit(url).netloc == request.host
    except ValueError:  # brackets that hold no address
        return False


def asked_path() -> str:
    """The path that was asked for, with its query if it has one: a link that leads there again."""
    return request.full_path if request.query_string else request.path


def is_local_path(target: str | None) -> bool:
    """Whether `next` leads to a page of ours: a path, not another site in any of its disguises."""
    return (
        bool(target)
        and target is not None
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not any(ord(letter) < 32 or letter == "\\" for letter in target)
    )


def _refuse_other_hosts() -> None:
    if request.endpoint in ANYWHERE:
        return
    try:
        asked = urlsplit(f"//{request.host}").hostname
    except ValueError:  # brackets that hold no address
        asked = None
    if asked not in current_app.config[HOSTS]:
        raise WrongHost
