"""Accounts, how they come in, and their sessions and tokens."""
