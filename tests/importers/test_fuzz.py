"""A few hundred workbooks made wrong on purpose; `benchmarks/import_fuzz.py` reads a hundred thousand."""

from random import Random

import pytest

from importers import Reading, Refusal, read
from tests.importers.mutations import Seed, mutated, own_seeds
from tests.importers.workbooks import CATALOGUE

CASES = 40
SEEDS = own_seeds()


def said(content: bytes, filename: str) -> Reading | str:
    try:
        return read(content, filename, catalogue=CATALOGUE)
    except Refusal as refusal:
        return str(refusal)


class TestAFileMadeWrongOnPurpose:
    @pytest.mark.parametrize("seed", SEEDS, ids=[seed.name for seed in SEEDS])
    def test_ends_in_a_reading_or_a_sentence(self, seed: Seed) -> None:
        for number in range(CASES):
            assert said(mutated(seed, Random(number)), seed.name), number

    @pytest.mark.parametrize("seed", SEEDS, ids=[seed.name for seed in SEEDS])
    def test_says_the_same_again(self, seed: Seed) -> None:
        for number in range(0, CASES, 8):
            content = mutated(seed, Random(number))
            assert said(content, seed.name) == said(content, seed.name)
