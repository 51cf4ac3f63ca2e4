"""Inviting people: one by one, or several of the directory at once. A link is shown on the answer's page only."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from app import mail
from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow, recently_authenticated
from app.errors import DomainError
from app.forms.accounts.administration import InvitationForm, InvitePeopleForm
from app.forms.fields import refuse
from app.forms.people import read_number, read_text
from app.queries.accounts.people import choice_of, find_choices, suggest, uninvited
from app.queries.accounts.records import unit_choices
from app.services.accounts import invitations
from app.services.accounts.invitations import Invitation

pages = Blueprint("invitations", __name__)
Page = str | tuple[str, int]


@pages.get("/admin/accounts/new")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
def new() -> str:
    """Blank, or with `?person=<id>` for a person of the directory."""
    number = read_number(request.args.get("person"))
    person = choice_of(current_session(), number) if number else None
    form = InvitationForm(
        email=person.email if person else None,
        name=person.name if person else None,
        person=person.id if person else None,
    )
    return _page(form)


@pages.post("/admin/accounts/new")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def invite() -> Page:
    session = current_session()
    form = InvitationForm().offer(unit_choices(session))
    if form.validate():
        try:
            made = invitations.invite(
                session, current_user.actor, form.email.data or "", form.brief(), form.person.data
            )
        except DomainError as error:
            session.rollback()
            refuse(form, error)
        else:
            session.commit()
            return _links([made])
    return _page(form), 422


@pages.get("/admin/accounts/invite-people")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
def choose() -> str:
    return _people_page(InvitePeopleForm())


@pages.post("/admin/accounts/invite-people")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def invite_people() -> Page:
    session, form = current_session(), InvitePeopleForm()
    if form.validate():
        try:
            made = invitations.invite_people(
                session, current_user.actor, form.chosen(request.form), form.account_role()
            )
        except DomainError as error:
            session.rollback()
            refuse(form, error)
        else:
            session.commit()
            return _links(made)
    return _people_page(form), 422


@pages.post("/admin/accounts/<int:account_id>/link")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
@recently_authenticated
def new_link(account_id: int) -> Page:
    session = current_session()
    made = invitations.invite_again(session, current_user.actor, account_id)
    session.commit()
    return _links([made])


def _links(made: list[Invitation]) -> str:
    """After the commit: show the links, and mail them where a mail server is set up."""
    base = mail.postbox().base_url
    sent = [mail.post(one.letter, one.email, name=one.name, secret=one.secret) for one in made]
    return render_template(
        "admin/links.html",
        made=[(one, f"{base}{url_for('signing_in.welcome', secret=one.secret)}") for one in made],
        sent=any(sent),
    )


def _page(form: InvitationForm) -> str:
    session, text = current_session(), read_text(request.args.get("q", ""))
    person = choice_of(session, form.person.data) if form.person.data and not form.person.errors else None
    return render_template(
        "admin/new_account.html",
        form=form.offer(unit_choices(session)),
        person=person,
        text=text,
        found=find_choices(session, text),
        suggested=suggest(session, form.name.data) if person is None and form.name.data else [],
    )


def _people_page(form: InvitePeopleForm) -> str:
    found = uninvited(
        current_session(), read_text(request.args.get("q", "")), read_number(request.args.get("page")) or 1
    )
    here = url_for("invitations.choose")

    def page(number: int) -> str | None:
        asked = urlencode({"q": found.text, "page": number} if found.text else {"page": number})
        return f"{here}?{asked}" if 1 <= number <= found.pages else None

    return render_template(
        "admin/invite_people.html",
        form=form,
        found=found,
        chosen=set(form.chosen(request.form)),
        here=here,
        previous=page(found.page - 1),
        next=page(found.page + 1),
    )
