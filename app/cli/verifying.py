"""What the checker says of an answer, in one line for the terminal."""

from app.cli.answers import printable
from app.rendering import plural
from staffing import Fault, Portfolio, PortfolioResult, Problem, Result, Verdict, check, check_portfolio
from staffing.terms import Status

WRONG = {
    Fault.SEATS: "the seats are not those of the problem",
    Fault.PERSON: "somebody is not in the problem",
    Fault.ORDER: "seats of one role are out of order",
    Fault.GAP: "a seat is empty that must be filled",
    Fault.INELIGIBLE: "somebody may not take the seat",
    Fault.MENTOR: "the mentor is not the right one",
    Fault.SEATS_PER_PERSON: "somebody has too many seats",
    Fault.OVERBOOKED: "somebody's weeks are overfull",
    Fault.LOCK: "a lock does not hold",
    Fault.NEVER_TOGETHER: "two people are together who must not be",
    Fault.MAX_PEOPLE: "there are too many people",
    Fault.BUDGET: "it costs more than the budget",
    Fault.TEAM_SKILL: "too few members have a skill",
    Fault.VACANCY: "a seat is empty for another reason",
    Fault.UNITS: "the units are others",
    Fault.MEASURE: "a measure is another one",
    Fault.PAIRS: "the pairs are others",
    Fault.BOUND: "the bound does not fit the score",
    Fault.STATUS: "the status does not fit the teams",
    Fault.RANK: "a team is better than the one before it",
    Fault.DIFFERENCE: "two teams differ in too few members",
    Fault.COUNT: "there are more teams than asked for",
    Fault.CONFLICT: "a reason why there is no team does not hold",
    Fault.BETTER: "there is a better team",
    Fault.NO_PROOF: "the certificate has no proof",
    Fault.MALFORMED: "the certificate is malformed",
    Fault.POTENTIAL: "the certificate moves too little from a pair",
    Fault.LEFT_OUT: "the certificate leaves somebody out",
    Fault.UNDECIDED: "it takes too long to tell",
    Fault.TOTAL: "the total is another one",
}


def verified(problem: Problem | Portfolio, result: Result | PortfolioResult) -> tuple[bool, str]:
    """Whether the answer holds, and a line that says so."""
    if isinstance(problem, Portfolio):
        assert isinstance(result, PortfolioResult)
        verdict = check_portfolio(problem, result)
        holds = "every team keeps its rules, nobody's weeks are overfull, the total is right"
    else:
        assert isinstance(result, Result)
        verdict = check(problem, result, result.certificate)
        holds = what_holds(result)
    said = f"verified: {holds}." if verdict.accepted else f"not verified: {what_is_wrong(verdict)}."
    return verdict.accepted, printable(said)


def what_holds(result: Result) -> str:
    if result.status is Status.INFEASIBLE:
        return "there is no team"
    proven = sum(team.proven for team in result.teams)
    known = f"{proven} of {plural(len(result.teams), 'team', 'teams')} proven"
    return f"{known}, the bounds hold" if result.status is Status.LIMIT else known


def what_is_wrong(verdict: Verdict) -> str:
    assert verdict.fault is not None
    places = [verdict.project, None if verdict.team is None else f"team {verdict.team}"]
    places += [f"{role} {number}" for role, number in verdict.seats]
    details = [verdict.name, " ".join(who or "-" for who in verdict.people) or None]
    if verdict.stated is not None:
        details.append(
            f"says {verdict.stated:g}" if verdict.actual is None else f"says {verdict.stated}, is {verdict.actual}"
        )
    elif verdict.actual is not None:
        details.append(f"is {verdict.actual}")
    where, what = ", ".join(filter(None, places)), "; ".join(filter(None, details))
    return f"{where + ': ' if where else ''}{WRONG[verdict.fault]}{f' ({what})' if what else ''}"
