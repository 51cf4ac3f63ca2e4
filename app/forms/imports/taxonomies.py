"""Sending a list of skills, and which part of it an address asks for."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict

from app.forms.people import read_text
from importers.taxonomies import Part


class TaxonomyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    file = FileField("List of skills", [FileRequired("Choose the file to read.")])


def read_part(args: MultiDict[str, str]) -> Part:
    """The part that an address or a form names; without a choice, only other names of known skills."""
    return Part(
        categories=tuple(text for value in args.getlist("category") if (text := read_text(value))),
        words=tuple(word for value in args.getlist("q") for word in read_text(value).split()),
        hot=args.get("hot") == "1",
        only_aliases=args.get("take", "aliases") != "skills",
    )
