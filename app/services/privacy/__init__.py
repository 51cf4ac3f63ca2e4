"""Visibility, copies and the end of personal data."""
