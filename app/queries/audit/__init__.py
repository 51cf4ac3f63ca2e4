"""The audit trail: looking at it, and proving it."""
