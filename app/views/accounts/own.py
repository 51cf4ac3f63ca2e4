"""One's own account, and its address."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import mail
from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow, recently_authenticated
from app.errors import DomainError
from app.forms.accounts.entering import NewAddressForm
from app.forms.fields import refuse
from app.services.accounts import accounts

pages = Blueprint("account", __name__, url_prefix="/account")


@pages.get("")
@allow(Thing.ACCOUNT, Action.CHANGE)
def show() -> str:
    return render_template("accounts/show.html", account=current_user)


@pages.get("/email")
@allow(Thing.ACCOUNT, Action.CHANGE)
@recently_authenticated
def email() -> str:
    return _email_page(NewAddressForm())


@pages.post("/email")
@allow(Thing.ACCOUNT, Action.CHANGE)
@recently_authenticated
def change_email() -> Response | tuple[str, int]:
    form, session = NewAddressForm(), current_session()
    if not form.validate():
        return _email_page(form), 422
    try:
        proof = accounts.ask_for_address(session, current_user.account_id, form.email.data or "")
    except DomainError as error:
        refuse(form, error)
        return _email_page(form), 422
    session.commit()
    if proof.secret:
        mail.post("new_address", proof.address, name=current_user.name, secret=proof.secret)
    else:
        mail.post("address_taken", proof.address)
    flash("A link was sent to the new address. Open it within an hour to use that address.")
    return redirect(url_for("account.show"), 303)


def _email_page(form: NewAddressForm) -> str:
    return render_template("accounts/email.html", form=form, account=current_user, mails=mail.postbox().configured)
