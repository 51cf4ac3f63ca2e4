"""Numbers by which the command line names things."""

from typing import Any

import click

from app.errors import DomainError

LARGEST = 2**31 - 1


class NumberOf(click.ParamType[int]):
    """The number of a thing, such as "decision"; one that no row can have names nothing."""

    name = "number"

    def __init__(self, thing: str) -> None:
        self.thing = thing

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        typed = str(value)
        if typed.isascii() and typed.isdecimal() and len(typed) <= len(str(LARGEST)) and 1 <= int(typed) <= LARGEST:
            return int(typed)
        raise DomainError(f"There is no {self.thing} {typed!r}. Give its number, as in the address of its page.")
