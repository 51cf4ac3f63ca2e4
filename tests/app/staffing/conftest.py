"""A project that can be staffed, a team proposed for it, and who may choose it."""

import pytest
from sqlalchemy.orm import Session

from app.services.audit import Actor
from models import Project, Proposal
from tests.factories.decisions import chooser, proposed, staffable


@pytest.fixture
def actor(session: Session) -> Actor:
    return chooser(session)


@pytest.fixture
def project(session: Session) -> Project:
    return staffable(session)


@pytest.fixture
def team(session: Session, project: Project) -> Proposal:
    return proposed(session, project)
