"""Verbs that change the record. Each takes the session first, flushes, never commits, never sees the request."""
