"""JSON that can be meant in one way only: what is sent to the API is read by this or refused with a sentence."""

import json
import math
from typing import Any, NoReturn

from app.errors import DomainError

DEEPEST = 50
SMALLEST, LARGEST = -(2**63), 2**63 - 1
LONGEST_NUMBER = 40
"""Characters; longer than any number of 64 bits needs to be written."""


class NotJson(DomainError):
    """The body cannot be read, or could be read in two ways."""

    status = 400


def read_json(body: bytes) -> Any:
    """What the bytes spell. Raises NotJson for bytes that are no UTF-8, for keys that stand twice, numbers beyond 64
    bits or no numbers at all, half characters, null characters, and for more than `DEEPEST` levels."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson("The body is not UTF-8. Send JSON as UTF-8.") from error
    try:
        document = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole, parse_float=_decimal
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJson(f"The body is not JSON; at {place}: {error.msg.removesuffix(' at')}.") from error
    except RecursionError as error:
        raise NotJson(TOO_DEEP) from error
    _look_through(document)
    return document


TOO_DEEP = f"The body is nested deeper than {DEEPEST} levels. Send a flatter document."


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"{_shown(twice)} stands twice in one object. Keep one of the two.")
    return held


def _no_number(sign: str) -> NoReturn:
    raise NotJson(f"{sign} is no number in JSON. Leave the field out or send null.")


def _whole(digits: str) -> int:
    if len(digits) <= LONGEST_NUMBER and SMALLEST <= (number := int(digits)) <= LARGEST:
        return number
    raise NotJson(f"The number {_shown(digits)} does not fit into 64 bits. Send a smaller one.")


def _decimal(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotJson(f"The number {_shown(digits)} does not fit into 64 bits. Send a smaller one.")
    return number


def _look_through(document: Any) -> None:
    ahead = [(document, 1)]
    while ahead:
        value, depth = ahead.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, dict | list):
            if depth > DEEPEST:
                raise NotJson(TOO_DEEP)
            if isinstance(value, dict):
                ahead += [(key, depth + 1) for key in value]
                ahead += [(inner, depth + 1) for inner in value.values()]
            else:
                ahead += [(inner, depth + 1) for inner in value]


def _check_text(text: str) -> None:
    if "\0" in text:
        raise NotJson("A text holds a null character. Leave it out.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotJson("A text holds half of a character (a lone surrogate). Send whole characters.") from error


def _shown(text: str) -> str:
    """Short, and readable whatever it holds."""
    return ascii(text if len(text) <= LONGEST_NUMBER else f"{text[:LONGEST_NUMBER]}…").strip("'")
