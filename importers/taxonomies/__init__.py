"""Lists of skills that others keep, such as ESCO and O*NET: a downloaded file into entries, entries beside a catalogue.

Pure: no web, no database. `read_taxonomy` says what a file holds, `compare` what it would add to a catalogue.
"""

from importers.taxonomies.comparing import Aliases, Comparison, LeftOut, compare
from importers.taxonomies.entries import Format, Part, Taxonomy, TaxonomyEntry
from importers.taxonomies.reading import read_taxonomy

__all__ = [
    "Aliases",
    "Comparison",
    "Format",
    "LeftOut",
    "Part",
    "Taxonomy",
    "TaxonomyEntry",
    "compare",
    "read_taxonomy",
]
