"""Who is looking, for reads that depend on it."""

from typing import NamedTuple


class Onlooker(NamedTuple):
    manages: bool = False
    administers: bool = False
    practitioner_id: int | None = None


MANAGER = Onlooker(manages=True)
ADMIN = Onlooker(manages=True, administers=True)
READER = Onlooker()
"""Signed in, and nobody of the directory."""
