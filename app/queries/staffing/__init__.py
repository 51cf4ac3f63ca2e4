"""Staffing: the problem, its answers, and what was decided and booked."""
