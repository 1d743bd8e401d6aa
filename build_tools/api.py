"""The shape of the JSON that the site publishes: one definition gives files, schemas and the description.

A field that does not apply is left out. What is added later raises the second number of the version; what is
renamed or taken away raises the first, and the name of the folder with it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from build_tools.records import Certainty, Id, Level, StudyKind
from build_tools.settings import LICENSE

FOLDER = "api/v1"
VERSION = "1.0"


class Shape(BaseModel):
    """What all shapes share."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    def text(self) -> str:
        """The JSON, without what does not apply, the same for the same facts."""
        return self.model_dump_json(by_alias=True, exclude_none=True, indent=1, ensure_ascii=False) + "\n"


class Published(Shape):
    """What stands at the top of every file."""

    schema_version: Literal["1.0"] = "1.0"
    """The version of this shape."""
    generated_at: date
    """The day for which the site was built (ISO 8601)."""
    license: Literal["https://creativecommons.org/licenses/by/4.0/"] = LICENSE  # type: ignore[assignment]
    """The license of the facts and words: name the site, and say what you changed."""
    publisher: str
    """The name of the site to be named as the source."""


class Cited(Shape):
    """A source of a fact."""

    source: Id
    """The source's id in sources.json."""
    at: str | None = None
    """The place in it."""
    second_hand: bool
    """True if the source only reports the work named at `reporting`, which was not read."""
    reporting: str | None = None
    """The work that was not read itself."""


class Value(Shape):
    """What the source prints: count and outOf, percent, from and to, amount, or before and after."""

    count: int | None = None
    """How many."""
    out_of: int | None = None
    """Out of how many."""
    percent: float | None = None
    """The share in percent, where the source prints no count."""
    from_: float | None = Field(default=None, alias="from")
    """The lower end of a range: percent, or in `measure`."""
    to: float | None = None
    """The upper end of that range."""
    amount: float | None = None
    """A single amount, in `measure`."""
    before: float | None = None
    """The amount before, in `measure`."""
    after: float | None = None
    """The amount after, in `measure`."""


class Compared(Shape):
    """The same thing in the group with which it was compared."""

    who: str
    """In whom it was counted."""
    value: Value
    """The value there."""


class HowSure(Shape):
    """How sure a figure is."""

    level: Certainty
    """One of GRADE's four levels, as the editors of the site rate it."""
    words: str
    """The same in plain words."""


class _Fact(Shape):
    id: str
    """The permanent id: procedure, field and key."""
    field: str
    """The field of the procedure in which it stands."""
    words: str
    """The words in which the page tells it, numbers included."""


class _Sourced(_Fact):
    sources: list[Cited]
    """Where it comes from."""


class StatementFact(_Sourced):
    """One thing that is known, in plain words."""

    kind: Literal["statement"] = "statement"
    """What kind of fact it is."""
    structure: Id | None = None
    """What it acts on: an id in terms.json."""
    method: Id | None = None
    """How it is done: an id in terms.json."""
    imaging: Id | None = None
    """The kind of imaging: an id in terms.json."""
    role: Literal["plans", "guides", "checks"] | None = None
    """What the imaging is for."""
    anesthesia: Id | None = None
    """The kind of anesthesia: an id in terms.json."""
    condition: Id | None = None
    """The condition for which it may be used: an id in terms.json."""
    procedure: Id | None = None
    """The procedure of another option."""


class FigureFact(_Sourced):
    """One number from one study."""

    kind: Literal["figure"] = "figure"
    """What kind of fact it is."""
    value: Value
    """The number as the source prints it."""
    counted: str
    """What was counted."""
    units: str
    """What was counted one by one, such as people."""
    measure: str | None = None
    """The unit of an amount."""
    average: Literal["mean", "median"] | None = None
    """Which kind of average an amount is."""
    low: float | None = None
    """The lower end of the 95% confidence interval, in percent or in `measure`."""
    high: float | None = None
    """The upper end of it."""
    who: str
    """In whom it was counted."""
    when: str
    """At what time."""
    how: str
    """In what kind of study, and what counted."""
    how_sure: HowSure
    """How sure it is."""
    versus: Compared | None = None
    """The group with which it was compared."""
    note: str | None = None
    """A warning that belongs to the number."""


class NotKnownFact(_Fact):
    """Something that was looked for and not found."""

    kind: Literal["not-known"] = "not-known"
    """What kind of fact it is."""
    searched: date
    """The day of the last search."""


class DoesNotApplyFact(_Fact):
    """Something that has no meaning for this procedure."""

    kind: Literal["does-not-apply"] = "does-not-apply"
    """What kind of fact it is."""


HowOften = Annotated[StatementFact | FigureFact | NotKnownFact | DoesNotApplyFact, Field(discriminator="kind")]


class Answer(Shape):
    """The answer to a question about a harm."""

    kind: Literal["text", "not-known", "does-not-apply"]
    """Whether there is an answer."""
    words: str
    """The words in which the page tells it."""


class HarmFact(_Sourced):
    """A side effect or complication."""

    kind: Literal["harm"] = "harm"
    """What kind of fact it is."""
    effect: Id
    """The effect: an id in terms.json."""
    name: str
    """The effect in plain words."""
    serious: bool
    """True if it can be lasting, change a life or be fatal. A copy may never leave such a harm out."""
    lasts: Answer
    """How long it lasts."""
    can_be_undone: Answer
    """Whether it can be undone."""
    what_is_done: Answer
    """What is done about it."""
    signs: list[Id]
    """The signs of danger by which it is noticed: ids in the list of signs."""
    how_often: list[HowOften]
    """Figures, one for each study, the first one first on the page."""


class SignEntry(Shape):
    """A sign of danger, after which help is needed. A copy may never leave out an emergency."""

    id: Id
    """The permanent id, the same on every page."""
    notice: str
    """What the person notices, as words that follow "if"."""
    level: Level
    """How fast: now, the same day, within a few days."""
    ambulance: bool
    """True if an ambulance must be called."""
    who: Literal["you", "companion"]
    """Who acts."""
    contact: str
    """Whom to call, and how fast."""
    do: str | None = None
    """What must be done besides."""
    why: str
    """What it can be a sign of."""
    when: str | None = None
    """When it matters, or what differs."""
    here: str | None = None
    """What differs after this procedure."""
    shown_for: list[Id]
    """The situations in which pages show it."""
    sources: list[Cited]
    """Where it comes from."""


Fact = Annotated[
    StatementFact | FigureFact | NotKnownFact | DoesNotApplyFact | HarmFact, Field(discriminator="kind")
]


class Reviewed(Shape):
    """How the page stands with a clinical reviewer."""

    state: Literal["none", "reviewed", "changed", "overdue"]
    """none: nobody has reviewed it. changed: a fact was changed since."""
    name: str | None = None
    """The reviewer."""
    role: str | None = None
    """The reviewer's role."""
    signed: date | None = None
    """The day of the review."""
    next_review: date | None = None
    """The day before which the next one is due."""


class CodeEntry(Shape):
    """A code by which others name the procedure."""

    system: Literal["mesh"]
    """The list of codes."""
    oid: str
    """The number of that list in health records."""
    value: str
    """The code."""
    uri: str
    """The address of the code's meaning."""
    checked: str
    """Where it was looked up, and when."""


class ProcedureFile(Published):
    """Everything that the site says about one procedure."""

    id: Id
    """The permanent id."""
    page: str
    """The address of its page; from the site's top if the site knows no address of its own."""
    name: str
    """The medical name."""
    plain_name: str
    """The name in plain words."""
    say_it: str
    """How to say it."""
    also_called: list[str]
    """Other names."""
    part_of: Id | None = None
    """The procedure of which it is a form."""
    codes: list[CodeEntry]
    """Codes that were looked up in a published list."""
    effect_on_nerves: Literal["destroys-nerve-tissue", "can-be-undone", "no-procedure"]
    """What it does to nerves."""
    facts_checked: date
    """The day on which its facts were last held against their sources."""
    next_check: date
    """The day by which they must be again."""
    review: Reviewed
    """Whether a clinician has reviewed it."""
    facts: list[Fact]
    """Every fact, in the order of the data."""
    signs: list[SignEntry]
    """The signs of danger that its page shows, the most urgent first."""
    questions: list[str]
    """Questions to ask."""


class Option(Shape):
    """An option of a comparison."""

    id: Id
    """The procedure's id."""
    name: str
    """Its name."""


class Cell(Shape):
    """One answer in the table."""

    option: Id
    """The option that gives it."""
    facts: list[Fact]
    """The facts that the cell shows."""


class Row(Shape):
    """One row of the table."""

    key: Id
    """Its permanent key."""
    asks: str
    """Its question."""
    field: str
    """The field of each procedure that answers it."""
    cells: list[Cell]
    """One cell for each option, in the order of the options."""


class WeighingPoint(Shape):
    """What one way of weighing speaks for."""

    key: Id
    """Its permanent key."""
    matters: str
    """What may matter to somebody."""
    words: str
    """What the facts say about it."""
    facts: list[str]
    """Ids of those facts."""


class ComparisonFile(Published):
    """One comparison: a decision, its options, and the table."""

    id: Id
    """The permanent id."""
    page: str
    """The address of its page; from the site's top if the site knows no address of its own."""
    title: str
    """A short name."""
    question: str
    """The decision as a question."""
    facts_checked: date
    """The day on which the rows were last held against the procedures' facts."""
    next_check: date
    """The day by which they must be again."""
    about: StatementFact
    """The health problem."""
    main_message: StatementFact
    """The one thing to remember."""
    do_not_rank: bool
    """True if figures of a row come from different studies or people: none of them says what is better."""
    options: list[Option]
    """The options, in no order of merit."""
    rows: list[Row]
    """The table."""
    weighing: list[WeighingPoint]
    """How to weigh it."""
    questions: list[str]
    """Questions to ask."""


class SourceEntry(Shape):
    """One publication, and what was really read of it."""

    id: Id
    """The permanent id."""
    title: str
    """The title as printed."""
    by: str
    """Authors, or the body that published it."""
    year: int | None = None
    """Year of publication; missing if it was not seen."""
    published_in: str
    """Journal with volume and pages, or the publisher."""
    kind: StudyKind
    """What kind of study or text it is."""
    doi: str | None = None
    """The DOI."""
    pmid: str | None = None
    """The PubMed number."""
    url: str | None = None
    """Where it can be read."""
    read: str
    """What was really read of it."""
    read_by: date
    """The day by which it had been read."""
    note: str | None = None
    """What a reader must know about it."""
    facts: list[str]
    """Ids of the facts that rest on it."""


class SourcesFile(Published):
    """Every source."""

    sources: list[SourceEntry]
    """The sources by id."""


class TermEntry(Shape):
    """A medical word."""

    id: Id
    """The permanent id within its vocabulary."""
    vocabulary: Literal["methods", "structures", "imaging", "effects", "conditions", "anesthesia", "words"]
    """The vocabulary in which it stands."""
    name: str
    """The medical word (in SKOS: altLabel)."""
    plain: str
    """Plain words for it (in SKOS: prefLabel)."""
    definition: str
    """What it means."""
    say_it: str | None = None
    """How to say it."""
    synonyms: list[str]
    """Other words and forms."""


class TermsFile(Published):
    """Every medical word of the glossary."""

    terms: list[TermEntry]
    """The words, vocabulary by vocabulary."""


class SignsFile(Published):
    """Every sign of danger."""

    signs: list[SignEntry]
    """The signs in the order of the data."""


class Listed(Shape):
    """One page and its files."""

    id: Id
    """The permanent id."""
    name: str
    """Its name."""
    page: str
    """The address of the page."""
    json_file: str = Field(alias="json")
    """The address of the JSON file."""
    csv: str | None = None
    """The address of the table as CSV."""


class IndexFile(Published):
    """What there is: begin here."""

    procedures: list[Listed]
    """Every procedure."""
    comparisons: list[Listed]
    """Every comparison."""
    files: dict[str, str]
    """The other files by what they hold."""


FILES: dict[str, tuple[str, type[Published]]] = {
    "index": ("/index.json", IndexFile),
    "procedure": ("/procedures/{id}.json", ProcedureFile),
    "comparison": ("/comparisons/{id}.json", ComparisonFile),
    "sources": ("/sources.json", SourcesFile),
    "terms": ("/terms.json", TermsFile),
    "signs": ("/signs.json", SignsFile),
}
"""The JSON files: the name of each schema, the path below FOLDER, and the shape."""

_OTHER_FILES = {
    "/figures.csv": ("text/csv", "Every figure, one a line, with who, when, how, how sure and sources."),
    "/sources.csv": ("text/csv", "Every source, one a line."),
    "/comparisons/{id}.csv": ("text/csv", "The table of one comparison as the page shows it."),
    "/sources.csl.json": ("application/vnd.citationstyles.csl+json", "Every source for reference managers."),
}


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the files called `name` in FILES."""
    made = FILES[name][1].model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_as_written(made)}


def description(ids: dict[str, list[str]], title: str, server: str) -> dict[str, Any]:
    """The OpenAPI 3.1 description of all files below `server`; `ids` are those of procedures and comparisons."""
    shapes = [(shape, "serialization") for _, shape in FILES.values()]
    _, made = models_json_schema(shapes, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    answers = {
        path: ("application/json", shape.__doc__ or "", {"$ref": f"#/components/schemas/{shape.__name__}"})
        for path, shape in FILES.values()
    } | {
        path: (kind, says, {"type": "array"} if kind.endswith("json") else {"type": "string"})
        for path, (kind, says) in _OTHER_FILES.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": VERSION,
            "description": "Static files with every fact of the site, its sources and its words.",
            "license": {"name": "CC BY 4.0", "url": LICENSE},
        },
        "servers": [{"url": server}],
        "paths": {path: _path(path, *answer, ids) for path, answer in answers.items()},
        "components": {"schemas": _as_written(made["$defs"])},
    }


def _path(path: str, kind: str, says: str, schema: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    name = path.strip("/").replace("/{id}", "").replace("/", "-").replace(".", "-")
    get: dict[str, Any] = {
        "operationId": f"get-{name}",
        "summary": says,
        "responses": {"200": {"description": says, "content": {kind: {"schema": schema}}}},
    }
    if "{id}" in path:
        known = ids[path.split("/")[1]]
        get["parameters"] = [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "enum": known}}
        ]
        get["responses"]["404"] = {"description": "There is no such id."}
    return {"get": get}


def _as_written(part: Any) -> Any:
    """A schema of what the files really hold: never null, and always what has one value only."""
    if isinstance(part, list):
        return [_as_written(item) for item in part]
    if not isinstance(part, dict):
        return part
    plain = {name: _as_written(value) for name, value in part.items()}
    if {"type": "null"} in plain.get("anyOf", ()):
        [given] = [option for option in plain.pop("anyOf") if option != {"type": "null"}]
        plain |= given
        plain.pop("default", None)
    if isinstance(fields := plain.get("properties"), dict):
        always = [
            name for name, field in fields.items() if "default" in field or name in plain.get("required", ())
        ]
        plain["required"] = always
    return plain
