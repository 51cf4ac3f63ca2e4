"""Lists of skills into the catalogue: by page and by command, one transaction, audited, nothing overwritten."""

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.services.audit import COMMAND_LINE
from app.services.imports import taxonomies
from importers.taxonomies import Part, Taxonomy, TaxonomyEntry
from models import AuditEntry, Skill, SkillAlias, SkillCategory, TaxonomyFile
from tests.app.conftest import Browser
from tests.app.imports.test_imports_command import Muster, muster, on_database

__all__ = ["muster", "on_database"]

LIST = (
    b"Name;Category;Aliases;Description;Parent\n"
    b"Quilting;Handicraft;Patchwork|Access;Sews quilts.;Python\n"
    b"Python;X;Snakish;Other;\n"
)


def lists(*entries: TaxonomyEntry) -> list[Taxonomy]:
    return [Taxonomy("list.csv", "csv", entries)]


def aliases_of(session: Session, name: str) -> set[str]:
    wanted = select(SkillAlias.alias).join(Skill).where(Skill.name == name)
    return set(session.scalars(wanted))


def audited(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == "taxonomy.load")))


class TestLoadingAList:
    def test_adds_skills_with_category_names_and_parent(self, session: Session) -> None:
        entry = TaxonomyEntry("Quilting", "Handicraft", "Sews quilts.", ("Patchwork",), "python")
        taxonomies.load(session, COMMAND_LINE, lists(entry), Part())
        found = session.scalars(select(Skill).where(Skill.name == "Quilting")).one()
        python = session.scalars(select(Skill).where(Skill.name == "Python")).one()
        assert (found.description, found.parent_id) == ("Sews quilts.", python.id)
        assert session.get_one(SkillCategory, found.category_id).name == "Handicraft"
        assert aliases_of(session, "Quilting") == {"Patchwork"}

    def test_changes_nothing_of_a_skill_that_is_there(self, session: Session) -> None:
        before = session.execute(
            select(Skill.description, Skill.category_id, Skill.parent_id).where(Skill.name == "React")
        ).one()
        entry = TaxonomyEntry("react", "Other", "Another description.", ("Reactive web",), "Python")
        taxonomies.load(session, COMMAND_LINE, lists(entry), Part())
        after = session.execute(
            select(Skill.description, Skill.category_id, Skill.parent_id).where(Skill.name == "React")
        ).one()
        assert after == before
        assert "Reactive web" in aliases_of(session, "React")

    def test_again_adds_nothing_and_audits_nothing(self, session: Session) -> None:
        wanted = lists(TaxonomyEntry("Quilting", aliases=("Patchwork",)), TaxonomyEntry("Python", aliases=("Snakish",)))
        taxonomies.load(session, COMMAND_LINE, wanted, Part())
        (again,) = taxonomies.load(session, COMMAND_LINE, wanted, Part())
        assert again.is_empty
        (entry,) = audited(session)
        assert entry.after is not None
        assert (entry.after["new_skills"], entry.after["new_aliases"]) == (1, 2)

    def test_later_lists_see_what_earlier_ones_added(self, session: Session) -> None:
        both = [*lists(TaxonomyEntry("Quilting")), *lists(TaxonomyEntry("quilting", aliases=("Patchwork",)))]
        first, second = taxonomies.load(session, COMMAND_LINE, both, Part())
        assert (len(first.new), len(second.new), second.alias_count) == (1, 0, 1)

    def test_of_thousands_of_skills_loads_them_all(self, session: Session) -> None:
        many = lists(*(TaxonomyEntry(f"Craft number {n} x", "Crafts", aliases=(f"Trade {n} y",)) for n in range(4_000)))
        before = session.scalar(select(func.count()).select_from(Skill)) or 0
        taxonomies.load(session, COMMAND_LINE, many, Part())
        assert session.scalar(select(func.count()).select_from(Skill)) == before + 4_000


class TestThePages:
    def send(self, admin: Browser, content: bytes = LIST, name: str = "ours.csv") -> str:
        sent = admin.post("/skills/lists", page="/skills/lists", file=(io.BytesIO(content), name))
        return sent.headers["Location"]

    def test_show_what_a_part_would_add_before_anything_is_added(self, admin: Browser, session: Session) -> None:
        address = self.send(admin)
        shown = admin.get(address)
        assert "Snakish" in shown
        assert "Quilting" not in shown.partition("Names left out")[0]
        everything = admin.get(f"{address}?take=skills")
        assert "Quilting" in everything
        assert "it means several things" in everything
        assert session.scalar(select(Skill.id).where(Skill.name == "Quilting")) is None

    def test_load_exactly_what_was_shown(self, admin: Browser, engine: Engine) -> None:
        address = self.send(admin)
        shown = admin.get(f"{address}?take=skills")
        digest = shown.partition('name="digest" value="')[2].partition('"')[0]
        admin.post(address, page=f"{address}?take=skills", digest=digest, take="skills")
        with Session(engine) as session:
            assert aliases_of(session, "Quilting") == {"Patchwork"}
            assert "Snakish" in aliases_of(session, "Python")
            assert session.scalar(select(func.count()).select_from(TaxonomyFile)) == 0
            assert len(audited(session)) == 1
        admin.get(address, status=404)

    def test_load_nothing_when_the_catalogue_has_moved(self, admin: Browser, engine: Engine) -> None:
        address = self.send(admin)
        refused = admin.post(address, 409, page=address, digest="of another day", take="skills")
        assert "has changed since" in refused.get_data(as_text=True)
        with Session(engine) as session:
            assert session.scalar(select(Skill.id).where(Skill.name == "Quilting")) is None

    def test_refuse_a_file_that_is_no_list_with_its_sentence(self, admin: Browser) -> None:
        told = admin.post(
            "/skills/lists",
            422,
            page="/skills/lists",
            file=(io.BytesIO(b"O*NET-SOC Code\tAlternate Title\n1\tBaker\n"), "Alternate Titles.txt"),
        )
        assert "jobs and not skills" in told.get_data(as_text=True)
        assert "Choose the file" in admin.post("/skills/lists", 422, page="/skills/lists").get_data(as_text=True)

    def test_forget_a_list_that_is_discarded_or_followed_by_another(self, admin: Browser, engine: Engine) -> None:
        self.send(admin)
        second = self.send(admin, name="theirs.csv")
        with Session(engine) as session:
            assert session.scalars(select(TaxonomyFile.filename)).all() == ["theirs.csv"]
        admin.post(f"{second}/discard", page=second)
        with Session(engine) as session:
            assert session.scalar(select(func.count()).select_from(TaxonomyFile)) == 0
            gone = session.scalars(select(AuditEntry.before).where(AuditEntry.action == "taxonomy.discard")).all()
            assert gone == [{"file": "theirs.csv"}]

    def test_are_for_administrators(self, manager: Browser, admin: Browser) -> None:
        manager.get("/skills/lists", status=403)
        assert "/skills/lists" in admin.get("/skills")
        assert "/skills/lists" not in manager.get("/skills")


class TestTheCommand:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "ours.csv"
        path.write_bytes(LIST)
        return path

    def test_loads_a_file_and_says_what_it_added(self, on_database: Muster, file: Path, session: Session) -> None:
        ended = on_database("taxonomy", "load", file)
        assert ended.code == 0
        assert "new skills          1" in ended.out
        assert "Access (Quilting): it means several things" in ended.out
        assert aliases_of(session, "Quilting") == {"Patchwork"}

    def test_writes_nothing_on_a_dry_run_and_prints_one_document(
        self, on_database: Muster, file: Path, session: Session
    ) -> None:
        document = json.loads(on_database("taxonomy", "load", file, "--dry-run", "--json").out)
        assert (document["schema"], document["written"]) == ("muster-taxonomy/1", False)
        assert [entry["name"] for entry in document["files"][0]["new"]] == ["Quilting"]
        assert session.scalar(select(Skill.id).where(Skill.name == "Quilting")) is None

    def test_adds_only_names_when_asked(self, on_database: Muster, file: Path, session: Session) -> None:
        on_database("taxonomy", "load", file, "--only-aliases")
        assert "Snakish" in aliases_of(session, "Python")
        assert session.scalar(select(Skill.id).where(Skill.name == "Quilting")) is None

    def test_refuses_a_wrong_file_with_one_sentence(self, on_database: Muster, tmp_path: Path, file: Path) -> None:
        wrong = tmp_path / "languages.yml"
        wrong.write_text("Python: {}\n")
        ended = on_database("taxonomy", "load", wrong)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert on_database("taxonomy", "load", file, "--format", "onet").code == 2
        assert on_database("taxonomy", "load", tmp_path / "nowhere.csv").code == 2
