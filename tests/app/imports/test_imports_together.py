"""Two people who decide about one import at once: what one of them said is not written over by the other."""

from dataclasses import replace
from threading import Thread

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.db import writing_session
from app.queries.imports.batches import staged_batch
from app.services.imports.choices import keep_choices
from importers import Choices, SkillAction, SkillChoice
from importers.wire import from_wire
from models import ImportBatch
from tests.app.conftest import Browser
from tests.factories.imports import ANNA, Stage, sheet

HELD_SECONDS = 0.7


class TestChoicesOfTwoPeople:
    def test_are_both_kept(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = stage(sheet(ANNA))
        batch_id = int(path.rpartition("/")[2])
        columns = {"use": "1", "column-E": "ignore", "to": "1"}
        other = Thread(target=admin.post, args=(f"{path}/understood",), kwargs={"page": path, **columns})
        with writing_session(engine) as session:
            choices = from_wire(Choices, staged_batch(session, batch_id, lock=True).choices)
            other.start()
            other.join(HELD_SECONDS)
            mine = {"Python": SkillChoice(SkillAction.IGNORE)}
            keep_choices(session, batch_id, replace(choices, skills=mine))
            session.commit()
        other.join()
        with Session(engine) as session:
            kept = from_wire(Choices, session.get_one(ImportBatch, batch_id).choices)
        assert kept.skills == mine
        assert kept.mappings
