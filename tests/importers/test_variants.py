"""Spellings that need no alias, and look-alikes that stay apart."""

import pytest

from importers import Catalogue, CatalogueSkill
from importers.skills.catalogue import Match
from importers.skills.variants import loose_form

CATALOGUE = Catalogue(
    (
        CatalogueSkill("C"),
        CatalogueSkill("C++"),
        CatalogueSkill("Java"),
        CatalogueSkill("Jakarta EE", aliases=("Java EE", "J2EE")),
        CatalogueSkill("Angular"),
        CatalogueSkill("AngularJS", aliases=("Angular 1",)),
        CatalogueSkill("Microsoft Office", aliases=("Office",)),
        CatalogueSkill("Microsoft Word", aliases=("Word",)),
        CatalogueSkill("MATLAB"),
        CatalogueSkill("Simulink"),
        CatalogueSkill("Machine learning", aliases=("ML",)),
        CatalogueSkill("PLC programming", aliases=("PLC", "Programmable logic controllers")),
        CatalogueSkill("Robot Operating System"),
        CatalogueSkill("Verification and validation"),
        CatalogueSkill("Data modelling"),
        CatalogueSkill("Optimisation"),
        CatalogueSkill("Web services"),
        CatalogueSkill("Presentation"),
        CatalogueSkill("Communication"),
        CatalogueSkill("Linear"),
        CatalogueSkill("Accounting"),
        CatalogueSkill("Manufacturing"),
        CatalogueSkill("Fibre optics"),
    )
)


class TestASpelling:
    @pytest.mark.parametrize(
        ("written", "skill"),
        [
            ("Java 8", "Java"),
            ("Java8", "Java"),
            ("C++14", "C++"),
            ("C++ 11", "C++"),
            ("Angular 2+", "Angular"),
            ("Web service", "Web services"),
            ("Data Modeling", "Data modelling"),
            ("optimization", "Optimisation"),
            ("Fiber optics", "Fibre optics"),
            ("Presentation skills", "Presentation"),
            ("Knowledge of Java", "Java"),
            ("C (programming language)", "C"),
            ("C (lenguaje de programación)", "C"),
            ("Machine Learning (ML)", "Machine learning"),
            ("ML (Machine Learning)", "Machine learning"),
            ("Programmable Logic Controller (PLC)", "PLC programming"),
            ("ROS (Robot Operating System)", "Robot Operating System"),
            ("Verification and Validation (V&V)", "Verification and validation"),
            ("Java EE (J2EE)", "Jakarta EE"),
            ("Java EE / J2EE", "Jakarta EE"),
        ],
    )
    def test_that_says_the_same_needs_no_alias(self, written: str, skill: str) -> None:
        found = CATALOGUE.match(written)
        assert (found.kind, found.skill) == (Match.NORMAL_FORM, skill)

    def test_known_as_another_skill_is_that_skill(self) -> None:
        assert CATALOGUE.match("Angular 1").skill == "AngularJS"
        assert CATALOGUE.match("Angular 1.6").skill == "AngularJS"
        assert CATALOGUE.match("Angular v1.6.2").skill == "AngularJS"
        assert CATALOGUE.match("Angular 16").skill == "Angular"
        assert CATALOGUE.match("Angular 16.2.1").skill == "Angular"

    @pytest.mark.parametrize(
        "written",
        [
            "MatLab/Simulink",
            "C/C++",
            "Java (J2EE)",
            "Java/Spring",
            "Office (PowerPoint, Excell, Word)",
            "Markup language (ML)",
            "ML (markup language)",
            "Java (since 2019)",
            "Linear programming",
            "Accounting software",
            "Manufacturing 4.0",
            "Communications",
            "C4",
            "S3",
            "Javanese",
            "2019",
            "/",
            "()",
            "",
        ],
    )
    def test_that_can_mean_something_else_decides_nothing(self, written: str) -> None:
        assert CATALOGUE.match(written).skill is None

    def test_of_two_skills_decides_nothing(self) -> None:
        twins = Catalogue((CatalogueSkill("Data modelling tool"), CatalogueSkill("Data modeling tools")))
        assert twins.match("data modelling tool").skill == "Data modelling tool"
        assert twins.match("data modeling tool").skill is None


class TestALooseForm:
    @pytest.mark.parametrize(
        "same", [("Analysing data", "analyzing data"), ("Licences", "licences"), ("A & B", "a and b")]
    )
    def test_is_equal_for_spellings_of_one_name(self, same: tuple[str, str]) -> None:
        assert len({loose_form(name) for name in same}) == 1

    @pytest.mark.parametrize(
        "different", [("C", "C++", "C#"), ("Windows", "Window"), ("Business process", "Business"), ("R", "R&D")]
    )
    def test_keeps_different_names_apart(self, different: tuple[str, ...]) -> None:
        assert len({loose_form(name) for name in different}) == len(different)
