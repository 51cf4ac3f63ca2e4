"""Names spelled nearly alike: slips of the hand are found, other skills with like names are not."""

import random
import string
import time

import pytest

from importers import Catalogue, CatalogueSkill
from importers.skills.spellings import Spellings

KNOWN = (
    "Laravel", "Flutter", "Project and people management", "Mechanical Engineering", "JavaScript", "Java", "C", "C++",
    "C#", "React", "React Native", "Python 2", "Python 3", "GitLab", "Next.js", "Redis", "Scala", "Product management",
    "Time management", "UI design", "Angular", "Excel", "Unit testing", "Microsoft PowerPoint", "Machine learning",
    "HTML5", "CSS", "Kubernetes", "MySQL", "Salsa",
)  # fmt: skip
SPELLINGS = Spellings((name, name) for name in KNOWN)


class TestASlipOfTheHand:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("Lavarel", "Laravel"),
            ("Fluttler", "Flutter"),
            ("Project and people Managlent", "Project and people management"),
            ("Mechanical Enginnering", "Mechanical Engineering"),
            ("Excell", "Excel"),
            ("Kubernets", "Kubernetes"),
            ("MachineLerning", "Machine learning"),
            ("Microsoft Powerpont", "Microsoft PowerPoint"),
            ("Testing, unit", "Unit testing"),
        ],
    )
    def test_leads_to_the_name_that_was_meant(self, written: str, meant: str) -> None:
        assert SPELLINGS.near(written) == (meant,)


class TestAnotherSkill:
    @pytest.mark.parametrize(
        "written",
        [
            "Java", "JavaScript", "C", "C++", "C#", "F#", "React", "React Native", "Python 4", "HTML4", "GitHub",
            "NestJS", "Redux", "Scale", "Project management", "Team management", "UX design", "AngularJS", "NoSQL",
            "Pottery", "Go", "SASS", "SCSS", "Preact", "Kubernetes C", "JavaScript R",
        ],
    )  # fmt: skip
    def test_is_near_nothing(self, written: str) -> None:
        assert SPELLINGS.near(written) == ()


class TestWhatStandsInBrackets:
    CATALOGUE = Catalogue((CatalogueSkill("Amazon Web Services", None, ("AWS",)), CatalogueSkill("Kubernetes")))

    def test_may_hide_a_name_that_is_known(self) -> None:
        assert self.CATALOGUE.near("Kubernetes (K8s clusters)") == ("Kubernetes",)
        assert self.CATALOGUE.near("Cloud (AWS)") == ("Amazon Web Services",)

    def test_is_no_match(self) -> None:
        assert self.CATALOGUE.match("Kubernetes (K8s clusters)").skill is None


class TestALargeCatalogue:
    def test_is_searched_in_time(self) -> None:
        dice = random.Random(7)
        words = ["".join(dice.choices(string.ascii_lowercase, k=dice.randint(3, 12))) for _ in range(6_000)]
        names = [" ".join(dice.choices(words, k=dice.randint(1, 5))) for _ in range(15_000)]
        written = []
        for name in dice.sample(names, 2_300):
            place = dice.randrange(len(name))
            written.append(name[:place] + dice.choice(string.ascii_lowercase) + name[place + 1 :])
        started = time.process_time()
        catalogue = Catalogue(tuple(map(CatalogueSkill, names)))
        found = sum(bool(catalogue.near(name)) for name in written)
        assert time.process_time() - started < 2
        assert found > 1_000
