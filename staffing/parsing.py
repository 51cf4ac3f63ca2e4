"""JSON to the document that it spells, each key once; what it means is for `reading` to judge."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from staffing.document import ProblemError, Value

_ENDLESS = 600
"""Digits that no number of a document needs, and that Python reads under any setting."""


def parse_document(text: str | bytes) -> Any:
    """The document that JSON spells, as text or in any encoding that JSON may have; `ProblemError` when it is none.

    NaN, infinities and endless numbers come through as floats, so that reading refuses them with their path.
    """
    if not text or text.isspace():
        raise ProblemError("", "is empty.")
    try:
        return _unambiguous(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ProblemError("", f"is not JSON; at {place}: {error.msg.removesuffix(' at')}.") from error
    except UnicodeDecodeError as error:
        raise ProblemError("", "is not text; save it as UTF-8.") from error
    except RecursionError as error:
        raise ProblemError("", "is nested too deeply.") from error


class _Doubled(dict[str, Any]):
    """An object that says a key more than once."""

    doubled: str


def _unambiguous(text: str | bytes) -> Any:
    found: list[_Doubled] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        held = dict(pairs)
        if len(held) == len(pairs):
            return held
        times = Counter(key for key, _ in pairs)
        found.append(_Doubled(held))
        found[-1].doubled = next(key for key in held if times[key] > 1)
        return found[-1]

    try:
        document = json.loads(text, object_pairs_hook=once)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:
        # Python refuses to read whole numbers of thousands of digits.
        document = json.loads(text, object_pairs_hook=once, parse_int=_whole)
    if found:
        first = next(value for value in _everything(document) if isinstance(value.raw, _Doubled))
        raise Value(None, first, first.raw.doubled).refuse("stands twice in its object; keep one of the two.")
    return document


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < _ENDLESS else float(digits)


def _everything(document: Any) -> Iterator[Value]:
    """Every value of the document, in its order."""
    ahead = [Value(document)]
    while ahead:
        value = ahead.pop()
        yield value
        if isinstance(value.raw, Mapping):
            ahead += reversed([Value(raw, value, key) for key, raw in value.raw.items()])
        elif isinstance(value.raw, list):
            ahead += reversed(value.items())
