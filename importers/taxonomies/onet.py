"""O*NET, the American classification: technologies by occupation, and the basic skills of work."""

from collections.abc import Callable, Mapping

from importers.refusals import WrongKind
from importers.taxonomies.entries import TaxonomyEntry, tidied
from importers.taxonomies.rows import Rows

Found = tuple[tuple[TaxonomyEntry, ...], tuple[str, ...]]
BASIC = "Basic skills (O*NET)"
WANTED = 'download "Technology Skills" of O*NET and send that.'


def _technologies(rows: Rows) -> Found:
    """A row for each occupation and technology; each technology once, hot when one of its rows says so."""
    categories: dict[str, str] = {}
    hot: set[str] = set()
    for row in rows:
        name = tidied(row.get("example") or row.get("workplaceexample"))
        if not name:
            continue
        categories.setdefault(name, tidied(row.get("commoditytitle")))
        if tidied(row.get("hottechnology")) == "Y":
            hot.add(name)
    return tuple(TaxonomyEntry(n, category or None, hot=n in hot) for n, category in categories.items()), ()


def _elements(rows: Rows) -> Found:
    """Skills and Knowledge: a row for each occupation, element and scale; each element once."""
    names: dict[str, None] = {}
    others = 0
    for row in rows:
        if tidied(row.get("elementid")).startswith("2."):
            names[tidied(row.get("elementname"))] = None
        else:
            others += 1
    if not names:
        raise WrongKind("The file lists elements of O*NET that are no skills, such as abilities; " + WANTED)
    told = f"{others} rows about other things than skills are left out."
    return tuple(TaxonomyEntry(name, BASIC) for name in names if name), (told,) if others else ()


def _titles(rows: Rows) -> Found:
    raise WrongKind("The file lists occupations of O*NET and their titles, which are jobs and not skills; " + WANTED)


def _others(rows: Rows) -> Found:
    raise WrongKind("The file is a table of O*NET that names no technologies; " + WANTED)


READERS: Mapping[frozenset[str], Callable[[Rows], Found]] = {
    frozenset({"onetsoccode", "example", "commoditytitle"}): _technologies,
    frozenset({"onetsoccode", "workplaceexample", "commoditytitle"}): _technologies,
    frozenset({"onetsoccode", "elementid", "elementname", "scaleid"}): _elements,
    frozenset({"onetsoccode"}): _titles,
    frozenset({"commoditycode", "classtitle"}): _others,
    frozenset({"elementid", "elementname"}): _others,
    frozenset({"skillselementid"}): _others,
    frozenset({"scaleid"}): _others,
    frozenset({"jobzone"}): _others,
}
"""The first that fits a header reads it."""
