"""What an import understood of its file, and correcting it by hand."""

import html
import re

import pytest
from sqlalchemy import Engine

from tests.app.conftest import Browser, digest
from tests.factories.imports import Stage, sheet, stored

pytestmark = pytest.mark.one_database

MARKS = sheet(("Anna Berg", "x", "o"), ("Tom Rahman", "o", "x"), header=("Name", "Python", "SQL"))


class TestUnderstood:
    CONTENT = sheet(
        ("Anna Berg", "0171", 4, 5), ("Tom Rahman", "0172", 2, 1), header=("Name", "Phone", "Python", "SQL")
    )

    def test_tells_what_each_column_was_taken_for(self, admin: Browser, stage: Stage) -> None:
        page = admin.get(f"{stage(self.CONTENT)}/understood")
        assert '<option value="name" selected>Name</option>' in page
        assert 'name="skill-C" value="Python"' in page
        assert "personal data" in page
        assert "0171" not in page
        assert 'name="header_row" value="1" checked' in page

    def test_keeps_only_what_was_changed(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = stage(self.CONTENT)
        page = f"{path}/understood?sheet=skills"
        admin.post(page, page=page, **shown_fields(admin.get(page)))
        assert stored(engine, path)[0]["mappings"] == {}
        admin.post(page, page=page, **shown_fields(admin.get(page)) | {"column-D": "ignore", "skill-C": "Snake taming"})
        (mapping,) = stored(engine, path)[0]["mappings"].values()
        assert mapping["columns"] == {"C": "skill:Snake taming", "D": "ignore"}
        assert mapping["layout"] is None
        assert "Snake taming" in admin.get(f"{path}/preview")
        assert "skills!D2" not in admin.get(f"{path}/preview")
        assert "By hand" in admin.get(page)

    def test_goes_back_to_automatic(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = stage(self.CONTENT)
        page = f"{path}/understood"
        admin.post(page, page=page, **shown_fields(admin.get(page)) | {"column-D": "ignore"})
        admin.post(page, page=page, automatic="1")
        assert stored(engine, path)[0]["mappings"] == {}
        assert "skills!D2" in admin.get(f"{path}/preview")

    def test_leaves_a_sheet_out_and_takes_it_in_again(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = stage(self.CONTENT)
        page = f"{path}/understood"
        sent = shown_fields(admin.get(page))
        del sent["use"]
        admin.post(page, page=page, **sent)
        assert stored(engine, path)[1]["people"] == 0
        admin.post(page, page=page, use="1")
        assert stored(engine, path)[1]["people"] == 2

    def test_says_what_marks_mean(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = stage(MARKS)
        page = f"{path}/understood"
        sent = shown_fields(admin.get(page))
        marks = {sent[name]: name.removesuffix("-is") for name in sent if name.endswith("-is")}
        admin.post(page, page=page, **sent | {marks["x"]: "4", marks["o"]: "goal"})
        (mapping,) = stored(engine, path)[0]["mappings"].values()
        assert mapping["marks"] == {"x": 4, "o": "goal"}
        counts = stored(engine, path)[1]
        assert (counts["questions_open"], counts["ratings_create"], counts["goals"]) == (0, 2, 2)

    def test_takes_another_header_row(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        content = sheet(
            ("Employee", "Rust", "Go"), ("Anna Berg", 3, 4), ("Tom Rahman", 2, 1), header=("Name", "Python", "SQL")
        )
        path = stage(content)
        page = f"{path}/understood"
        shown = admin.get(page)
        assert 'name="reading" value="matrix 1"' in shown
        admin.post(page, page=page, **shown_fields(shown) | {"header_row": "1"})
        (mapping,) = stored(engine, path)[0]["mappings"].values()
        assert (mapping["header_row"], mapping["layout"]) == (1, None)
        assert "The header is in row 1" in admin.get(page)

    def test_takes_another_way_to_read_the_sheet(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        content = sheet(("Employee", "Rust", "Go"), ("Anna Berg", 3, 4), header=("Name", "Python", "SQL"))
        path = stage(content)
        page = f"{path}/understood"
        admin.post(page, page=page, **shown_fields(admin.get(page)) | {"reading": "matrix 1", "column-B": "ignore"})
        (mapping,) = stored(engine, path)[0]["mappings"].values()
        assert (mapping["header_row"], mapping["layout"], mapping["columns"]) == (1, "matrix", {})

    def test_knows_no_other_sheet(self, admin: Browser, stage: Stage) -> None:
        path = stage(self.CONTENT)
        admin.post(f"{path}/understood?sheet=Nowhere", 404, page=f"{path}/understood")

    def test_only_shows_what_is_decided(self, admin: Browser, stage: Stage) -> None:
        path = stage(self.CONTENT)
        admin.post(f"{path}/apply", page=path, digest=digest(admin.get(path)))
        page = admin.get(f"{path}/understood")
        assert "Read again like this" not in page
        assert "<fieldset disabled>" in page
        admin.post(f"{path}/understood", 409, page="/imports", automatic="1")


def shown_fields(page: str) -> dict[str, str]:
    """What a browser sends of the sheet's form when nobody changes anything."""
    form = page[page.index("<fieldset>\n") : page.index("action-bar")]
    sent = {
        found[1]: html.unescape(found[2])
        for found in re.finditer(r'<select[^>]* name="([^"]+)".*?<option value="([^"]*)" selected>', form, re.S)
    }
    for field in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', field))
        if told.get("type") not in {"radio", "checkbox"} or " checked" in field:
            sent[told["name"]] = html.unescape(told.get("value", ""))
    return sent
