"""Accounts in the hands of an administrator: their list, and the page of one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import mail
from app.access import ROLE_WORDS, Action, Thing
from app.db import current_session
from app.entrance.declaring import allow, recently_authenticated
from app.errors import Conflict, DomainError
from app.forms.accounts.administration import (
    ROLE_CHOICES,
    STATE_LABELS,
    AccountForm,
    DeactivationForm,
    LinkPersonForm,
    account_address,
    account_query,
    read_account_filters,
)
from app.forms.accounts.entering import NewAddressForm
from app.forms.fields import refuse, stripped
from app.forms.people import read_text
from app.queries.accounts.listing import list_accounts
from app.queries.accounts.people import find_choices, suggest
from app.queries.accounts.records import account_differences, account_record, unit_choices
from app.queries.accounts.second_factor import has_second_factor
from app.queries.accounts.sessions import open_sessions
from app.queries.briefs import Difference
from app.services.accounts import administration

pages = Blueprint("admin_accounts", __name__)
Page = str | Response | tuple[str, int]
TAKEN_AWAY = "taken away by an administrator, and the account was signed out everywhere"


@pages.get("/admin/accounts")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
def index() -> str:
    found = list_accounts(current_session(), read_account_filters(request.args))
    here = url_for("admin_accounts.index")

    def page(number: int) -> str | None:
        return account_address(here, replace(found.filters, page=number)) if 1 <= number <= found.pages else None

    return render_template(
        "admin/accounts.html",
        found=found,
        states=[
            (label, account_address(here, replace(found.filters, state=state, page=1)), state is found.filters.state, n)
            for state, label in STATE_LABELS.items()
            for n in [found.counts[state]]
        ],
        roles=[("", "Every role"), *ROLE_CHOICES.items()],
        kept=[pair for pair in account_query(found.filters).items() if pair[0] == "state"],
        previous=page(found.filters.page - 1),
        next=page(found.filters.page + 1),
    )


@pages.get("/admin/accounts/<int:account_id>")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
def show(account_id: int) -> str:
    return _page(account_id, _stored(account_id))


@pages.post("/admin/accounts/<int:account_id>")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def update(account_id: int) -> Page:
    session, units = current_session(), unit_choices(current_session())
    form = AccountForm().offer(units)
    if form.validate():
        brief = form.brief()
        try:
            changed = administration.edit_account(
                session, current_user.actor, account_id, brief, form.version.data or 0, stripped(form.reason.data)
            )
        except Conflict as error:
            saved = account_record(session, account_id, datetime.now(UTC))
            form.stand_at(saved.version)
            return _page(account_id, form, error, account_differences(saved.brief, brief, units)), error.status
        except DomainError as error:
            session.rollback()
            refuse(form, error)
        else:
            account = account_record(session, account_id, datetime.now(UTC))
            session.commit()
            if changed:
                mail.post("rights_changed", account.email, name=account.brief.name, role=ROLE_WORDS[account.brief.role])
            flash("The account is saved.", "good")
            return redirect(url_for("admin_accounts.show", account_id=account_id), 303)
    return _page(account_id, form), 422


@pages.post("/admin/accounts/<int:account_id>/email")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def change_address(account_id: int) -> Page:
    session, form = current_session(), NewAddressForm()
    if form.validate():
        try:
            before = administration.change_address(session, current_user.actor, account_id, form.email.data or "")
        except DomainError as error:
            session.rollback()
            refuse(form, error)
        else:
            name = account_record(session, account_id, datetime.now(UTC)).brief.name
            session.commit()
            mail.post("address_changed", before, name=name)
            flash("The address is changed.", "good")
            return redirect(url_for("admin_accounts.show", account_id=account_id), 303)
    return _page(account_id, _stored(account_id), new_address=form), 422


@pages.post("/admin/accounts/<int:account_id>/deactivate")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def deactivate(account_id: int) -> Page:
    session, form = current_session(), DeactivationForm()
    if not form.validate():
        return _page(account_id, _stored(account_id), deactivation=form), 422
    administration.deactivate(session, current_user.actor, account_id, stripped(form.reason.data))
    session.commit()
    flash("The account is deactivated. Whoever was signed in with it is signed out.", "good")
    return redirect(url_for("admin_accounts.show", account_id=account_id), 303)


@pages.post("/admin/accounts/<int:account_id>/activate")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def activate(account_id: int) -> Response:
    session = current_session()
    administration.activate(session, current_user.actor, account_id)
    session.commit()
    flash("The account is active again.", "good")
    return redirect(url_for("admin_accounts.show", account_id=account_id), 303)


@pages.post("/admin/accounts/<int:account_id>/end-sessions")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def end_sessions(account_id: int) -> Response:
    session = current_session()
    administration.end_all_sessions(session, current_user.actor, account_id)
    session.commit()
    flash("Every session of the account is ended.", "good")
    return redirect(url_for("admin_accounts.show", account_id=account_id), 303)


@pages.post("/admin/accounts/<int:account_id>/reset-second-factor")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def reset_second_factor(account_id: int) -> Response:
    session = current_session()
    administration.reset_second_factor(session, current_user.actor, account_id)
    account = account_record(session, account_id, datetime.now(UTC))
    session.commit()
    mail.post("second_factor_changed", account.email, name=account.brief.name, change=TAKEN_AWAY)
    flash("The second factor is taken away. The account is signed out everywhere.", "good")
    return redirect(url_for("admin_accounts.show", account_id=account_id), 303)


@pages.get("/admin/accounts/<int:account_id>/person")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
def choose_person(account_id: int) -> str:
    return _person_page(account_id)


@pages.post("/admin/accounts/<int:account_id>/person")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def link_person(account_id: int) -> Page:
    session, form = current_session(), LinkPersonForm()
    if form.validate():
        try:
            administration.link_person(session, current_user.actor, account_id, form.person.data or 0)
        except DomainError as error:
            session.rollback()
            refuse(form, error)
        else:
            session.commit()
            flash("The account is linked.", "good")
            return redirect(url_for("admin_accounts.show", account_id=account_id), 303)
    return _person_page(account_id, form), 422


@pages.post("/admin/accounts/<int:account_id>/unlink")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def unlink_person(account_id: int) -> Response:
    session = current_session()
    administration.unlink_person(session, current_user.actor, account_id)
    session.commit()
    flash("The account is linked to nobody any more. The person's record stays as it is.", "good")
    return redirect(url_for("admin_accounts.show", account_id=account_id), 303)


def _stored(account_id: int) -> AccountForm:
    """The form as the account stands, whatever was sent."""
    record = account_record(current_session(), account_id, datetime.now(UTC))
    brief = record.brief
    return AccountForm(
        formdata=None,
        name=brief.name,
        role=brief.role.value,
        reach=brief.reach.value,
        units=brief.units,
        version=record.version,
    )


def _page(
    account_id: int,
    form: AccountForm,
    conflict: Conflict | None = None,
    differences: Sequence[Difference] = (),
    new_address: NewAddressForm | None = None,
    deactivation: DeactivationForm | None = None,
) -> str:
    session = current_session()
    record = account_record(session, account_id, datetime.now(UTC))
    return render_template(
        "admin/account.html",
        account=record,
        form=form.offer(unit_choices(session)),
        new_address=new_address or NewAddressForm(formdata=None),
        deactivation=deactivation or DeactivationForm(formdata=None),
        sessions=open_sessions(session, account_id, datetime.now(UTC)),
        second_factor=has_second_factor(session, account_id),
        own=account_id == current_user.account_id,
        suggested=suggest(session, record.brief.name) if record.person_id is None else [],
        conflict=conflict,
        differences=differences,
    )


def _person_page(account_id: int, form: LinkPersonForm | None = None) -> str:
    session, text = current_session(), read_text(request.args.get("q", ""))
    record = account_record(session, account_id, datetime.now(UTC))
    return render_template(
        "admin/person.html",
        account=record,
        form=form or LinkPersonForm(),
        text=text,
        found=find_choices(session, text),
        suggested=suggest(session, record.brief.name),
    )
