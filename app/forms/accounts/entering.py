"""Entering: sign-in, a first password, and the look."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField
from wtforms.validators import AnyOf, InputRequired, Length

from app.forms.accounts.second_factor import CODE_INPUT
from app.forms.kept_text import AddressField, LineField


class NotCutOff(Length):
    """A length that the page does not state: browsers count otherwise, and silently cut off what is pasted."""

    def __init__(self, longest: int) -> None:
        super().__init__(max=longest)
        self.field_flags = {}


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    email = AddressField(
        "E-mail address",
        [InputRequired("Type your e-mail address."), Length(max=200)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Type your password."), NotCutOff(256)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    password = PasswordField(
        "Choose a password",
        [InputRequired("Choose a password.")],
        description="At least 12 characters; a few words do well.",
        render_kw={"autocomplete": "new-password"},
    )


class ForgotForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    email = AddressField(
        "E-mail address",
        [InputRequired("Type your e-mail address."), Length(max=200)],
        render_kw={"autocomplete": "username"},
    )


class NewAddressForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    email = AddressField(
        "New e-mail address",
        [InputRequired("Type the new address."), Length(max=200)],
        render_kw={"autocomplete": "email"},
    )


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    current = PasswordField(
        "Current password",
        [InputRequired("Type your current password."), NotCutOff(256)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "New password",
        [InputRequired("Choose a password.")],
        description="At least 12 characters; a few words do well.",
        render_kw={"autocomplete": "new-password"},
    )
    end_tokens = BooleanField(
        "Also end my API tokens",
        description="If somebody else may have had access. Programs that use one stop until they get another.",
    )


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """`code` is asked of accounts with a second factor. `kept` is the form that waits until its sender proved to be the
    owner (app/exchange/kept_forms.py)."""

    password = PasswordField(
        "Your password",
        [InputRequired("Type your password."), NotCutOff(256)],
        render_kw={"autocomplete": "current-password"},
    )
    code = LineField(
        "Code of your second factor",
        [
            InputRequired("Type a code of your second factor, too."),
            Length(max=64, message="This is longer than any code."),
        ],
        description="The six digits that your authenticator app shows now, or one of your recovery codes.",
        render_kw=CODE_INPUT,
    )
    kept = HiddenField()


class AppearanceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """The empty theme follows the system."""

    theme = LineField(validators=[AnyOf(("", "light", "dark"))])
