"""Pages of accounts: entering, proving, inviting, administering."""
