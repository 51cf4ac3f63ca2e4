"""The shell around every page: the way around, and who is signed in."""

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_login import current_user

from app.db import current_session
from app.queries.shell import ShellCounts, shell_counts
from app.rendering import hue, initials

PART_OF = {
    "audit.of_person": "people",
    "audit.of_project": "projects",
    "communication": "projects",
    "decisions": "projects",
    "erasing": "people",
    "exports": "people",
    "imports_steps": "imports",
    "invitations": "admin_accounts",
    "leading": "projects",
    "roles": "projects",
    "taxonomies": "skills",
    "tokens.everybodys": "admin",
    "undoing": "imports",
    "verifying": "people",
}
"""Pages that have no link of their own, one or all of a blueprint -> those whose link is theirs too."""


@dataclass(frozen=True, slots=True)
class Link:
    endpoint: str
    label: str
    icon: str
    href: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Section:
    title: str | None
    links: list[Link]


def shell() -> dict[str, Any]:
    """`nav` and `me` for the base template; nothing for visitors, and nothing on error pages: they need no database."""
    if g.get("failed") or not current_user.is_authenticated:
        return {"nav": [], "me": None}
    me = {
        "name": current_user.name,
        "role_label": current_user.role_label,
        "initials": initials(current_user.name),
        "hue": hue(current_user.name),
        "manages": current_user.manages,
        "administers": current_user.administers,
    }
    return {"nav": sections(shell_counts(current_session(), current_user)), "me": me}


def sections(counts: ShellCounts) -> list[Section]:
    nav = [
        Section(None, [_link("home.index", "Home", "home")]),
        Section(
            "Directory",
            [
                _link("people.index", "People", "users", counts.people),
                _link("skills.index", "Skills", "list", counts.skills),
            ],
        ),
        Section("Staffing", [_link("projects.index", "Projects", "briefcase", counts.projects)]),
    ]
    if current_user.manages:
        nav[2].links.append(_link("proposals.index", "Proposals", "users-group", counts.proposals))
    if current_user.administers:
        nav.append(
            Section(
                "Admin",
                [
                    _link("admin.index", "Administration", "settings"),
                    _link("admin_accounts.index", "Accounts", "user-circle"),
                    _link("policy.show", "Policy", "shield-lock"),
                    _link("imports.index", "Imports", "upload"),
                    _link("audit.index", "Audit trail", "list"),
                ],
            )
        )
    return nav


def _link(endpoint: str, label: str, icon: str, count: int | None = None) -> Link:
    noun = endpoint.split(".")[0]
    here = request.blueprint or ""
    current = PART_OF.get(request.endpoint or "", PART_OF.get(here, here)) == noun
    return Link(endpoint, label, icon, url_for(endpoint), count, current)
