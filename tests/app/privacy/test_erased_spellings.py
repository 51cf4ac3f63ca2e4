"""In which spellings, and under which earlier names, erasing finds a person."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.imports.mentions import file_mentions
from app.queries.privacy.spellings import Spellings
from app.services.accounts.administration import change_address
from app.services.audit import COMMAND_LINE
from app.services.privacy.erasing import Erased, erase
from models import AccountRole, ExternalIdentity, ImportBatch, Project
from tests.factories.imports import TOM, applied, one, sheet
from tests.factories.people import person, work
from tests.factories.record import account
from tests.traces import traces

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SPELLINGS = {
    "Łukasz Żółkiewski": ("Lukasz Zolkiewski", "ŁUKASZ ŻÓŁKIEWSKI", "Zolkiewski, Lukasz"),
    "Lukasz Zolkiewski": ("Łukasz Żółkiewski",),
    "Søren Kjærgård": ("Soren Kjaergard", "SØREN KJÆRGÅRD"),
    "Þóra Guðmundsdóttir": ("Thora Gudmundsdottir",),
    "Đorđe Ilić": ("Dorde Ilic",),
    "Sinéad O’Brien": ("Sinéad O’Brien", "Sinead O'Brien", "sinead obrien"),
    "Sinéad O'Brien": ("Sinéad O’Brien", "Sinead O'Brien", "Sinéad OBrien"),
    "Jürgen Groß": ("JÜRGEN GROSS", "Jürgen GROẞ"),
    "İpek Yılmaz": ("Ipek Yilmaz", "ipek yılmaz", "İPEK YILMAZ"),
    "Jiří Dvořák": ("Jir\u030ci\u0301 Dvor\u030ca\u0301k", "Dvorak, Jiri"),
    "Nguyễn Văn Ánh": ("Nguyen Van Anh", "NGUYỄN VĂN ÁNH"),
    "山田 太郎": ("山田太郎", "山田太郎さんに聞く", "山田　太郎"),
    "山田太郎": ("山田太郎さんに聞く", "山田 太郎"),
    "ダイゴ タカハシ": ("ダイゴ タカハシ", "タカハシ・ダイゴ"),
    "김민준": ("김민준은 안다", "김민준"),
    "أحمد علي": ("أحمد علي", "احمد علي"),
    "प्रिया शर्मा": ("प्रिया शर्मा",),
    "สมชาย ใจดี": ("คุณสมชายใจดี",),
    "Иван Йошкин": ("ИВАН ЙОШКИН", "Йошкин, Иван"),
}
ENCODED = (
    ("Иван Петров", "cp1251"),
    ("Иван Петров", "koi8-r"),
    ("Иван Петров", "cp866"),
    ("Łukasz Żółkiewski", "cp1250"),
    ("Γιώργος Νικολάου", "cp1253"),
    ("Ayşe Yıldız", "cp1254"),
    ("Jānis Bērziņš", "cp1257"),
    ("山田太郎", "cp932"),
    ("Lucía Bergström", "mac_roman"),
    ("Иван Петров", "utf-16-le"),
    ("Иван Петров", "utf-16-be"),
    ("Иван Петров", "utf-8"),
)


def erased(session: Session, person_id: int) -> Erased:
    told = erase(session, COMMAND_LINE, person_id, NOW)
    session.commit()
    return told


class TestASpelling:
    @pytest.mark.parametrize("name", SPELLINGS)
    def test_with_or_without_accents_in_any_script_is_found(self, session: Session, name: str) -> None:
        known = person(session, name)
        for number, text in enumerate(SPELLINGS[name]):
            work(session, f"Work {number}", description=f"- {text} -")
        session.commit()
        told = erased(session, known.id)
        found = session.scalars(select(Project.description)).all()
        assert [text for text in found if told.pseudonym not in str(text)] == []
        assert told.left == {}

    @pytest.mark.parametrize(
        ("ours", "theirs", "text"),
        [
            ("김민주", "김민준", "김민준은 안다"),
            ("李明", "李明华", "请问李明华"),
            ("王", "王伟", "国王"),
        ],
    )
    def test_of_somebody_else_is_left_alone_where_words_are_not_kept_apart(
        self, session: Session, ours: str, theirs: str, text: str
    ) -> None:
        known = person(session, ours)
        person(session, theirs)
        project = work(session, "Mill", description=text)
        session.commit()
        erased(session, known.id)
        session.refresh(project)
        assert project.description == text

    def test_that_differs_from_a_namesake_by_a_stroke_alone_stays_and_is_told(self, session: Session) -> None:
        known = person(session, "Łukasz Nowak")
        person(session, "Lukasz Nowak")
        project = work(session, "Mill", description="Ask Lukasz Nowak.")
        session.commit()
        told = erased(session, known.id)
        session.refresh(project)
        assert (project.description, told.why) == ("Ask Lukasz Nowak.", "somebody else has the same name")
        assert told.left == {"projects.description": 1}

    @pytest.mark.parametrize(("name", "encoding"), ENCODED)
    def test_in_a_file_is_found_in_every_encoding_that_is_read(self, name: str, encoding: str) -> None:
        spellings = Spellings((name,), (), "Erased person 1")
        assert file_mentions(f"Name;Note\nTom Rahman;{name}\n".encode(encoding), spellings)
        assert not file_mentions("Name;Note\nTom Rahman;новый\n".encode("cp1251"), spellings)


class TestAnEarlierName:
    def test_and_address_are_found_too(self, session: Session) -> None:
        applied(session, sheet(("Anna Berg", "anna.berg@example.org", "", 4, 5), TOM))
        known = one(session, "Anna Berg")
        applied(session, sheet(("Anna Holm", "anna.berg@example.org", "", 4, 5)))
        session.expire_all()
        own = account(session, "anna.berg@example.org", "Anna Berg", AccountRole.PRACTITIONER, known.id)
        session.add(ExternalIdentity(account_id=own.id, issuer="https://id.example.org", subject="7", email="ab@x.org"))
        change_address(session, COMMAND_LINE, own.id, "anna@holm.example.org")
        session.commit()
        for text in ("Anna Berg", "Anna Holm", "ANNA.BERG@example.org", "anna@holm.example.org", "ab@x.org"):
            work(session, f"Work {text}", description=f"Ask {text}")
        session.commit()
        erased(session, known.id)
        assert traces(session, "Anna Berg", "Anna Holm", "anna.berg@example.org", "ab@x.org") == []
        assert {len(content) for content in session.scalars(select(ImportBatch.content))} == {0}

    def test_that_is_somebody_elses_by_now_is_theirs(self, session: Session) -> None:
        applied(session, sheet(("Tom Rahman", "team@example.org", "", 4, 5)))
        known = one(session, "Tom Rahman")
        known.name, known.email = "Anna Holm", "anna@example.org"
        person(session, "Tom Rahman", email="team@example.org")
        project = work(session, "Mill", description="Tom Rahman, team@example.org")
        session.commit()
        told = erased(session, known.id)
        session.refresh(project)
        assert (project.description, told.why) == ("Tom Rahman, team@example.org", None)
