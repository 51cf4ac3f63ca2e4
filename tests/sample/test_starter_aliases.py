"""An alias of the starter catalogue means its skill and nothing else: an import merges it without asking."""

import pytest

from importers import Catalogue, CatalogueSkill, normal_form
from importers.skills.variants import loose_form
from importers.words import load
from tests.sample.conftest import Entries

OTHER_NAMES_OF_WELL_KNOWN_SKILLS = {
    ".NET Core": ".NET",
    "AWS": "Amazon Web Services",
    "Agile": "Agile delivery",
    "Airflow": "Apache Airflow",
    "Azure": "Microsoft Azure",
    "Backend": "Back-end development",
    "Bash": "Shell scripting",
    "CAD": "Computer-aided design",
    "CI/CD": "Continuous integration and delivery",
    "CSS3": "CSS",
    "Cassandra": "Apache Cassandra",
    "Cloud": "Cloud computing",
    "Data Modeling": "Data modelling",
    "Documentation": "Technical writing",
    "DynamoDB": "Amazon DynamoDB",
    "ETL": "Data pipelines",
    "Embedded": "Embedded systems",
    "Excel": "Microsoft Excel",
    "Express": "Express.js",
    "Facilitation": "Workshop facilitation",
    "Forklift": "Forklift driving",
    "Frontend": "Front-end development",
    "Full Stack": "Full-stack development",
    "GCP": "Google Cloud Platform",
    "Golang": "Go",
    "Google Cloud": "Google Cloud Platform",
    "HTML5": "HTML",
    "Hadoop": "Apache Hadoop",
    "Hive": "Apache Hive",
    "Illustrator": "Adobe Illustrator",
    "InDesign": "Adobe InDesign",
    "IoT": "Internet of Things",
    "Kafka": "Apache Kafka",
    "LLM": "Large language models",
    "MS Office": "Microsoft Office",
    "NLP": "Natural language processing",
    "Node": "Node.js",
    "OOP": "Object-oriented programming",
    "Oracle": "Oracle Database",
    "Outlook": "Microsoft Outlook",
    "Photoshop": "Adobe Photoshop",
    "Postgres": "PostgreSQL",
    "PowerPoint": "Microsoft PowerPoint",
    "PySpark": "Apache Spark",
    "QA": "Quality assurance",
    "REST": "REST API design",
    "REST API": "REST API design",
    "ReactJS": "React",
    "Redshift": "Amazon Redshift",
    "Requirements": "Requirements analysis",
    "SAFe": "Scaled agile",
    "SAP ABAP": "ABAP",
    "SCSS": "Sass",
    "SEO": "Search engine optimisation",
    "SQL Server": "Microsoft SQL Server",
    "SRE": "Site reliability engineering",
    "SVN": "Subversion",
    "SharePoint": "Microsoft SharePoint",
    "Shell": "Shell scripting",
    "Spark": "Apache Spark",
    "Spring Boot": "Spring",
    "Tailwind": "Tailwind CSS",
    "Test Automation": "Automated testing",
    "UI": "UI design",
    "UX": "UX design",
    "Vue.js": "Vue",
    "Word": "Microsoft Word",
    "k8s": "Kubernetes",
    "sklearn": "scikit-learn",
}
"""Names that tell a list of skills, where they are aliases: each one looked at."""


@pytest.fixture(scope="module")
def catalogue(skills: Entries) -> Catalogue:
    return Catalogue(tuple(CatalogueSkill(name, aliases=tuple(s.get("aliases", ()))) for name, s in skills.items()))


class TestAliases:
    def test_are_the_name_of_no_other_well_known_skill(self, skills: Entries) -> None:
        """A new alias that is itself a well-known skill stands out here, until somebody has looked at it."""
        well_known = {normal_form(name) for name in load("well_known_skills")["skills"]}
        reviewed = {normal_form(alias): skill for alias, skill in OTHER_NAMES_OF_WELL_KNOWN_SKILLS.items()}
        found = {
            normal_form(alias): name
            for name, skill in skills.items()
            for alias in skill.get("aliases", [])
            if normal_form(alias) in well_known
        }
        assert found == reviewed

    @pytest.mark.parametrize(
        "words",
        [
            "Access Project Teams Assembly Maintenance Automation Analysis Design Control Security Architecture",
            "Support Monitoring Apache Chef Apex NX Fluent Ladder Adams Maya EMC EMV ADF MDM EDA HCI EVM DSP ARM CAM",
            "Sonar Rendering Regression Clustering Transformers Containers Energy Utilities Space Materials Assurance",
            "Mechanics Electricity Hardware Science Management Engineering Development Legal Informatica Statistica",
        ],
    )
    def test_are_no_word_that_means_several_things(self, words: str, catalogue: Catalogue) -> None:
        assert {word: catalogue.match(word).skill for word in words.split()} == dict.fromkeys(words.split())

    @pytest.mark.parametrize(
        "names",
        [
            ("Java", "JavaScript", "Jakarta EE", "JavaFX", "TypeScript", "ECMAScript 4 Java"),
            ("C", "C++", "C#", "Objective-C", "Embedded C", "CSS"),
            ("Angular", "AngularJS"),
            ("MATLAB", "Simulink", "Simscape", "Stateflow"),
            ("Visual Basic", "VB.NET", "VBA", "Visual Studio", "Visual Studio Code"),
            ("SQL", "NoSQL", "MySQL", "PL/SQL", "T-SQL", "Microsoft SQL Server", "SQLite"),
            ("Git", "GitHub", "GitLab", "Version control", "Subversion"),
            ("React", "React Native"),
            ("Docker", "Kubernetes", "Podman"),
            ("UX design", "UI design", "Usability testing", "User research", "Graphic design"),
            ("Microsoft Office", "Microsoft Excel", "Microsoft Word", "Microsoft 365", "Spreadsheets"),
            ("Machine learning", "Deep learning", "Neural networks", "Artificial intelligence", "Data science"),
            ("Project management", "Product management", "Programme management", "People management"),
            ("Communication", "Telecommunications", "Written communication", "Public speaking"),
            ("English", "French", "German", "Spanish", "Portuguese", "Italian"),
            ("Testing", "Software testing", "Automated testing", "Unit testing", "Quality assurance"),
            ("Programming", "Software development", "Software engineering", "Web development"),
            ("Finite element analysis", "Computational fluid dynamics", "Structural analysis", "Simulation"),
            ("Go", "R", "Scheme", "Swift"),
        ],
    )
    def test_keep_skills_apart_that_people_tell_apart(self, names: tuple[str, ...], catalogue: Catalogue) -> None:
        found = [skill for name in names if (skill := catalogue.match(name).skill) is not None]
        assert len(found) == len(set(found)) >= 2

    @pytest.mark.parametrize(
        "written",
        [
            "MatLab/Simulink",
            "C/C++",
            "Agile / Scrum",
            "HTML/CSS",
            "UX/UI",
            "Office (PowerPoint, Excell, Word)",
            "Lavarel",
        ],
    )
    def test_merge_no_compound_and_no_misspelling(self, written: str, catalogue: Catalogue) -> None:
        assert catalogue.match(written).skill is None

    @pytest.mark.parametrize(
        ("written", "skill"),
        [
            ("JS", "JavaScript"),
            ("Java Script", "JavaScript"),
            ("NodeJs", "Node.js"),
            ("Postgres", "PostgreSQL"),
            ("MS Excel", "Microsoft Excel"),
            ("Trabajo en equipo", "Teamwork"),
            ("Gestão de projetos", "Project management"),
            ("Apprentissage automatique", "Machine learning"),
            ("Künstliche Intelligenz", "Artificial intelligence"),
            ("SQL 2016", "Microsoft SQL Server"),
            ("Angular 1.6", "AngularJS"),
            ("Angular 14", "Angular"),
            ("Inglés", "English"),
            ("Inglês", "English"),
        ],
    )
    def test_are_what_people_write(self, written: str, skill: str, catalogue: Catalogue) -> None:
        assert catalogue.match(written).skill == skill

    def test_differ_by_more_than_a_plural_or_british_spelling(self, skills: Entries) -> None:
        owners: dict[str, set[str]] = {}
        for name, skill in skills.items():
            for spelling in (name, *skill.get("aliases", [])):
                owners.setdefault(loose_form(spelling), set()).add(name)
        assert {form: names for form, names in owners.items() if len(names) > 1} == {}
