"""Accounts in the hands of an administrator. A form reads its own fields only: whatever else is sent is left unread."""

from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlencode

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.access import ROLE_WORDS
from app.exchange.request_values import LARGEST_ID
from app.forms.fields import WholeField, stripped
from app.forms.kept_text import AddressField, LineField
from app.forms.people import read_number, read_text
from app.queries.accounts.listing import AccountFilters, AccountState
from app.queries.accounts.records import REACH_WORDS, AccountBrief, UnitChoice
from models import AccountRole, Reach

STATE_LABELS = {
    AccountState.ALL: "All",
    AccountState.ACTIVE: "Active",
    AccountState.INVITED: "Not entered yet",
    AccountState.DEACTIVATED: "Deactivated",
    AccountState.UNLINKED: "Without a person",
}
ROLE_CHOICES = {role.value: label for role, label in ROLE_WORDS.items()}
LONGEST_REASON = 500
ROLE_HINT = (
    "An administrator runs Muster. A manager staffs projects. A practitioner keeps their own record. "
    "A viewer reads what everybody may read."
)
REACH_HINT = "For a manager only: whose records and projects they manage."
EVERYBODY_HINT = "Managers invited here manage everybody; narrow that on the page of each account."


def boxes(label: str, hint: str = "") -> "SelectMultipleField":
    """Several choices of ids, as boxes."""
    return SelectMultipleField(
        label,
        coerce=int,
        description=hint,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class RightsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Role and reach; subclasses add who."""

    role = SelectField("Role", choices=ROLE_CHOICES, default=AccountRole.PRACTITIONER.value, description=ROLE_HINT)
    reach = SelectField(
        "Reach",
        choices={reach.value: label for reach, label in REACH_WORDS.items()},
        default=Reach.ORGANISATION.value,
        description=REACH_HINT,
    )
    units = boxes("Units", "With the units below them.")

    def offer(self, units: Sequence[UnitChoice]) -> Self:
        self.units.choices = {str(unit.id): unit.path for unit in units}
        return self

    def brief_for(self, name: str | None) -> AccountBrief:
        return AccountBrief(
            name=stripped(name) or "",
            role=AccountRole(self.role.data),
            reach=Reach(self.reach.data),
            units=tuple(sorted(set(self.units.data or ()))),
        )


class InvitationForm(RightsForm):
    """`person` is the id of the person of the directory, chosen on the same page."""

    email = AddressField(
        "E-mail address",
        [DataRequired("Write the e-mail address."), Length(max=200, message="Use at most 200 characters.")],
    )
    name = LineField(
        "Name",
        [Optional(), Length(max=200, message="Use at most 200 characters.")],
        description="Left empty, it is the name of the person of the directory, or else the beginning of the address.",
    )
    person = WholeField(
        validators=[Optional(), NumberRange(1, LARGEST_ID, "There is no such person.")], widget=HiddenInput()
    )

    def brief(self) -> AccountBrief:
        return self.brief_for(self.name.data)


def reason_field(**known: Any) -> LineField:
    return LineField(
        "Reason",
        [Optional(), Length(max=LONGEST_REASON, message=f"Use at most {LONGEST_REASON} characters.")],
        description="Kept in the audit trail.",
        **known,
    )


class AccountForm(RightsForm):
    version = WholeField(validators=[InputRequired("Open this page again.")], widget=HiddenInput())
    name = LineField(
        "Name", [DataRequired("Give the account a name."), Length(max=200, message="Use at most 200 characters.")]
    )

    reason = reason_field()

    def brief(self) -> AccountBrief:
        return self.brief_for(self.name.data)

    def stand_at(self, version: int) -> None:
        """Send this version back next time, whatever was sent this time."""
        self.version.data, self.version.raw_data = version, None


class DeactivationForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    reason = reason_field(id="deactivation-reason")


class InvitePeopleForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """The ids that cannot be ids are left out, as if their boxes were empty."""

    role = SelectField(
        "Role of their accounts",
        choices=ROLE_CHOICES,
        default=AccountRole.PRACTITIONER.value,
        description=f"{ROLE_HINT} {EVERYBODY_HINT}",
    )

    def chosen(self, sent: MultiDict[str, str]) -> list[int]:
        return [number for number in map(read_number, sent.getlist("people")) if number]

    def account_role(self) -> AccountRole:
        return AccountRole(self.role.data)


class LinkPersonForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    person = WholeField(
        "Person", [InputRequired("Choose a person."), NumberRange(1, LARGEST_ID, "There is no such person.")]
    )


def read_account_filters(args: MultiDict[str, str]) -> AccountFilters:
    """What cannot be meant is left out, never an error."""
    role, state = args.get("role", ""), args.get("state", "")
    return AccountFilters(
        text=read_text(args.get("q", "")),
        role=AccountRole(role) if role in {known.value for known in AccountRole} else None,
        state=AccountState(state) if state in {known.value for known in AccountState} else AccountState.ALL,
        page=read_number(args.get("page")) or 1,
    )


def account_query(filters: AccountFilters) -> dict[str, str]:
    """The names and values of an address with these filters; what is as usual is left out."""
    every: list[tuple[str, Any, Any]] = [
        ("q", filters.text, ""),
        ("role", filters.role, None),
        ("state", filters.state, AccountState.ALL),
        ("page", filters.page, 1),
    ]
    return {name: str(value) for name, value, usual in every if value != usual}


def account_address(path: str, filters: AccountFilters) -> str:
    query = urlencode(account_query(filters))
    return f"{path}?{query}" if query else path
