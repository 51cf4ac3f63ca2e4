"""How much of what people really write the starter catalogue knows."""

import csv
import gzip
import json
from collections import Counter

import openpyxl
import pytest

from importers import Catalogue, CatalogueSkill
from tests.requirements import shared
from tests.sample.conftest import Entries

NO_SKILL = {"", "NA", "Other(s):"}


@pytest.fixture(scope="module")
def catalogue(skills: Entries) -> Catalogue:
    return Catalogue(tuple(CatalogueSkill(name, aliases=tuple(s.get("aliases", ()))) for name, s in skills.items()))


def resolved(catalogue: Catalogue, mentions: Counter[str]) -> float:
    known = sum(count for name, count in mentions.items() if catalogue.match(name).skill is not None)
    return known / mentions.total()


class TestTheStarterCatalogue:
    def test_resolves_most_free_text_mentions_of_a_consultancy(self, catalogue: Catalogue) -> None:
        file = shared("data/skills_sheets/11_freetext_json_lists_618_consultants.xlsx")
        rows = openpyxl.load_workbook(file).worksheets[0].iter_rows(min_row=2, values_only=True)
        mentions = Counter(name for (cell,) in rows for name in json.loads(str(cell)))
        assert mentions.total() == 8_756
        assert resolved(catalogue, mentions) >= 0.80

    @pytest.mark.parametrize(
        ("column", "least"),
        [
            ("LanguageWorkedWith", 0.75),
            ("DatabaseWorkedWith", 0.95),
            ("PlatformWorkedWith", 0.95),
            ("WebFrameWorkedWith", 0.80),
        ],
    )
    def test_resolves_most_of_a_survey_of_2019(self, column: str, least: float, catalogue: Catalogue) -> None:
        with gzip.open(shared("data/surveys/so2019_tech_long_2of3.csv.gz"), "rt", encoding="utf-8-sig") as file:
            mentions = Counter(row[column].strip() for row in csv.DictReader(file))
        named = Counter({name: count for name, count in mentions.items() if name not in NO_SKILL})
        assert resolved(catalogue, named) >= least

    @pytest.mark.parametrize(
        ("column", "least"),
        [("LanguageHaveWorkedWith", 0.75), ("DatabaseHaveWorkedWith", 0.90), ("WebframeHaveWorkedWith", 0.90)],
    )
    def test_resolves_most_of_a_survey_of_2025(self, column: str, least: float, catalogue: Catalogue) -> None:
        with shared("data/surveys/so2025_sample_667.csv").open(encoding="utf-8-sig", newline="") as file:
            mentions = Counter(name.strip() for row in csv.DictReader(file) for name in row[column].split(";"))
        named = Counter({name: count for name, count in mentions.items() if name not in NO_SKILL})
        assert resolved(catalogue, named) >= least
