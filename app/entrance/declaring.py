"""What an endpoint declares about who may use it."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask

from app.access import Action, Thing

P = ParamSpec("P")
R = TypeVar("R")


def allow(thing: Thing, action: Action) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare what the endpoint does to what; the matrix says who may. One without a declaration is refused, and fails
    a test."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.access = (thing, action)  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say
        return view

    return declare


def recently_authenticated(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that the view is only for a session whose owner proved to be it in the last ten minutes. Others are asked
    to confirm first, and lose nothing that they typed."""
    view.wants_recent = True  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say so
    return view


def before_second_factor(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that the view is reached also by accounts that must set up their second factor first."""
    view.before_factor = True  # type: ignore[attr-defined]  # functions carry attributes; Callable does not say so
    return view


def declared_access(app: Flask, endpoint: str) -> tuple[Thing, Action] | None:
    if endpoint == "static":
        return Thing.ENTRANCE, Action.USE
    return getattr(app.view_functions[endpoint], "access", None)


def wants_recent(app: Flask, endpoint: str) -> bool:
    """Whether it is declared `recently_authenticated`."""
    return getattr(app.view_functions[endpoint], "wants_recent", False)


def is_before_second_factor(app: Flask, endpoint: str) -> bool:
    return getattr(app.view_functions[endpoint], "before_factor", False)
