"""Accounts: entering, proving, inviting, administering."""
