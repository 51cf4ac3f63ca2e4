"""What templates may use: addresses of static files, and how dates, shares and names are written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask
    from markupsafe import Markup

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent.parent / "templates"
THEMES = ("light", "dark")


@lru_cache(maxsize=256)
def static_url(path: str) -> str:
    """The file's address with a digest of its content, so that browsers may keep it for good."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def format_date(value: date | datetime | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else ""


def format_percent(value: float | Decimal | None) -> str:
    return "" if value is None else f"{round(float(value) * 100):d}%"


def signed(value: float) -> str:
    """+3, −2, ±0: a true minus sign, and a sign also for no difference."""
    rounded = round(value)
    if rounded == 0:
        return "±0"
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}"


def plural(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue(name: str) -> int:
    """One of eight avatar colours; the same name always gets the same."""
    return hashlib.sha256(name.encode()).digest()[0] % 8


def qr_code(text: str, title: str) -> Markup:
    """The text as a picture for a camera, dark on light in every appearance: an SVG without a style of its own."""
    import segno
    from markupsafe import Markup

    svg = segno.make(text, error="m", micro=False).svg_inline(
        svgclass="qr-code", lineclass=None, omitsize=True, light="#fff", title=title
    )
    return Markup(svg)  # noqa: S704 - the library escapes the title, and of the text it draws squares


def theme_cookie() -> str:
    """The cookie's name; static/js/shell.js writes it too, by the same rule."""
    from flask import current_app

    return "__Host-theme" if current_app.config["SESSION_COOKIE_SECURE"] else "theme"


def theme() -> str | None:
    from flask import request

    chosen = request.cookies.get(theme_cookie())
    return chosen if chosen in THEMES else None


def format_moment(value: datetime | None) -> str:
    """To the minute, in UTC."""
    return f"{value.day} {value:%b %Y, %H:%M}" if value else ""


@lru_cache(maxsize=512)
def browser(user_agent: str | None) -> str:
    """Firefox on Linux: what a browser says of itself, in words."""
    # Imported here: its rules take a tenth of a second to load, and one page needs them.
    from ua_parser import parse

    told = parse(user_agent or "")
    name, system = told.user_agent and told.user_agent.family, told.os and told.os.family
    if not name:
        return f"An unknown browser on {system}" if system else "An unknown browser"
    return f"{name} on {system}" if system else name


FILTERS: dict[str, Callable[..., Any]] = {
    "date": format_date,
    "percent": format_percent,
    "signed": signed,
    "initials": initials,
    "hue": hue,
    "plural": plural,
    "moment": format_moment,
    "browser": browser,
}


def render_plain(template: str, **values: Any) -> str:
    """A text template, for the terminal; its wording is that of the pages."""
    from jinja2 import Environment, FileSystemLoader

    # Text for a terminal is not HTML: escaping would show `&amp;` to people.
    environment = Environment(loader=FileSystemLoader(TEMPLATES), trim_blocks=True, autoescape=False)  # noqa: S701
    environment.filters.update(FILTERS)
    return environment.get_template(template).render(values)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(static_url=static_url, qr_code=qr_code)
    app.context_processor(lambda: {"theme": theme()})
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
