"""Starting from a team template, and falling below one (S2-1)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.queries.briefs import ProjectBrief
from app.queries.projects.catalogue import MINIMUM_ML_TEAM, templates
from app.queries.projects.pages import ProjectView, project_view
from app.queries.projects.template_gaps import Comparison, GapKind, compare
from app.services.staffing.roles import delete_role
from app.services.staffing.team_templates import start_from_template
from models import Project, Role
from tests.factories.projects import ENDS_ON, NOBODY, STARTS_ON, project, role
from tests.factories.viewers import MANAGER

pytestmark = pytest.mark.one_database

CODES = ["minimum-viable-ml-team", "exploration", "operation", "phased", "team-of-teams"]


def start(session: Session, code: str = MINIMUM_ML_TEAM, *, days: int = 168, domain: str | None = None) -> Project:
    ends_on = STARTS_ON + timedelta(days=days - 1)
    brief = ProjectBrief(f"{days} days of {code}", domain=domain, starts_on=STARTS_ON, ends_on=ends_on)
    return start_from_template(session, NOBODY, brief, code)


def view(session: Session, started: Project) -> ProjectView:
    return project_view(session, MANAGER, started.id)


def checked(session: Session, started: Project) -> Comparison:
    comparison = compare(session, view(session, started))
    assert comparison is not None
    return comparison


def gaps(session: Session, started: Project) -> list[tuple[GapKind, str, Decimal, Decimal]]:
    return [(gap.kind, gap.subject, gap.needed, gap.found) for gap in checked(session, started).gaps]


def role_of(session: Session, started: Project, name: str) -> Role:
    return session.scalars(select(Role).where(Role.project_id == started.id, Role.name == name)).one()


class TestStartingFromATemplate:
    @pytest.mark.parametrize("code", CODES)
    def test_brings_every_line_with_the_needs_of_its_role(self, session: Session, code: str) -> None:
        standard = next(known for known in templates(session) if known.code == code)
        started = view(session, start(session, code))
        assert [(item.name, item.headcount, item.fte) for item in started.roles] == [
            (line.role.name, line.role.headcount, line.role.fte) for line in standard.lines
        ]
        assert [[need.name for need in item.needs] for item in started.roles] == [
            [need.skill for need in line.role.needs] for line in standard.lines
        ]
        assert started.team_template == code

    @pytest.mark.parametrize("code", CODES)
    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_gives_no_gap_and_periods_inside_the_project_however_long_it_is(self, session: Session, code: str) -> None:
        for days in (1, 5, 30, 61, 168, 1000):
            started = start(session, code, days=days)
            assert gaps(session, started) == []
            for item in view(session, started).roles:
                assert STARTS_ON <= item.starts_on <= item.ends_on <= started.ends_on

    def test_lays_phases_and_sub_teams_out_over_the_period(self, session: Session) -> None:
        phased = view(session, start(session, "phased"))
        assert [tuple(phase) for phase in phased.phases] == [
            ("discovery", STARTS_ON, date(2027, 2, 21)),
            ("launch", date(2027, 5, 17), ENDS_ON),
        ]
        expert = next(item for item in phased.roles if item.name == "Domain expert")
        engineer = next(item for item in phased.roles if item.name == "ML engineer")
        assert (expert.phase, expert.ends_on) == ("discovery", date(2027, 2, 21))
        assert (engineer.phase, engineer.starts_on) == (None, date(2027, 2, 22))

    def test_asks_those_who_know_the_field_for_the_industry(self, session: Session) -> None:
        asked = view(session, start(session, "phased", domain="insurance"))
        assert [item.name for item in asked.roles if "Insurance" in {need.name for need in item.needs}] == [
            "Domain expert"
        ]

    def test_asks_the_product_manager_where_no_domain_expert_is_on_the_team(self, session: Session) -> None:
        asked = view(session, start(session, domain="Insurance"))
        assert [item.catalogue_role for item in asked.roles if "Insurance" in {need.name for need in item.needs}] == [
            "product-manager"
        ]

    def test_leaves_an_industry_out_that_is_no_skill(self, session: Session) -> None:
        started = start(session, domain="Beekeeping")
        assert gaps(session, started) == []

    @pytest.mark.parametrize(("missing", "field"), [("starts_on", "starts_on"), ("ends_on", "ends_on")])
    def test_needs_a_period(self, session: Session, missing: str, field: str) -> None:
        dates = {"starts_on": STARTS_ON, "ends_on": ENDS_ON, missing: None}
        with pytest.raises(DomainError) as refused:
            start_from_template(session, NOBODY, ProjectBrief("Undated", **dates), MINIMUM_ML_TEAM)
        assert refused.value.field == field

    def test_refuses_a_template_that_is_not_there(self, session: Session) -> None:
        brief = ProjectBrief("Unknown", starts_on=STARTS_ON, ends_on=ENDS_ON)
        with pytest.raises(DomainError, match="no such team template"):
            start_from_template(session, NOBODY, brief, "no-such-thing")


class TestTemplateGaps:
    def test_a_removed_role_is_missing(self, session: Session) -> None:
        started = start(session)
        delete_role(session, NOBODY, started.id, role_of(session, started, "Compliance specialist").id)
        assert gaps(session, started) == [(GapKind.MISSING_ROLE, "Compliance specialist", 1, 0)]

    def test_a_role_that_the_template_does_not_require_may_go(self, session: Session) -> None:
        started = start(session, "operation")
        delete_role(session, NOBODY, started.id, role_of(session, started, "Developer").id)
        assert gaps(session, started) == []

    def test_too_few_seats_are_named_once_and_not_also_as_too_small_a_share(self, session: Session) -> None:
        started = start(session, "operation")
        role_of(session, started, "ML engineer").headcount = 1
        session.flush()
        assert gaps(session, started) == [(GapKind.FEW_SEATS, "ML engineer", 2, 1)]

    def test_two_roles_together_make_up_the_seats_of_one_line(self, session: Session) -> None:
        started = start(session, "operation")
        role_of(session, started, "ML engineer").headcount = 1
        role(session, started, "Second ML engineer", catalogue_role="ml-engineer", fte=0.8)
        assert gaps(session, started) == []

    def test_too_small_a_share_is_told_in_full_time_equivalents(self, session: Session) -> None:
        started = start(session)
        role_of(session, started, "ML engineer").fte = Decimal("0.5")
        session.flush()
        assert gaps(session, started) == [(GapKind.SMALL_SHARE, "ML engineer", Decimal("0.8"), Decimal("0.5"))]

    def test_a_role_that_is_away_for_most_of_the_work_is_told_in_weeks(self, session: Session) -> None:
        started = start(session)
        engineer = role_of(session, started, "Data engineer")
        engineer.ends_on = ENDS_ON - timedelta(weeks=10)
        session.flush()
        assert gaps(session, started) == []
        engineer.ends_on = ENDS_ON - timedelta(weeks=14)
        session.flush()
        assert gaps(session, started) == [(GapKind.SHORT_PERIOD, "Data engineer", 24, 10)]

    def test_a_renamed_role_still_counts_by_where_it_came_from(self, session: Session) -> None:
        started = start(session, "team-of-teams")
        role_of(session, started, "Interface developer").name = "Screen builder"
        session.flush()
        assert gaps(session, started) == []

    def test_an_industry_that_no_role_knows_is_a_gap(self, session: Session) -> None:
        started = start(session)
        started.domain = "Insurance"
        session.flush()
        assert gaps(session, started) == [(GapKind.NO_DOMAIN, "Insurance", 0, 0)]

    def test_a_project_with_a_data_science_role_is_checked_against_the_minimum_ml_team(self, session: Session) -> None:
        started = project(session)
        role(session, started, "Model builder", function="science", catalogue_role="ml-engineer", fte=1)
        comparison = checked(session, started)
        assert (comparison.template.code, comparison.chosen) == (MINIMUM_ML_TEAM, False)
        assert {gap.kind for gap in comparison.gaps} == {GapKind.MISSING_ROLE}
        assert len(comparison.gaps) == 4

    def test_any_other_project_without_a_template_is_not_checked(self, session: Session) -> None:
        started = project(session)
        role(session, started, "Developer", function="engineering")
        assert compare(session, view(session, started)) is None

    def test_a_project_without_dates_is_checked_but_for_its_periods(self, session: Session) -> None:
        started = project(session, starts_on=None, ends_on=None, team_template=MINIMUM_ML_TEAM)
        role(session, started, "ML engineer", fte=0.8)
        assert "ML engineer" not in {subject for _, subject, _, _ in gaps(session, started)}
