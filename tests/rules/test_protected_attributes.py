"""No protected attribute is stored or counts: not a column of any table, not an input of the engine."""

import dataclasses
import re
import typing
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from models import Base
from staffing import Portfolio, Problem, ProblemError, read_problem

PROTECTED = frozenset(
    {
        "sex", "gender", "pronoun", "pronouns", "salutation", "male", "female", "age", "born", "birth",
        "birthday", "birthdate", "birthplace", "dob", "race", "racial", "ethnic", "ethnicity", "colour", "skin",
        "caste", "descent", "religion", "religious", "faith", "belief", "denomination", "church", "confession",
        "disability", "disabilities", "disabled", "handicap", "impairment", "health", "medical", "illness",
        "sickness", "diagnosis", "pregnancy", "pregnant", "union", "unions", "membership", "politics",
        "political", "party", "nationality", "citizenship", "nation", "migrant", "migration", "passport",
        "visa", "orientation", "sexual", "sexuality", "marital", "married", "marriage", "spouse", "children",
        "family", "maternity", "paternity", "photo", "photograph", "portrait", "picture", "image", "selfie",
        "biometric", "fingerprint",
    }
)  # fmt: skip
"""Words that no name of a column or an input has among its parts."""


def parts(name: str) -> set[str]:
    """ "birth_date" and "birthDate" have the parts "birth" and "date"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return set(re.split(r"[^a-z]+", words)) - {""}


def protected(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if parts(name) & PROTECTED)


def columns() -> Iterator[str]:
    for table in Base.metadata.tables.values():
        yield table.name
        for column in table.columns:
            yield f"{table.name}.{column.name}"
            yield from (str(choice) for choice in getattr(column.type, "enums", ()))


def inputs(kind: Any, seen: set[Any] | None = None) -> Iterator[str]:
    """The names of a class's fields and of the fields of those, however deep."""
    seen = set() if seen is None else seen
    if kind in seen:
        return
    seen.add(kind)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            yield field.name
            yield from inputs(hints[field.name], seen)
    for inner in typing.get_args(kind):
        yield from inputs(inner, seen)


class TestProtectedAttributes:
    def test_are_in_no_table(self) -> None:
        found = list(columns())
        assert len(found) > 150
        assert protected(found) == []

    @pytest.mark.parametrize("kind", [Problem, Portfolio])
    def test_are_no_input_of_the_engine(self, kind: Any) -> None:
        found = list(inputs(kind))
        assert len(found) > 30
        assert protected(found) == []

    @pytest.mark.parametrize("name", ["age", "gender", "nationality", "birth_date", "photo", "religion"])
    def test_are_refused_in_a_problem_file(self, name: str) -> None:
        document = {
            "format": "muster-problem/1",
            "weeks": 4,
            "people": [{"id": "ann", "skills": {"go": 4}, name: "x"}],
            "roles": [{"id": "dev", "needs": [{"skill": "go", "level": 3}]}],
        }
        with pytest.raises(ProblemError, match=name):
            read_problem(document)

    @pytest.mark.parametrize("name", ["people.birth_date", "marital_status", "ethnicOrigin", "photo_url", "age", "Age"])
    def test_would_be_noticed(self, name: str) -> None:
        assert protected(["languages", "stage", "usage", "average", name]) == [name]
