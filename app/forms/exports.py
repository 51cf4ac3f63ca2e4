"""What somebody asks to take out of the directory."""

from collections.abc import Mapping


def read_project(given: Mapping[str, str]) -> int | None:
    """The number of the project that an export is of; None for all of them, and for what is no number."""
    number = given.get("project", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
