"""The JSON that the site publishes: files, schemas and the OpenAPI description come from one set of models.

A shape takes the types and descriptions of its fields from records. A field that does not apply is left out.
Adding a field increases the minor version; renaming or removing one increases the major version
and renames FOLDER.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from build_tools.load.settings import LICENSE
from build_tools.records import procedure
from build_tools.records.base import Id, Record
from build_tools.records.entries import Certainty, Citation, Figure, Measured, NotKnown, Source
from build_tools.records.entries import Compared as ComparedRecord
from build_tools.records.logs import Review
from build_tools.records.short import Comparison, Weighing
from build_tools.records.signs import Helpline, Sign, SignHere
from build_tools.records.words import Term

FOLDER = "api/v1"
VERSION = "1.0"


class Shape(BaseModel):
    """The base of all shapes."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, from_attributes=True
    )

    @classmethod
    def of(cls, *records: object, **words: Any) -> Self:
        """The shape of records: their fields of the same names, and `words` for all others."""
        fields = {
            name: getattr(record, name) for record in records for name in cls.model_fields if hasattr(record, name)
        }
        return cls.model_validate(fields | words)

    def text(self) -> str:
        """The JSON, without fields that do not apply."""
        return self.model_dump_json(by_alias=True, exclude_none=True, indent=1, ensure_ascii=False) + "\n"


_Shape = TypeVar("_Shape", bound=Shape)


def _like(names: str, *records: type[Record]) -> Callable[[type[_Shape]], type[_Shape]]:
    """Give a shape the fields in `names`, in this order, from its own definition or from `records`.

    A name that ends in ? becomes optional.
    """

    def decorate(shape: type[_Shape]) -> type[_Shape]:
        models: tuple[type[BaseModel], ...] = *records, shape
        known = {name: info for model in models for name, info in model.model_fields.items()}
        fields: dict[str, Any] = {}
        for name in names.split():
            info = known[name.strip("?")]
            fields[name.strip("?")] = (info.annotation, info)
            if name.endswith("?"):
                optional: Any = info.rebuild_annotation() | None
                fields[name.strip("?")] = (optional, Field(default=None, description=info.description))
        return create_model(
            shape.__name__, __base__=shape.__bases__, __doc__=shape.__doc__, __module__=__name__, **fields
        )

    return decorate


class Published(Shape):
    """The fields at the top of every file."""

    schema_version: Literal["1.0"] = Field(default="1.0", description="The version of this format.")
    generated_at: date = Field(description="The day for which the site was built (ISO 8601).")
    license: Literal["https://creativecommons.org/licenses/by/4.0/"] = Field(
        default=LICENSE, description="The license of facts and words: credit the site, and say what you changed."
    )
    publisher: str = Field(description="The name of the site, to credit as the source.")


@_like("source at second_hand reporting", Citation)
class Cited(Shape):
    """A source of a fact."""

    second_hand: bool = Field(
        description="True if the source only reports the work named at `reporting`, which was not read."
    )


@_like("count out_of percent from_ to amount before after qualifier", Measured)
class Value(Shape):
    """What the source prints: count and outOf, percent, from and to, amount, or before and after."""


@_like("group value", ComparedRecord)
class Compared(Shape):
    """The result in the comparison group."""

    value: Value = Field(description="The value in that group.")


class HowSure(Shape):
    """How certain a figure is."""

    level: Certainty = Field(description="One of GRADE's four levels, as the editors of the site rate it.")
    words: str = Field(description="The same in plain words.")


class _Fact(Shape):
    id: str = Field(description="The permanent id: procedure, field and key.")
    field: str = Field(description="The field of the procedure that holds it.")
    words: str = Field(description="The words on the page, with numbers.")


class _Sourced(_Fact):
    sources: list[Cited] = Field(description="Where it comes from.")


_NAMING = procedure.Target, procedure.Method, procedure.Imaging, procedure.Anesthesia, procedure.Indication


@_like(
    "kind structure? method? imaging? role? anesthesia? condition? contested? procedure? brief",
    *(*_NAMING, procedure.OtherOption),
)
class StatementFact(_Sourced):
    """One thing that is known, in plain words."""

    kind: Literal["statement"] = "statement"


@_like(
    "kind value counted units measure average quantity low high n who when how applies_to how_sure versus note"
    " brief",
    Figure,
)
class FigureFact(_Sourced):
    """One number from one study."""

    kind: Literal["figure"] = "figure"
    value: Value = Field(description="The number as the source prints it.")
    how_sure: HowSure = Field(description="How certain it is.")
    versus: Compared | None = Field(description="The comparison group.")


@_like("kind reason searched", NotKnown)
class NotKnownFact(_Fact):
    """Something that was looked for and not found."""

    kind: Literal["not-known"] = "not-known"


class DoesNotApplyFact(_Fact):
    """Something that has no meaning for this procedure."""

    kind: Literal["does-not-apply"] = "does-not-apply"


HowOften = Annotated[StatementFact | FigureFact | NotKnownFact | DoesNotApplyFact, Field(discriminator="kind")]


@_like("kind effect name weight lead lasts can_be_undone what_is_done signs how_often brief", procedure.Harm)
class HarmFact(_Sourced):
    """A side effect or complication. Copies must include every serious one."""

    kind: Literal["harm"] = "harm"
    name: str = Field(description="What people would call it.")
    how_often: list[HowOften] = Field(description="Figures, one for each study, in the order of the page.")


@_like("id notice level ambulance who contact do crisis_lines why when here? shown_for sources", SignHere, Sign)
class SignEntry(Shape):
    """A sign of danger: whoever has it needs help. Copies must include every emergency."""

    id: Id = Field(description="The permanent id, the same on every page.")
    contact: str = Field(description="Whom to call, and how fast.")
    shown_for: list[Id] = Field(description="The situations in which pages show it.")
    sources: list[Cited] = Field(description="Where it comes from.")


@_like("id name country offers phone? website? crisis conditions source checked", Helpline)
class HelplineEntry(Shape):
    """A helpline or an organization, and its country."""

    id: Id = Field(description="The permanent id.")


Fact = Annotated[
    StatementFact | FigureFact | NotKnownFact | DoesNotApplyFact | HarmFact, Field(discriminator="kind")
]


@_like("layer heading state name? role? conflicts? signed? next_review?", Review)
class Reviewed(Shape):
    """Whether a clinician has reviewed one layer of the facts: the danger signs, the short page, or a section."""

    layer: Id = Field(description="The layer's id.")
    heading: str = Field(description="What it is called.")
    state: Literal["none", "reviewed", "changed", "overdue"] = Field(
        description="none: nobody has reviewed it. changed: a fact was changed since."
    )


@_like("system oid value uri checked", procedure.Code)
class CodeEntry(Shape):
    """A code for the procedure in a published list."""

    oid: str = Field(description="The OID of that list.")
    uri: str = Field(description="The address of the code's entry in that list.")


class _Paged(Published):
    id: Id = Field(description="The permanent id.")
    page: str = Field(description="The address of its page; a relative one if the site has no address of its own.")


@_like(
    "name plain_name say_it also_called part_of codes effect_on_nerves facts_checked next_check reviews facts"
    " signs questions",
    procedure.Names,
    procedure.Procedure,
)
class ProcedureFile(_Paged):
    """Everything that the site says about one procedure."""

    plain_name: str = Field(description="The name in plain words.")
    codes: list[CodeEntry] = Field(description="Codes that were looked up in a published list.")
    effect_on_nerves: Literal["destroys-nerve-tissue", "can-be-undone", "no-procedure"] = Field(
        description="What it does to nerves."
    )
    reviews: list[Reviewed] = Field(description="Which layers of it a clinician has reviewed.")
    facts: list[Fact] = Field(description="Every fact, in the order of the data.")
    signs: list[SignEntry] = Field(description="The signs of danger that its page shows, the most urgent first.")


class Option(Shape):
    """An option of a comparison."""

    id: Id = Field(description="The procedure's id.")
    name: str = Field(description="Its name.")


class Cell(Shape):
    """One answer in the grid."""

    option: Id = Field(description="The option that gives it.")
    words: str = Field(description="The answer.")
    facts: list[str] = Field(description="The ids of the facts that say so, as the file of the option has them.")


class Row(Shape):
    """One row of the grid."""

    key: Id = Field(description="The question or the effect.")
    asks: str = Field(description="The question, or the harm in plain words.")
    cells: list[Cell] = Field(description="One cell for each option, in the order of the options.")


@_like("key matters words facts", Weighing)
class WeighingPoint(Shape):
    """One thing to weigh."""

    key: Id = Field(description="Its permanent key.")
    words: str = Field(description="What the facts say about it.")


@_like(
    "title question facts_checked next_check about main_message do_not_rank options rows harms weighing questions",
    Comparison,
)
class ComparisonFile(_Paged):
    """One comparison: a decision, its options, and the table."""

    about: StatementFact = Field(description="The health problem.")
    main_message: list[StatementFact] = Field(
        description="The two things to remember: how the options can help, and how they can harm."
    )
    do_not_rank: bool = Field(
        description="True if figures of a row come from different studies or people: "
        "they do not show which option is better."
    )
    options: list[Option] = Field(description="The options, in no order of merit.")
    rows: list[Row] = Field(description="The grid: eight questions.")
    harms: list[Row] = Field(description="A row for each serious harm.")
    weighing: list[WeighingPoint] = Field(description="How to weigh it.")


@_like(f"id {' '.join(Source.model_fields)} facts", Source)
class SourceEntry(Shape):
    """One publication, and what was read of it."""

    id: Id = Field(description="The permanent id.")
    facts: list[str] = Field(description="Ids of the facts that cite it.")


class SourcesFile(Published):
    """Every source."""

    sources: list[SourceEntry] = Field(description="The sources by id.")


Vocabulary = Literal["methods", "structures", "imaging", "effects", "conditions", "anesthesia", "words"]


@_like("id vocabulary name plain definition say_it synonyms", Term)
class TermEntry(Shape):
    """A medical word: in SKOS, `plain` is its prefLabel and `name` an altLabel."""

    id: Id = Field(description="The permanent id within its vocabulary.")
    vocabulary: Vocabulary = Field(description="The vocabulary that it is in.")


class TermsFile(Published):
    """Every medical word of the glossary."""

    terms: list[TermEntry] = Field(description="The words, vocabulary by vocabulary.")


class SignsFile(Published):
    """Every sign of danger, and whom people can call."""

    signs: list[SignEntry] = Field(description="The signs in the order of the data.")
    helplines: list[HelplineEntry] = Field(description="The helplines in the order of the data.")


class Listed(Shape):
    """One page and its files."""

    id: Id = Field(description="The permanent id.")
    name: str = Field(description="Its name.")
    page: str = Field(description="The address of the page.")
    json_file: str = Field(alias="json", description="The address of the JSON file.")
    csv: str | None = Field(default=None, description="The address of the table as CSV.")


class IndexFile(Published):
    """The list of all files: start here."""

    procedures: list[Listed] = Field(description="Every procedure.")
    comparisons: list[Listed] = Field(description="Every comparison.")
    files: dict[str, str] = Field(description="The other files by what they hold.")


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
    "/figures.csv": ("text/csv", "Every figure, one per row, with who, when, how, certainty and sources."),
    "/sources.csv": ("text/csv", "Every source, one per row."),
    "/comparisons/{id}.csv": ("text/csv", "The table of one comparison as the page shows it."),
    "/sources.csl.json": ("application/vnd.citationstyles.csl+json", "Every source for reference managers."),
}


def build_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the files called `name` in FILES."""
    schema = FILES[name][1].model_json_schema(mode="serialization", schema_generator=_AsWritten)
    return _name_published_files({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def build_description(ids: dict[str, list[str]], title: str, server: str) -> dict[str, Any]:
    """The OpenAPI 3.1 description of all files on `server`; `ids` are those of procedures and comparisons."""
    shapes = [(shape, "serialization") for _, shape in FILES.values()]
    _, schemas = models_json_schema(
        shapes,  # type: ignore[arg-type]
        ref_template="#/components/schemas/{model}",
        schema_generator=_AsWritten,
    )
    paths = {}
    for path, shape in FILES.values():
        schema: dict[str, Any] = {"$ref": f"#/components/schemas/{shape.__name__}"}
        paths[path] = _path(path, "application/json", shape.__doc__ or "", schema, ids)
    for path, (media_type, summary) in _OTHER_FILES.items():
        is_json = media_type.endswith("json")
        schema = {"type": "array", "items": {"type": "object"}} if is_json else {"type": "string"}
        paths[path] = _path(path, media_type, summary, schema, ids)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": VERSION,
            "description": "Static files with every fact of the site, its sources and its words.",
            "license": {"name": "CC BY 4.0", "url": LICENSE},
        },
        "servers": [{"url": server}],
        "security": [],
        "paths": paths,
        "components": {"schemas": _name_published_files(schemas["$defs"])},
    }


def _name_published_files(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the published files in place of the data files that editors write."""
    text = re.sub(r"data/vocabulary/\w+\.yml", "terms.json", json.dumps(schema))
    return dict(json.loads(re.sub(r"data/(\w+)\.yml", r"\1.json", text)))


def _path(
    path: str, media_type: str, summary: str, schema: dict[str, Any], ids: dict[str, list[str]]
) -> dict[str, Any]:
    name = path.strip("/").replace("/{id}", "").replace("/", "-").replace(".", "-")
    get: dict[str, Any] = {
        "operationId": f"get-{name}",
        "summary": summary,
        "responses": {"200": {"description": summary, "content": {media_type: {"schema": schema}}}},
    }
    if "{id}" in path:
        schema = {"type": "string", "enum": ids[path.split("/")[1]]}
        get["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": schema}]
        get["responses"]["404"] = {"description": "There is no such id."}
    return {"get": get}


class _AsWritten(GenerateJsonSchema):
    """Generates schemas of the written files: null does not occur, and a field with a default is required."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    default_schema = nullable_schema

    def field_is_required(self, field: Any, total: bool) -> bool:
        schema = field["schema"]
        return "nullable" not in (schema["type"], schema.get("schema", {}).get("type"))
