"""Asking by a token instead of a browser: scopes, strict JSON, problem details."""
