"""Entering: sign-in, a first password, and the look."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import AnyOf, InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    email = EmailField(
        "E-mail address",
        [InputRequired("Type your e-mail address."), Length(max=200)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Type your password."), Length(max=256)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    password = PasswordField(
        "Choose a password",
        [InputRequired("Choose a password.")],
        description="At least 12 characters; a few words do well.",
        render_kw={"autocomplete": "new-password"},
    )


class AppearanceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """The empty theme follows the system."""

    theme = StringField(validators=[AnyOf(("", "light", "dark"))])
