"""Lists of skills that others keep: told by their content, and laid beside a catalogue without overwriting it."""

import io
import json

import openpyxl
import pytest

from importers import Catalogue, CatalogueSkill, Refusal
from importers.process.sandbox import read_taxonomy_in_child
from importers.taxonomies import Comparison, Format, Part, Taxonomy, TaxonomyEntry, compare, read_taxonomy
from tests.requirements import shared

CATALOGUE = Catalogue(
    (
        CatalogueSkill("JavaScript", "Languages", ("JS",)),
        CatalogueSkill("Kubernetes", "Platform", ("k8s",)),
        CatalogueSkill("Angular"),
        CatalogueSkill("Python"),
        CatalogueSkill("Microsoft Excel", None, ("Excel",)),
    )
)
ESCO_HEADER = "conceptType,conceptUri,skillType,preferredLabel,altLabels,hiddenLabels,status,description\n"
ESCO = ESCO_HEADER + (
    'KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/1,knowledge,Haskell,"Haskell language\nGHC",,,F.\n'
    "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/2,skill/competence,old thing,,,obsolete,Gone.\n"
)
ONET = (
    "O*NET-SOC Code\tExample\tCommodity Code\tCommodity Title\tHot Technology\tIn Demand\n"
    "11-1011.00\tMicrosoft Excel\t43232110\tSpreadsheet software\tY\tY\n"
    "11-1011.00\tOrangeSoft Planner\t43232201\tContent workflow software\tN\tN\n"
    "11-1021.00\tOrangeSoft Planner\t43232201\tContent workflow software\tY\tN\n"
    "11-1021.00\tGreySoft Ledger\t43231605\tAccounting software\tN\tN\n"
)
TAGS = (
    "Id,SourceTagName,TargetTagName,CreationDate,AutoRenameCount,LastAutoRename,Score,ApprovalDate\n"
    "1,ecma-script,javascript,2010-01-01,1,,0,2010-01-01\n"
    "2,livescript-old,javascript,2010-01-01,1,,0,\n"
    "3,kube-let,kubernetes,2010-01-01,1,,0,2010-01-01\n"
)
PLAIN = (
    "Name;Category;Aliases;Description;Parent\n"
    'Zig Build;Languages;"ZB|Zig-B";Builds with Zig.;Python\n'
    "Python;Other;Snake lang;Something else;\n"
    ";Lost;;;\n"
)


def of(text: str, name: str = "list.csv") -> Taxonomy:
    return read_taxonomy(text.encode(), name)


def entries(*found: TaxonomyEntry) -> Taxonomy:
    return Taxonomy("list.csv", Format.CSV, found)


def beside(*found: TaxonomyEntry, part: Part | None = None) -> Comparison:
    return compare(entries(*found), CATALOGUE, part or Part())


def refusal(content: bytes | str, name: str = "list.csv", wanted: str | None = None) -> str:
    with pytest.raises(Refusal) as refused:
        read_taxonomy(content.encode() if isinstance(content, str) else content, name, wanted)
    return str(refused.value)


class TestAListOfSkills:
    def test_of_esco_has_labels_and_leaves_out_what_is_retired(self) -> None:
        found = of(ESCO)
        assert (found.format, found.entries[0].name, found.entries[0].aliases) == (
            "esco",
            "Haskell",
            ("Haskell language", "GHC"),
        )
        assert len(found.entries) == 1
        assert found.remarks == ("1 skills that ESCO has retired are left out.",)

    def test_of_esco_is_read_from_json_and_from_a_line_a_label(self) -> None:
        concept = {
            "uri": "http://data.europa.eu/esco/skill/1",
            "label": "Haskell",
            "altLabel": ["GHC"],
            "description": "F.",
        }
        lines = (
            "uri,label,altLabel,skillType,category\nu:1,Haskell,GHC,knowledge,http://data.europa.eu/esco/isced-f/06\n"
        )
        from_json, from_lines = of(json.dumps([concept]), "a.json").entries[0], of(lines).entries[0]
        assert (from_json.name, from_json.aliases, from_json.description) == ("Haskell", ("GHC",), "F.")
        assert (from_lines.name, from_lines.aliases) == ("Haskell", ("GHC",))
        assert from_lines.category == "Information and communication technologies"

    def test_of_onet_names_each_technology_once_and_hot_when_any_row_says_so(self) -> None:
        found = of(ONET, "Technology Skills.txt")
        assert [(e.name, e.category, e.hot) for e in found.entries] == [
            ("Microsoft Excel", "Spreadsheet software", True),
            ("OrangeSoft Planner", "Content workflow software", True),
            ("GreySoft Ledger", "Accounting software", False),
        ]

    def test_of_tag_synonyms_takes_approved_ones_only(self) -> None:
        found = of(TAGS)
        assert [(e.name, e.aliases) for e in found.entries] == [
            ("javascript", ("ecma script",)),
            ("kubernetes", ("kube let",)),
        ]
        assert found.remarks == ("1 synonyms that are only proposed are left out.",)

    def test_of_ones_own_is_read_by_its_headings(self) -> None:
        found = of(PLAIN)
        assert found.entries[0] == TaxonomyEntry(
            "Zig Build", "Languages", "Builds with Zig.", ("ZB", "Zig-B"), "Python"
        )
        assert found.remarks == ("1 rows without a name are left out.",)

    def test_is_read_from_a_workbook_in_a_child(self) -> None:
        book, kept = openpyxl.Workbook(), io.BytesIO()
        for row in (("Our skills",), (), ("Skill", "Synonyms"), ("Zig Build", "ZB\nZig-B")):
            book.active.append(row)
        book.save(kept)
        found = read_taxonomy_in_child(kept.getvalue(), "ours.xlsx")
        assert found == Taxonomy("ours.xlsx", "csv", (TaxonomyEntry("Zig Build", aliases=("ZB", "Zig-B")),))


class TestAFileThatIsNoListOfSkills:
    @pytest.mark.parametrize(
        ("content", "name", "says"),
        [
            ("conceptType,conceptUri,preferredLabel\nOccupation,x,baker\n", "occupations.csv", "jobs and not skills"),
            ("O*NET-SOC Code\tAlternate Title\n11-1\tAgency Owner\n", "Alternate Titles.txt", "jobs and not skills"),
            ("Element ID\tElement Name\tDescription\n1\tWorker\tx\n", "Content Model.txt", "names no technologies"),
            ("id,description\nhttp://data.europa.eu/esco/skill/1,run a shop\n", "skills.csv", "run together"),
            ("Python:\n  type: programming\n", "languages.yml", "YAML"),
            ("one,two\n1,2\n", "a.csv", "no list of skills"),
            ('{"a": 1}', "a.json", "no list of ESCO skills"),
            ("[1, 2]", "a.json", "no list of ESCO skills"),
            ("[" * 100_000, "a.json", "JSON"),
            ('[{"label": ', "a.json", "not readable as JSON"),
            ("Name;Category\n", "a.csv", "without a single skill"),
        ],
    )
    def test_is_refused_with_one_sentence(self, content: str, name: str, says: str) -> None:
        told = refusal(content, name)
        assert says in told
        assert told.endswith(".")

    def test_is_refused_when_another_format_is_wanted(self) -> None:
        assert "not O*NET" in refusal(TAGS, wanted="onet")


class TestAListBesideACatalogue:
    def test_adds_skills_that_are_new_and_names_of_known_ones(self) -> None:
        found = beside(
            TaxonomyEntry("Haskell", aliases=("GHC Haskell",)), TaxonomyEntry("Javascript", aliases=("Ecma Script",))
        )
        assert [entry.name for entry in found.new] == ["Haskell"]
        assert [(added.skill, added.aliases) for added in found.added] == [("JavaScript", ("Ecma Script",))]
        assert (found.known, found.alias_count) == (0, 2)

    def test_adds_only_names_of_known_skills_when_asked(self) -> None:
        part = Part(only_aliases=True)
        found = beside(TaxonomyEntry("Haskell"), TaxonomyEntry("kubernetes", aliases=("Kubernetes engine",)), part=part)
        assert (found.new, found.unknown) == ((), 1)
        assert [(added.skill, added.aliases) for added in found.added] == [("Kubernetes", ("Kubernetes engine",))]

    def test_counts_what_is_known_already(self) -> None:
        assert beside(TaxonomyEntry("javascript"), TaxonomyEntry("Excel", aliases=("microsoft excel",))).known == 2

    def test_does_not_take_a_short_name_of_the_list_for_an_alias_of_ours(self) -> None:
        found = beside(TaxonomyEntry("js", aliases=("Junior sailing",)))
        assert (found.added, found.new) == ((), ())
        assert [left.why for left in found.left_out] == ["it is too short to tell whether it is JavaScript"]

    def test_gives_no_skill_the_name_of_a_well_known_other(self) -> None:
        found = beside(TaxonomyEntry("Python", aliases=("Flutter", "Python tongue")))
        assert [(added.skill, added.aliases) for added in found.added] == [("Python", ("Python tongue",))]
        assert [left.why for left in found.left_out] == ["it is a skill of its own"]

    def test_takes_no_name_of_an_entry_that_gathers_other_skills(self) -> None:
        found = beside(TaxonomyEntry("Python", aliases=("Angular", "k8s", "JS", "Anything else")))
        assert found.added == ()
        assert "the list counts 3 other skills among the names of this one" in {left.why for left in found.left_out}

    @pytest.mark.parametrize(
        ("alias", "why"),
        [
            ("Python", "it is a name of Python"),
            ("k8s", "it is a name of Kubernetes"),
            ("Access", "it means several things"),
            ("GHC", "it means several things"),
            ("Flutter", "it is a name of Elm too"),
            ("Twice", "it is a name of Elm too"),
            ("Elm", "it is a name of Elm too"),
            ("2019", "it is no name of a skill"),
        ],
    )
    def test_leaves_out_a_name_that_would_be_ambiguous_and_says_why(self, alias: str, why: str) -> None:
        found = beside(TaxonomyEntry("Haskell", aliases=(alias,)), TaxonomyEntry("Elm", aliases=("Twice", "Flutter")))
        assert (alias, "Haskell", why) in {(left.name, left.entry, left.why) for left in found.left_out}
        assert found.new[0].aliases == ()

    def test_leaves_out_a_name_shared_with_a_skill_of_the_part_that_is_not_taken(self) -> None:
        part = Part(words=("Haskell",))
        found = beside(
            TaxonomyEntry("Haskell", aliases=("Twice",)), TaxonomyEntry("Elm", aliases=("Twice",)), part=part
        )
        assert [entry.aliases for entry in found.new] == [()]

    def test_takes_a_skill_named_twice_once_with_the_names_of_both(self) -> None:
        found = beside(
            TaxonomyEntry("Haskell", aliases=("GHC Haskell",)), TaxonomyEntry("haskell", aliases=("HS lang",))
        )
        assert [(entry.name, entry.aliases) for entry in found.new] == [("Haskell", ("GHC Haskell", "HS lang"))]

    def test_leaves_out_parents_nobody_knows_and_circles(self) -> None:
        found = beside(
            TaxonomyEntry("A skill", parent="B skill"),
            TaxonomyEntry("B skill", parent="A skill"),
            TaxonomyEntry("C skill", parent="Nowhere"),
            TaxonomyEntry("D skill", parent="js"),
            TaxonomyEntry("E skill", parent="d skill"),
        )
        assert {entry.name: entry.parent for entry in found.new} == {
            "A skill": None,
            "B skill": None,
            "C skill": None,
            "D skill": "JavaScript",
            "E skill": "D skill",
        }
        assert len(found.left_out) == 3

    @pytest.mark.parametrize(
        ("part", "names"),
        [
            (Part(hot=True), ["OrangeSoft Planner"]),
            (Part(categories=("accounting",)), ["GreySoft Ledger"]),
            (Part(words=("planner", "ledger")), ["OrangeSoft Planner", "GreySoft Ledger"]),
            (Part(words=("planner",), categories=("accounting",)), []),
        ],
    )
    def test_adds_the_wanted_part_alone(self, part: Part, names: list[str]) -> None:
        found = compare(of(ONET, "Technology Skills.txt"), CATALOGUE, part)
        assert [entry.name for entry in found.new] == names


class TestDownloadedLists:
    @pytest.mark.parametrize(
        ("path", "format_", "least"),
        [
            ("esco/esco_ict_skills_877.json", "esco", 870),
            ("esco/esco_ict_skill_labels.csv", "esco", 870),
            ("onet/Technology Skills.txt", "onet", 8_700),
            ("onet/Technology Skills (older release).xlsx", "onet", 8_700),
            ("stackexchange/so_tag_synonyms_2of3.csv", "stackexchange", 2_000),
        ],
    )
    def test_are_read_whole(self, path: str, format_: str, least: int) -> None:
        file = shared(f"data/taxonomies/{path}")
        found = read_taxonomy(file.read_bytes(), file.name)
        assert found.format == format_
        assert len(found.entries) >= least

    @pytest.mark.parametrize(
        "path",
        [
            "esco/occupations_en.csv",
            "esco/skills_uri_text.csv",
            "linguist/languages.yml",
            "onet/Alternate Titles.txt",
            "onet/Occupation Data.txt",
            "onet/UNSPSC Reference.txt",
            "onet/Read Me.txt",
            "onet/Job Zones.txt",
        ],
    )
    def test_that_are_none_are_refused(self, path: str) -> None:
        file = shared(f"data/taxonomies/{path}")
        assert refusal(file.read_bytes(), file.name).endswith(".")
