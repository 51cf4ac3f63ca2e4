"""Strict reading of a JSON document: each value knows its path, and whatever is wrong is refused with it."""

import json
import math
from collections.abc import Container, Iterator, Mapping
from typing import Any


class ProblemError(ValueError):
    """A document that cannot be understood: `path` of the offending value and one `sentence` about it."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}" if path else sentence)
        self.path = path
        self.sentence = sentence


class Value:
    """A value of the document. The path is spelled out only when something is refused."""

    __slots__ = ("_above", "_key", "raw")

    def __init__(self, raw: Any, above: "Value | None" = None, key: str | int = "") -> None:
        self.raw = raw
        self._above = above
        self._key = key

    @property
    def path(self) -> str:
        steps: list[str] = []
        value = self
        while value._above is not None:
            steps.append(f"[{value._key}]" if isinstance(value._key, int) else f".{_spelled(value._key)}")
            value = value._above
        return "".join(reversed(steps)).removeprefix(".")

    def refuse(self, sentence: str) -> ProblemError:
        return ProblemError(self.path, sentence)

    def fields(self, *known: str) -> "Value":
        """This value, after making sure that it is an object with no other keys than these."""
        if not isinstance(self.raw, Mapping):
            raise self.refuse("must be an object.")
        for key in self.raw:
            if key not in known:
                raise Value(None, self, str(key)).refuse(f"unknown key; known here are {', '.join(known)}.")
        return self

    def entries(self) -> Iterator[tuple[str, "Value"]]:
        """Key and value of an object with free keys."""
        if not isinstance(self.raw, Mapping):
            raise self.refuse("must be an object.")
        for key, raw in self.raw.items():
            if not isinstance(key, str) or not key:
                raise self.refuse("keys must be text.")
            yield key, Value(raw, self, key)

    def has(self, key: str) -> bool:
        return key in self.raw

    def __getitem__(self, key: str) -> "Value":
        if key not in self.raw:
            raise Value(None, self, key).refuse("is missing.")
        return Value(self.raw[key], self, key)

    def get(self, key: str, default: Any) -> "Value":
        return Value(self.raw.get(key, default), self, key)

    def items(self, length: int | None = None) -> list["Value"]:
        if not isinstance(self.raw, list | tuple):
            raise self.refuse("must be a list.")
        if length is not None and len(self.raw) != length:
            raise self.refuse(f"must have {length} entries, not {len(self.raw)}.")
        return [Value(raw, self, n) for n, raw in enumerate(self.raw)]

    def text(self) -> str:
        if not isinstance(self.raw, str) or not self.raw:
            raise self.refuse("must be text, and not empty.")
        if not is_unicode(self.raw):
            raise self.refuse("must be text without half characters (unpaired surrogates).")
        return self.raw

    def known(self, names: Container[str], kind: str) -> str:
        """This text, after making sure that it is the id of somebody or something."""
        name = self.text()
        if name not in names:
            raise self.refuse(f"is the id of no {kind}.")
        return name

    def flag(self) -> bool:
        if not isinstance(self.raw, bool):
            raise self.refuse("must be true or false.")
        return self.raw

    def whole(self, low: int, high: int) -> int:
        if type(self.raw) is not int or not low <= self.raw <= high:
            raise self.refuse(f"must be a whole number from {low} to {high}.")
        return self.raw

    def number(self, low: float, high: float) -> float:
        if type(self.raw) not in (int, float) or not low <= self.raw <= high or not math.isfinite(self.raw):
            raise self.refuse(f"must be a number from {low:g} to {high:g}.")
        return float(self.raw)

    def optional(self) -> "Value | None":
        return None if self.raw is None else self


def is_unicode(text: str) -> bool:
    """Whether every program can write the text; JSON can spell halves of characters that none can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _spelled(key: str) -> str:
    """The key as it stands in a path: on one line, whatever it holds."""
    return key if key and key.isprintable() else json.dumps(key)
