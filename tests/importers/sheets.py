"""Teams drawn at random, written into sheets as people do: five languages, any layout, and the noise around it."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

FIRST = ("Anna", "Ben", "Carla", "Dmitri", "Élodie", "Jürgen", "Łukasz", "Ngozi", "Søren", "Yuki", "Zoë", "Omar")
LAST = ("Nowak", "Okoro", "Díaz", "O'Neill", "van Dyk", "Müller", "Kowalska-Berg", "Achebe", "Ito", "Haddad", "Smit")
SKILLS = (
    "Python",
    "SQL",
    "C++",
    "C#",
    "Node.js",
    "Machine learning",
    "Pottery",
    "A/B tests",
    "Scala",
    "Git",
    "Welding",
)
LANGUAGES: dict[str, dict[str, Any]] = {
    "en": {
        "name": "Employee",
        "skill": "Skill",
        "level": "Level",
        "skills": "Skills",
        "team": "Department",
        "phone": "Mobile",
        "note": "Comments",
        "total": "Total",
        "average": "Average",
        "required": "Required level",
        "title": "Skills matrix 2026",
        "guide": "Please fill in your own row and send the file back.",
        "words": ("None", "Beginner", "Working knowledge", "Intermediate", "Advanced", "Expert"),
    },
    "de": {
        "name": "Mitarbeiter",
        "skill": "Kompetenz",
        "level": "Niveau",
        "skills": "Kenntnisse und Fähigkeiten",
        "team": "Abteilung",
        "phone": "Telefon",
        "note": "Bemerkung",
        "total": "Summe",
        "average": "Durchschnitt",
        "required": "Soll",
        "title": "Qualifikationsmatrix Werk 2",
        "guide": "Bitte die eigene Zeile ausfüllen und an das Büro senden.",
        "words": ("keine", "Grundkenntnisse", "Working", "Mittel", "sehr gut", "Experte"),
    },
    "fr": {
        "name": "Collaborateur",
        "skill": "Compétence",
        "level": "Niveau",
        "skills": "Compétences techniques",
        "team": "Équipe",
        "phone": "Téléphone",
        "note": "Commentaire",
        "total": "Somme",
        "average": "Moyenne",
        "required": "Niveau requis",
        "title": "Matrice de compétences",
        "guide": "Merci de remplir votre ligne et de renvoyer le fichier.",
        "words": ("aucun", "débutant", "Working", "intermédiaire", "avancé", "expert"),
    },
    "es": {
        "name": "Empleado",
        "skill": "Competencia",
        "level": "Nivel",
        "skills": "Habilidades técnicas",
        "team": "Departamento",
        "phone": "Teléfono",
        "note": "Observaciones",
        "total": "Suma",
        "average": "Promedio",
        "required": "Nivel requerido",
        "title": "Matriz de competencias",
        "guide": "Por favor, complete su fila y devuelva el archivo.",
        "words": ("ninguno", "básico", "Working", "intermedio", "avanzado", "experto"),
    },
    "pl": {
        "name": "Pracownik",
        "skill": "Umiejętność",
        "level": "Poziom",
        "skills": "Umiejętności techniczne",
        "team": "Dział",
        "phone": "Telefon",
        "note": "Uwagi",
        "total": "Suma",
        "average": "Średnia",
        "required": "Wymagany poziom",
        "title": "Umiejętności zespołu",
        "guide": "Proszę uzupełnić swój wiersz i odesłać plik.",
        "words": ("brak", "podstawowy", "Working", "średni", "zaawansowany", "ekspert"),
    },
}
Rows = list[list[Any]]


@dataclass(frozen=True)
class Written:
    """A sheet, and the level that each person has in each skill according to it."""

    layout: str
    rows: Rows
    levels: dict[tuple[str, str], int]


@st.composite
def sheets(draw: st.DrawFn) -> Written:
    """Everybody has a level in the first skill, and somebody level 5, so that the scale is certain."""
    names = st.builds("{} {}".format, st.sampled_from(FIRST), st.sampled_from(LAST))
    people = draw(st.lists(names, min_size=3, max_size=9, unique=True))
    skills = draw(st.lists(st.sampled_from(SKILLS), min_size=3, max_size=7, unique=True))
    pairs = [(person, skill) for person in people for skill in skills]
    stated = draw(st.lists(st.none() | st.integers(0, 5), min_size=len(pairs), max_size=len(pairs)))
    levels = {pair: level for pair, level in zip(pairs, stated, strict=True) if level is not None}
    levels |= {(people[0], skill): 5 for skill in skills} | {(person, skills[0]): 5 for person in people}
    words = LANGUAGES[draw(st.sampled_from(sorted(LANGUAGES)))]
    layout = draw(st.sampled_from(sorted(WRITERS)))
    spelled = words["words"] if draw(st.booleans()) and layout != "list" else None
    cells = {pair: spelled[level] if spelled else level for pair, level in levels.items()}
    table = WRITERS[layout](people, skills, cells, words, draw)
    return Written(layout, placed(table, words, draw), levels)


def placed(table: Rows, words: dict[str, Any], draw: st.DrawFn) -> Rows:
    """The table somewhere on the sheet: titles and blank rows above, blank columns at the left, guide text below."""
    right = draw(st.integers(0, 2))
    above: Rows = [[words["title"]]] * draw(st.integers(0, 1)) + [[]] * draw(st.integers(0, 3))
    below: Rows = [[], [words["guide"]]] if draw(st.booleans()) else []
    return [[None] * right + row if row else row for row in [*above, *table, *below]]


def matrix(people: list[str], skills: list[str], cells: dict[Any, Any], words: dict[str, Any], draw: st.DrawFn) -> Rows:
    before = draw(st.lists(st.sampled_from(["team", "phone"]), unique=True))
    numbered, noted = draw(st.booleans()), draw(st.booleans())
    rows: Rows = [
        ["No"] * numbered + [words["name"], *(words[key] for key in before), *skills] + [words["note"]] * noted
    ]
    for number, person in enumerate(people, 1):
        profile = [{"team": "Core", "phone": f"+49 30 5550{number}"}[key] for key in before]
        row = [person, *profile, *(cells.get((person, skill)) for skill in skills)]
        rows.append([number] * numbered + row + ["a remark of several words"] * (noted and number == 1))
        rows += [[]] * draw(st.integers(0, 1))
    blank = [None] * (numbered + len(before))
    if draw(st.booleans()):
        rows.append([*([None] * numbered), words["required"], *blank[numbered:], *([3] * len(skills))])
    return rows


def transposed(
    people: list[str], skills: list[str], cells: dict[Any, Any], words: dict[str, Any], draw: st.DrawFn
) -> Rows:
    wanted = draw(st.booleans())
    rows: Rows = [[words["skill"], *people] + [words["required"]] * wanted]
    rows += [[skill, *(cells.get((person, skill)) for person in people)] + [3] * wanted for skill in skills]
    return rows


def long(people: list[str], skills: list[str], cells: dict[Any, Any], words: dict[str, Any], draw: st.DrawFn) -> Rows:
    return [[words["name"], words["skill"], words["level"]], *([who, what, how] for (who, what), how in cells.items())]


def listed(people: list[str], skills: list[str], cells: dict[Any, Any], words: dict[str, Any], draw: st.DrawFn) -> Rows:
    sign, between = draw(st.sampled_from([("{} ({})", ", "), ("{}={}", "; "), ("{}: {}", "\n")]))
    rows: Rows = [[words["name"], words["skills"]]]
    for person in people:
        items = [sign.format(skill, level) for (who, skill), level in cells.items() if who == person]
        rows.append([person, between.join(items)])
    return rows


WRITERS = {"matrix": matrix, "transposed": transposed, "long": long, "list": listed}
