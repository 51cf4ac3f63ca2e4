"""A reading crosses from the child to the server in columns."""

import json
from dataclasses import replace
from datetime import date

from importers import Rating, Reading
from importers.process.packing import pack, unpack
from tests.importers.workbooks import read_rows

RAW = (1, 1.0, True, "1", None, 0, False, 0.0, "x", 3)


READING = read_rows([["Name", "Go"], ["Eve Roe", 3]])


def many(rows: int) -> Reading:
    first = READING.ratings[0]
    ratings = [
        replace(first, raw=RAW[n % len(RAW)], cell=f"B{n}", on=date(2024, 1, 1 + n % 7) if n % 3 else None)
        for n in range(rows)
    ]
    return replace(READING, ratings=tuple(ratings))


def sent(reading: Reading) -> Reading:
    return unpack(json.loads(json.dumps(pack(reading))))


class TestAReadingSentInColumns:
    def test_is_the_same_reading(self) -> None:
        for rows in (0, 1, 50, 51, 1_000):
            assert sent(many(rows)) == many(rows)

    def test_keeps_equal_numbers_of_different_types_apart(self) -> None:
        def types(ratings: tuple[Rating, ...]) -> list[type]:
            return [type(rating.raw) for rating in ratings]

        assert types(sent(many(1_000)).ratings) == types(many(1_000).ratings)

    def test_writes_what_repeats_once(self) -> None:
        assert len(json.dumps(pack(many(10_000)))) < 40 * 10_000
