"""Named reads. Each states what it loads; templates never trigger SQL."""
