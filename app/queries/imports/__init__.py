"""Imports: what a file says laid against the directory, what was applied, and what undoing would do."""
