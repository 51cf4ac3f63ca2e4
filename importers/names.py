"""When two names are the same name: people's, projects' and skills' names are compared in one normal form."""

from importers.skills import normal_form

__all__ = ["normal_form"]
