"""Checks answers of the engine by code of its own: it shares nothing with the search but the words and the problem."""

from staffing.checking.check import check
from staffing.checking.portfolio import check_portfolio
from staffing.checking.verdict import Fault, Verdict

__all__ = ["Fault", "Verdict", "check", "check_portfolio"]
