"""What is stored of a secret that somebody holds: a session's, a link's, an API token."""

import hashlib

MARK = "muster_"
"""How every API token begins, so that people and scanners of source code recognise one."""


def digest(secret: str) -> str:
    """A leaked database opens no door."""
    return hashlib.sha256(secret.encode()).hexdigest()
