"""The organisation's policy: audiences, and the roles that need a second factor."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import SHIPPED_POLICY, Bounds
from app.errors import Conflict, DomainError
from app.queries.policy import PolicyBrief, policy_brief, policy_effects, policy_fingerprint
from app.queries.privacy.retention import USUAL, periods, periods_fingerprint
from app.services.accounts.policy import set_policy
from app.services.audit import COMMAND_LINE
from app.services.privacy.retention import set_periods
from models import AccountRole, Audience, AuditEntry, PersonalField, RetentionKind, Visibility, VisibilityPolicy
from tests.app.conftest import Browser
from tests.factories.people import person

pytestmark = pytest.mark.one_database

SELF, MANAGERS, EVERYONE = Audience.SELF, Audience.MANAGERS, Audience.EVERYONE
RATINGS, GOALS = PersonalField.RATINGS, PersonalField.GOALS


def with_bounds(brief: PolicyBrief, field: PersonalField, *bounds: Audience) -> PolicyBrief:
    return replace(brief, bounds={**brief.bounds, field: Bounds(*bounds)})


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the page's form as it stands."""
    body = page[page.index('action="/admin/policy"') :]
    sent: dict[str, Any] = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'<option selected value="([^"]+)"', options)
        assert chosen
        sent[name] = chosen[1]
    for box in re.findall(r'<input[^>]*type="checkbox"[^>]*>', body):
        name, value = re.search(r'name="([^"]+)"', box), re.search(r'value="([^"]+)"', box)
        assert name
        assert value
        if " checked" in box:
            sent.setdefault(name[1], []).append(value[1])
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', body)
    assert seen
    return sent | {"seen": seen[1]}


class TestPolicy:
    def test_is_the_shipped_one_until_somebody_decides(self, session: Session) -> None:
        brief = policy_brief(session)
        assert dict(brief.bounds) == dict(SHIPPED_POLICY)
        assert brief.second_factor == frozenset()

    def test_is_changed_in_the_parts_that_differ_and_told_to_the_audit_trail(self, session: Session) -> None:
        before = policy_brief(session)
        wanted = replace(
            with_bounds(before, RATINGS, MANAGERS, SELF, EVERYONE), second_factor=frozenset({AccountRole.ADMIN})
        )
        set_policy(session, COMMAND_LINE, wanted, policy_fingerprint(before))
        assert policy_brief(session) == wanted
        assert [row.field for row in session.scalars(select(VisibilityPolicy))] == [RATINGS]
        entry = session.scalars(select(AuditEntry)).one()
        assert entry.after == {
            "ratings": {"usual": "managers", "narrowest": "self", "widest": "everyone"},
            "second_factor": ["admin"],
        }
        assert set(entry.before) == {"ratings", "second_factor"}

    @pytest.mark.parametrize(
        "bounds", [(SELF, MANAGERS, EVERYONE), (EVERYONE, SELF, MANAGERS), (MANAGERS, EVERYONE, SELF)]
    )
    def test_keeps_the_usual_audience_between_the_others(self, session: Session, bounds: tuple[Audience, ...]) -> None:
        before = policy_brief(session)
        with pytest.raises(DomainError, match="Ratings: the usual audience lies between"):
            set_policy(session, COMMAND_LINE, with_bounds(before, RATINGS, *bounds), policy_fingerprint(before))

    def test_is_not_changed_over_somebody_elses_change(self, session: Session) -> None:
        before = policy_brief(session)
        seen = policy_fingerprint(before)
        set_policy(session, COMMAND_LINE, with_bounds(before, RATINGS, SELF, SELF, SELF), seen)
        with pytest.raises(Conflict):
            set_policy(session, COMMAND_LINE, with_bounds(before, GOALS, SELF, SELF, SELF), seen)

    def test_counts_whose_choice_lies_outside_and_for_whom_the_usual_audience_moves(self, session: Session) -> None:
        now = policy_brief(session)
        for name, audience in (("Anna", SELF), ("Ben", MANAGERS), ("Cem", EVERYONE), ("Dora", None), ("Eva", None)):
            one = person(session, name)
            if audience:
                session.add(Visibility(practitioner_id=one.id, field=GOALS, audience=audience))
        session.add(Visibility(practitioner_id=person(session, "Left", active=False).id, field=GOALS, audience=SELF))
        session.flush()
        then = with_bounds(now, GOALS, MANAGERS, MANAGERS, MANAGERS)
        effect = policy_effects(session, now, then)
        assert effect == [("Learning goals", 2, 2, "everybody signed in", "their managers")]
        assert policy_effects(session, now, now) == []


class TestPolicyPage:
    def test_saves_what_it_shows_without_changing_anything(self, admin: Browser, session: Session) -> None:
        admin.post("/admin/policy", **fields_of(admin.get("/admin/policy")))
        assert not session.scalars(select(VisibilityPolicy)).all()

    def test_lets_nobody_choose_where_the_box_is_empty(self, admin: Browser, session: Session) -> None:
        sent = fields_of(admin.get("/admin/policy"))
        sent.pop("ratings-choose")
        admin.post("/admin/policy", **{**sent, "ratings-usual": "managers"})
        assert policy_brief(session).bounds[RATINGS] == Bounds(MANAGERS, MANAGERS, MANAGERS)

    def test_previews_without_saving(self, admin: Browser, signed_in: Callable[..., Browser], session: Session) -> None:
        signed_in("manager")
        session.add(Visibility(practitioner_id=person(session).id, field=RATINGS, audience=EVERYONE))
        session.commit()
        sent = fields_of(admin.get("/admin/policy"))
        sent |= {"ratings-usual": "managers", "ratings-widest": "managers", "second_factor": ["manager"]}
        page = admin.post("/admin/policy", 200, **sent, preview="1").get_data(as_text=True)
        assert "Ratings: 1 person chose an audience outside these bounds." in page
        assert "Manager: 1 account has no second factor yet" in page
        assert fields_of(page)["ratings-usual"] == "managers"
        session.rollback()
        assert not session.scalars(select(VisibilityPolicy)).all()

    def test_says_at_the_part_what_is_out_of_order(self, admin: Browser) -> None:
        sent = {**fields_of(admin.get("/admin/policy")), "goals-narrowest": "everyone", "goals-usual": "self"}
        page = admin.post("/admin/policy", 422, **sent).get_data(as_text=True)
        assert "Learning goals: the usual audience lies between" in page

    @pytest.mark.parametrize(
        "wrong", [{"cost-usual": "god"}, {"second_factor": ["king"]}, {"contact-widest": ""}, {"seen": "x" * 100}]
    )
    def test_refuses_what_it_did_not_offer(self, admin: Browser, session: Session, wrong: dict[str, Any]) -> None:
        admin.post("/admin/policy", 422, **{**fields_of(admin.get("/admin/policy")), **wrong})
        assert not session.scalars(select(VisibilityPolicy)).all()

    def test_shows_both_policies_when_somebody_else_was_quicker(self, admin: Browser, session: Session) -> None:
        sent = {**fields_of(admin.get("/admin/policy")), "second_factor": ["admin"]}
        before = policy_brief(session)
        set_policy(
            session, COMMAND_LINE, with_bounds(before, GOALS, MANAGERS, SELF, EVERYONE), policy_fingerprint(before)
        )
        session.commit()
        page = admin.post("/admin/policy", 409, **sent).get_data(as_text=True)
        assert "usually their managers" in page
        assert fields_of(page)["goals-usual"] == "everyone"
        admin.post("/admin/policy", **fields_of(page))
        session.rollback()
        assert policy_brief(session).second_factor == {AccountRole.ADMIN}


def usual_days(session: Session) -> dict[str, Any]:
    """What the form of the periods sends while nobody has changed them."""
    days = {kind.value: usual.days for kind, usual in USUAL.items() if kind is not RetentionKind.SESSIONS}
    return days | {"stood": periods_fingerprint(periods(session))}


class TestRetentionPeriods:
    def test_are_saved_and_shown(self, admin: Browser, session: Session) -> None:
        admin.post("/admin/policy/retention", page="/admin/policy", **usual_days(session), sessions=77)
        session.rollback()
        assert periods(session)[RetentionKind.SESSIONS] == 77
        assert 'value="77"' in admin.get("/admin/policy")
        assert "retention.change" in session.scalars(select(AuditEntry.action)).all()

    @pytest.mark.parametrize("days", ["", "0", "-1", "3651", "1e3", "x", "99999999999999999999"])
    def test_refuse_what_is_no_number_of_days_and_keep_what_was_typed(
        self, admin: Browser, session: Session, days: str
    ) -> None:
        sent = usual_days(session) | {"sessions": 77, "links": days}
        answer = admin.post("/admin/policy/retention", 422, page="/admin/policy", **sent).get_data(as_text=True)
        assert 'value="77"' in answer
        assert periods(session)[RetentionKind.SESSIONS] == USUAL[RetentionKind.SESSIONS].days

    def test_show_both_when_somebody_else_was_quicker(self, admin: Browser, session: Session) -> None:
        sent = usual_days(session) | {"sessions": 77}
        set_periods(session, COMMAND_LINE, {RetentionKind.LINKS: 5})
        session.commit()
        page = admin.post("/admin/policy/retention", 409, page="/admin/policy", **sent).get_data(as_text=True)
        assert "Somebody else changed the periods" in page
        assert all(words in page for words in (USUAL[RetentionKind.LINKS].label, "<td>5</td><td>30</td>"))
        session.rollback()
        assert (periods(session)[RetentionKind.LINKS], periods(session)[RetentionKind.SESSIONS]) == (5, 30)
        found = re.search(r'name="stood" value="([^"]+)"', page)
        assert found
        admin.post("/admin/policy/retention", page="/admin/policy", **(sent | {"stood": found[1]}))
        session.rollback()
        assert (periods(session)[RetentionKind.LINKS], periods(session)[RetentionKind.SESSIONS]) == (30, 77)
