"""A site of pages that use every component once, with the application's own templates, filters and content policy but
plain values instead of a database. Its pages are the templates in the folder gallery/."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, render_template
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from werkzeug.serving import WSGIRequestHandler, make_server
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FieldList,
    FileField,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from app import rendering
from app.entrance.headers import content_security_policy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ROOT = Path(__file__).resolve().parents[2]
GALLERY = Path(__file__).parent / "gallery"
PAGES = sorted(path.stem for path in GALLERY.glob("*.html"))
ERRORS = (400, 403, 404, 409, 413, 429, 500, 503)
NONCE = "gallery"


class RoleForm(Form):
    title = StringField("Role", [InputRequired("Give the role a name.")])
    headcount = IntegerField("Seats", [InputRequired("How many people?"), NumberRange(1, 50, "Seats must be 1 to 50.")])


class GalleryForm(FlaskForm):
    name = StringField("Name", [InputRequired("Give the project a name.")])
    summary = TextAreaField("Summary")
    starts_on = DateField("Starts", [InputRequired("Give a first day.")])
    budget = IntegerField("Budget")
    priority = SelectField("Priority", choices=[SelectChoice("1", "High"), SelectChoice("2", "Normal")])
    places = SelectMultipleField(
        "Places",
        choices=[SelectChoice("london", "London"), SelectChoice("krakow", "Kraków")],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    approach = RadioField(
        "Approach", choices=[SelectChoice("central", "Central team"), SelectChoice("spread", "Team of teams")]
    )
    is_open = BooleanField("Open to internal applicants")
    roles = FieldList(FormField(RoleForm))
    workbook = FileField("Workbook")
    email = EmailField("E-mail", [InputRequired()])
    password = PasswordField("Password", [InputRequired()])

    @property
    def blank_role(self) -> Form:
        return RoleForm(prefix="roles-{index}")


def refused_form() -> GalleryForm:
    form = GalleryForm(
        MultiDict(
            {
                "summary": "One ledger.",
                "starts_on": "2027-01-11",
                "priority": "2",
                "approach": "central",
                "email": "nadia@example.com",
                "password": "entered",
                "roles-0-title": "",
                "roles-0-headcount": "60",
            }
        )
    )
    form.validate()
    return form


def make_gallery() -> Flask:
    app = Flask(__name__, static_folder=ROOT / "app" / "static", static_url_path="/static")
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(GALLERY)])
    app.jinja_options = {"undefined": StrictUndefined}
    app.config["WTF_CSRF_ENABLED"] = False
    rendering.init_app(app)
    app.jinja_env.globals.update(csp_nonce=lambda: NONCE, csrf_token=lambda: "token")

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = content_security_policy(NONCE)
        return response

    @app.get("/<any(" + ",".join(PAGES) + "):page>")
    def show(page: str) -> str:
        me = {"name": "Nadia Marsh", "role_label": "Resourcing manager", "initials": "NM", "hue": 4}
        return render_template(
            f"{page}.html", nav=navigation(page), me=None if page == "bare" else me, form=refused_form()
        )

    @app.get("/errors/<int:status>")
    def fail(status: int) -> str:
        return render_template(f"errors/{status}.html", request_id="9f3c2a71")

    @app.get("/job")
    def finish() -> str:
        return '<div id="job"><p>All rows are read.</p></div>'

    return app


def navigation(page: str) -> list[dict[str, object]]:
    def link(label: str, icon: str, count: int | None = None, name: str = "") -> dict[str, object]:
        return {"label": label, "icon": icon, "href": f"/{name}", "count": count, "current": name == page}

    return [
        {"title": None, "links": [link("Home", "home", name="components")]},
        {"title": "Directory", "links": [link("People", "users", 60, "directory"), link("Skills", "certificate", 40)]},
        {
            "title": "Staffing",
            "links": [link("Projects", "briefcase", 9, "form"), link("Proposals", "users-group", 3, "proposal")],
        },
        {"title": "Admin", "links": [link("Imports", "upload", name="wizard")]},
    ]


class Silent(WSGIRequestHandler):
    """Its log of requests would fill the report of every test that fails."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serve(site: "WSGIApplication") -> Iterator[str]:
    """The address at which the site answers while the block runs."""
    server = make_server("127.0.0.1", 0, site, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
