"""Fields that say in a sentence what they cannot read, and rows that come and go without script."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, TypeVar

from werkzeug.datastructures import MultiDict
from wtforms import DateField, DecimalField, FieldList, Form, FormField, IntegerField
from wtforms.form import BaseForm
from wtforms.validators import Length, ValidationError

from app.errors import DomainError

MOST_ROWS = 40
EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 12, 31)


class DayField(DateField):
    """A day between 2000 and 2100: other years are slips of the keyboard."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write the day like 2027-01-31.") from None

    def pre_validate(self, form: BaseForm) -> None:
        if self.data is not None and not EARLIEST <= self.data <= LATEST:
            raise ValidationError(f"Choose a day between {EARLIEST.year} and {LATEST.year}.")


class WholeField(IntegerField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write a whole number.") from None


class NumberField(DecimalField):
    """A decimal number, shown without the zeros that the database pads it with."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write a number, with a point before the decimals.") from None
        if self.data is not None and not self.data.is_finite():
            self.data = None
            raise ValueError("Write a number, with a point before the decimals.")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format(self.data.normalize(), "f")


class RowForm(Form):
    """One of several rows of a form. A row in which nothing was typed into the `telling` fields counts as no row."""

    telling: ClassVar[tuple[str, ...]]

    @property
    def stated(self) -> bool:
        return any(stripped(str(typed)) for name in self.telling for typed in self[name].raw_data or ())

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        return not self.stated or super().validate(extra_validators)


Row = TypeVar("Row", bound=RowForm)


def rows_of(row: type[Row], too_many: str) -> "FieldList[FormField[Row]]":
    return FieldList(FormField(row), validators=[Length(max=MOST_ROWS, message=too_many)], max_entries=10 * MOST_ROWS)


def blank_row(row: type[Row], name: str) -> Row:
    """An empty row of the list called `name`, whose position is the token that the page's script replaces."""
    return row(prefix=f"{name}-{{index}}-")


def stripped(text: str | None) -> str | None:
    """None for nothing but blanks."""
    return (text or "").strip() or None


def refuse(form: BaseForm, error: DomainError) -> None:
    """Show the sentence at its field; one without a field in this form stands above it."""
    if error.field is not None and error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.sentence]
    else:
        form.form_errors.append(error.sentence)


def change_rows(form: BaseForm, sent: MultiDict[str, str]) -> bool:
    """Add or remove the row whose button was pressed (see `rows` in templates/ui/form.html); False when none was."""
    added, (removed, _, position) = sent.get("add"), sent.get("remove", "").rpartition("-")
    rows = form[name] if (name := added or removed) in form else None
    if not isinstance(rows, FieldList):
        return False
    if added and len(rows) < (rows.max_entries or 0):
        rows.append_entry()
    elif removed and position.isdecimal() and int(position) < len(rows):
        rows.pop_entry(int(position))  # type: ignore[call-arg]  # the stubs are older than WTForms 3.3
    return True
