"""Projects, their roles and templates."""
