"""The code of a second factor."""

from flask_wtf import FlaskForm
from wtforms.validators import InputRequired, Length

from app.forms.kept_text import LineField

CODE_INPUT = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    code = LineField(
        "Code",
        [InputRequired("Type the code that your app shows."), Length(max=64, message="This is longer than any code.")],
        description="The six digits that your authenticator app shows now.",
        render_kw={**CODE_INPUT, "inputmode": "numeric"},
    )


class SecondStepForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    code = LineField(
        "Code",
        [InputRequired("Type a code."), Length(max=64, message="This is longer than any code.")],
        description="The six digits that your authenticator app shows now, or one of your recovery codes.",
        render_kw=CODE_INPUT,
    )
