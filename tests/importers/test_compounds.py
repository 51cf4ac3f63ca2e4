"""Names that hold several skills: their parts are proposed, and names that only look like it are left whole."""

import pytest

from importers import Catalogue, CatalogueSkill
from importers.skills.compounds import Compounds

KNOWING = Compounds(
    Catalogue(
        (
            CatalogueSkill("Apache Kafka", None, ("Kafka",)),
            CatalogueSkill("RabbitMQ"),
            CatalogueSkill("Microsoft Excel", None, ("Excel",)),
            CatalogueSkill("SQL"),
            CatalogueSkill("Word & Typesetting"),
        )
    )
)


class TestACompound:
    @pytest.mark.parametrize(
        ("written", "parts"),
        [
            ("RabbitMQ/ Kafka", ("RabbitMQ", "Apache Kafka")),
            ("Office (PowerPoint, Excell, Word)", ("PowerPoint", "Microsoft Excel", "Word")),
            ("Jest/ Mocha/ Jasmine/…", ("Jest", "Mocha", "Jasmine")),
            ("Source Version Control: CVS, SVN, Git", ("CVS", "SVN", "Git")),
            ("C/C++", ("C", "C++")),
            ("HTML and CSS", ("HTML", "CSS")),
            ("AJAX/JSON/XML", ("AJAX", "JSON", "XML")),
            ("Java/Java/SQL", ("Java", "SQL")),
        ],
    )
    def test_is_proposed_as_its_parts_in_the_words_of_the_catalogue(self, written: str, parts: tuple[str, ...]) -> None:
        assert KNOWING.parts(written) == parts


class TestOneSkill:
    @pytest.mark.parametrize(
        "written",
        [
            "CI/CD", "TCP/IP", "PL/SQL", "Oracle PL/SQL", "UI/UX", "A/B testing", "SQL - Python - Dataset building",
            "Research and development", "Planning, organising and monitoring", "Verbal/written communication",
            "Kubernetes (K8s)", "Word & Typesetting", "Python", "Client/Server", "Pottery", "24/7", "a/b", "/", "(,)",
            "",
        ],
    )  # fmt: skip
    def test_stays_whole(self, written: str) -> None:
        assert KNOWING.parts(written) == ()
