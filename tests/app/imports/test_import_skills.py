"""Deciding about the new skills of a sheet: a page at a time, nothing decided without a choice, nothing lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import writing_session
from models import ImportBatch, Skill, SkillAlias
from tests.app.conftest import Browser
from tests.factories.imports import sheet, staged
from tests.factories.people import skill

pytestmark = pytest.mark.one_database

HEADER = ("Name", "Kubernetse", "RabbitMQ/ Kafka", "Quilting", "Falconry")
ROWS = (("Anna Berg", 3, 4, 2, 1), ("Tom Rahman", 1, 5, 4, 2))


@pytest.fixture
def stage(engine: Engine) -> Callable[..., str]:
    """Where a staged import stands; the catalogue knows some skills."""

    def stage(content: bytes = sheet(*ROWS, header=HEADER)) -> str:
        with writing_session(engine) as session:
            for name in ("Kubernetes", "RabbitMQ", "Apache Kafka"):
                if session.scalar(select(Skill.id).where(Skill.name == name)) is None:
                    skill(session, name, aliases=["Kafka"] if name == "Apache Kafka" else [])
            batch = staged(session, content)
            session.commit()
            return f"/imports/{batch.id}"

    return stage


@pytest.fixture
def path(stage: Callable[..., str]) -> str:
    return stage()


def decided(engine: Engine, path: str) -> dict[str, Any]:
    with Session(engine) as session:
        choices = session.get_one(ImportBatch, int(path.rpartition("/")[2])).choices["skills"]
    return {name: (choice["action"], *choice["into"]) for name, choice in choices.items()}


def rows(page: str) -> dict[str, str]:
    """Skill -> the name of its fields."""
    return {name: field for field, name in re.findall(r'id="(s-[0-9a-f]+)"[^>]*>\s*<legend>([^<]+)<', page)}


def sent(page: str, **chosen: str) -> dict[str, str]:
    """What a browser sends: every row that is shown, as it stands, with some choices made; a value after a colon is
    written beside the choice."""
    fields = rows(page)
    data = dict(re.findall(r'name="(s-[0-9a-f]+-(?:into|parts))" value="([^"]*)"', page))
    data |= {f"{field}-shown": "1" for field in fields.values()}
    data |= dict(re.findall(r'name="(s-[0-9a-f]+)" value="([^"]*)" checked', page))
    for start, choice in chosen.items():
        field = next(field for name, field in fields.items() if name.startswith(start))
        action, _, text = choice.partition(":")
        data[field] = action
        if text:
            data[f"{field}-{'into' if action == 'merge' else 'parts'}"] = text
    return data


class TestTheReviewList:
    def test_begins_with_what_wants_a_look_and_a_proposal(self, admin: Browser, path: str) -> None:
        page = admin.get(f"{path}/skills")
        assert list(rows(page)) == ["Kubernetse", "RabbitMQ/ Kafka"]
        assert "Same as Kubernetes" in page
        assert 'value="RabbitMQ, Apache Kafka"' in page
        assert list(rows(admin.get(f"{path}/skills?view=all"))) == list(HEADER[1:])
        assert "Review 2 skills" in admin.get(path)

    def test_is_searched(self, admin: Browser, path: str) -> None:
        assert list(rows(admin.get(f"{path}/skills?view=all&q=quilt"))) == ["Quilting"]
        assert "No skill here is called like that" in admin.get(f"{path}/skills?view=all&q=nothing")

    def test_decides_nothing_by_itself(self, admin: Browser, path: str, engine: Engine) -> None:
        page = f"{path}/skills?view=all"
        admin.post(page, page=page, **sent(admin.get(page)))
        assert decided(engine, path) == {}

    def test_takes_each_choice(self, admin: Browser, path: str, engine: Engine) -> None:
        page = f"{path}/skills?view=all"
        choices = {
            "Kubernetse": "merge-0",
            "Rabbit": "split:RabbitMQ, Kafka",
            "Quilting": "ignore",
            "Falconry": "create",
        }
        admin.post(page, page=page, **sent(admin.get(page), **choices))
        assert decided(engine, path) == {
            "Kubernetse": ("merge", "Kubernetes"),
            "RabbitMQ/ Kafka": ("split", "RabbitMQ", "Kafka"),
            "Quilting": ("ignore",),
            "Falconry": ("create",),
        }
        assert "The catalogue knows" not in admin.get(page)
        digest = re.search(r'name="digest" value="(\w+)"', admin.get(path))
        assert digest
        admin.post(f"{path}/apply", page=path, digest=digest[1])
        with Session(engine) as session:
            assert session.scalar(select(SkillAlias.alias).where(SkillAlias.alias == "Kubernetse"))
            assert not session.scalar(select(Skill.id).where(Skill.name.in_(("Quilting", "RabbitMQ/ Kafka"))))
            assert session.scalar(select(Skill.id).where(Skill.name == "Falconry"))

    def test_takes_every_proposal_of_a_page(self, admin: Browser, path: str, engine: Engine) -> None:
        page = f"{path}/skills"
        admin.post(page, page=page, **sent(admin.get(page)), bulk="proposals")
        assert decided(engine, path) == {
            "Kubernetse": ("merge", "Kubernetes"),
            "RabbitMQ/ Kafka": ("split", "RabbitMQ", "Apache Kafka"),
        }
        assert list(rows(admin.get(f"{path}/skills?view=decided"))) == ["Kubernetse", "RabbitMQ/ Kafka"]

    def test_creates_all_others(self, admin: Browser, path: str, engine: Engine) -> None:
        page = f"{path}/skills"
        admin.post(page, page=page, **sent(admin.get(page), Kubernetse="ignore"), bulk="create-rest")
        assert decided(engine, path) == {
            "Kubernetse": ("ignore",),
            "RabbitMQ/ Kafka": ("create",),
            "Quilting": ("create",),
            "Falconry": ("create",),
        }

    def test_means_what_was_written_without_the_button_before_it(
        self, admin: Browser, path: str, engine: Engine
    ) -> None:
        page = f"{path}/skills?view=all"
        data = sent(admin.get(page))
        data[f"{rows(admin.get(page))['Quilting']}-into"] = "kubernetes"
        admin.post(page, page=page, **data)
        assert decided(engine, path) == {"Quilting": ("merge", "kubernetes")}

    @pytest.mark.parametrize(
        ("choice", "sentence"),
        [
            ("merge:Kubernets", "Did you mean “Kubernetes”?"),
            ("merge:Unheard of", "Choose one of the catalogue."),
            ("merge:quilting", "is this very name"),
            ("split:Kubernetes", "Name two skills or more"),
            ("split:Kubernetes, 17", "is no name of a skill"),
            ("merge:Falconry", "you decided something else about it"),
        ],
    )
    def test_marks_what_cannot_be_and_loses_nothing(
        self, admin: Browser, path: str, engine: Engine, choice: str, sentence: str
    ) -> None:
        page = f"{path}/skills?view=all"
        data = sent(admin.get(page), Quilting=choice, Falconry="ignore")
        refused = admin.post(page, 422, page=page, **data).get_data(as_text=True)
        assert sentence in refused
        assert "review--wrong" in refused
        repeated = sent(refused)
        assert repeated[rows(refused)["Falconry"]] == "ignore"
        assert repeated[rows(refused)["Quilting"]] == choice.partition(":")[0]
        assert choice.partition(":")[2] in repeated.values()
        assert decided(engine, path) == {}

    def test_takes_a_choice_back_by_another(self, admin: Browser, path: str, engine: Engine) -> None:
        page = f"{path}/skills?view=all"
        admin.post(page, page=page, **sent(admin.get(page), Quilting="ignore"))
        admin.post(page, page=page, **sent(admin.get(page), Quilting="create"))
        assert decided(engine, path) == {"Quilting": ("create",)}

    def test_says_when_the_sheet_is_read_so_that_it_names_a_decided_skill_no_more(
        self, admin: Browser, path: str, engine: Engine
    ) -> None:
        page = f"{path}/skills?view=all"
        admin.post(page, page=page, **sent(admin.get(page), Falconry="ignore"))
        admin.post(f"{path}/understood", page=path, use="1", **{"column-E": "ignore"})
        told = admin.get(path)
        assert "Read again without my choices about skills" in told
        admin.post(f"{path}/read", page=path, without="skills")
        assert decided(engine, path) == {}
        assert "Nothing was changed" not in admin.get(path)
        assert list(rows(admin.get(page))) == ["Kubernetse", "RabbitMQ/ Kafka", "Quilting"]

    def test_says_when_there_are_none(self, admin: Browser, stage: Callable[..., str]) -> None:
        path = stage(sheet(("Anna Berg", 3), ("Tom Rahman", 5), header=("Name", "Kubernetes")))
        assert "The catalogue knows every skill of this file." in admin.get(f"{path}/skills")


class TestManySkills:
    NAMES = tuple(f"Craft {chr(65 + n // 26 // 26)}{chr(65 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(230))

    @pytest.fixture
    def path(self, stage: Callable[..., str]) -> str:
        return stage(sheet(("Anna Berg", *(n % 5 + 1 for n in range(230))), header=("Name", *self.NAMES)))

    def test_are_kept_page_by_page_before_anything_is_read_again(
        self, admin: Browser, path: str, engine: Engine
    ) -> None:
        page = f"{path}/skills?view=all"
        first = admin.get(page)
        assert len(rows(first)) == 100
        response = admin.post(page, page=page, **sent(first, **{self.NAMES[0]: "ignore"}), to="2")
        assert "page=2" in response.headers["Location"]
        assert "view=all" in response.headers["Location"]
        second = admin.get(response.headers["Location"])
        assert "The preview is older" in second
        admin.post(f"{page}&page=2", page=page, **sent(second, **{self.NAMES[150]: "create"}))
        assert decided(engine, path) == {self.NAMES[0]: ("ignore",), self.NAMES[150]: ("create",)}
        assert "The preview is older" not in admin.get(path)
        assert (
            self.NAMES[0]
            not in admin.get(f"{path}/preview?show=new&q={self.NAMES[0]}&about=skills").split("</form>")[-1]
        )

    def test_make_a_page_of_modest_size(self, admin: Browser, path: str) -> None:
        assert len(admin.get(f"{path}/skills?view=all").encode()) < 150_000
