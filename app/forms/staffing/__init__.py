"""Forms of projects, proposals and decisions."""
