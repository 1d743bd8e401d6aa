"""All facts of a data folder as records, and everything that reading them found wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from build_tools.certainty import rated
from build_tools.detail_order import LIGHT
from build_tools.drawings import Drawing, read_drawings
from build_tools.gaps import is_gap
from build_tools.logos import Logo, read_logo
from build_tools.problems import Place, Problem, suggest
from build_tools.reading import CURLY_HINT, Document, Steps, is_curly, read
from build_tools.records import (
    CHILD,
    IMPLIED,
    LEVELS,
    UNREAD,
    AnyFact,
    Citation,
    Claim,
    Clinic,
    Comparison,
    DoesNotApply,
    Figure,
    Harm,
    Helpline,
    Imaging,
    Indication,
    LocalProcedure,
    NotKnown,
    Procedure,
    Publication,
    ReaderTest,
    Redirects,
    Review,
    SeenFacts,
    Sign,
    Situation,
    Source,
    Statement,
    Term,
    Typed,
    Wording,
    facts_of,
)
from build_tools.sections import ANCHORS, DETAILS, PAGES, Detail

VOCABULARIES = ("methods", "structures", "imaging", "effects", "conditions", "anesthesia", "words")
"""The files of data/vocabulary/; `words` holds medical words of no other kind."""

R = TypeVar("R", bound=BaseModel)
R2 = TypeVar("R2", bound=BaseModel)
K = TypeVar("K", Figure, Harm, Imaging, Statement, NotKnown)

_MODELS: dict[str, type[BaseModel]] = {
    "procedures": Procedure,
    "comparisons": Comparison,
    "sources": Source,
    "vocabulary": Term,
    "signs": Sign,
    "situations": Situation,
    "helplines": Helpline,
    "searches": Typed,
    "shared": Statement,
    "claims": Claim,
    "wording": Wording,
    "clinics": Clinic,
}

SAME_EVERYWHERE = (
    "Medical facts are the same in every clinic: a clinic's file can neither change nor hide one. "
    "If one is wrong, correct it in data/procedures/, with its source."
)
_MEDICAL = {
    *(Procedure.model_fields | Harm.model_fields | Figure.model_fields | Statement.model_fields),
    *(NotKnown.model_fields | DoesNotApply.model_fields | Sign.model_fields),
    *"red_flags get_help contact hide hidden omit leave_out skip remove replace risks side_effects".split(),
}

_MOVED = {
    "red_flags": 'List the "situations" of this procedure: its page then shows their signs from data/signs.yml. '
    'What differs about one of them here goes under "signs".',
    "get_help": 'Name the signs of this harm instead, as in "signs: [some-sign]": data/signs.yml says what to do. '
    "Other advice belongs under what_is_done or questions.",
    "seal": "Delete this line: git keeps who changed a review.",
}
"""Fields of older files, and what has taken their place."""

_FILE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, repr=False)  # a failing test would print all of it
class Facts:
    """Everything that data/ says. Files that could not be read are missing here and named in `broken`."""

    folder: Path = Path("data")
    procedures: dict[str, Procedure] = field(default_factory=dict)
    comparisons: dict[str, Comparison] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    vocabulary: dict[str, dict[str, Term]] = field(default_factory=dict)
    signs: dict[str, Sign] = field(default_factory=dict)
    situations: dict[str, Situation] = field(default_factory=dict)
    helplines: dict[str, Helpline] = field(default_factory=dict)
    searches: dict[str, Typed] = field(default_factory=dict)
    shared: dict[str, Statement] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    wording: dict[str, Wording] = field(default_factory=dict)
    review_log: list[Review | ReaderTest] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    drawings: dict[str, Drawing] = field(default_factory=dict)
    clinics: dict[str, Clinic] = field(default_factory=dict)
    clinic_id: str = ""
    logos: dict[str, Logo] = field(default_factory=dict)
    seen: dict[str, dict[str, SeenFacts]] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    @property
    def clinic(self) -> Clinic | None:
        """The clinic that shows the site, if one was chosen and its file can be read."""
        return self.clinics.get(self.clinic_id)

    @property
    def logo(self) -> Logo | None:
        """The logo of that clinic, if it has one."""
        return self.logos.get(self.clinic_id)

    @property
    def reviews(self) -> list[Review]:
        """The signatures of clinicians, in the order of the file."""
        return [entry for entry in self.review_log if isinstance(entry, Review)]

    @property
    def reader_tests(self) -> list[ReaderTest]:
        """The tests with readers, in the order of the file."""
        return [entry for entry in self.review_log if isinstance(entry, ReaderTest)]

    def known_clinics(self) -> list[str]:
        """The ids of all clinics, also of one whose file cannot be read."""
        return [name.split("/")[1] for name in self.documents if name.endswith("/clinic")]

    def place(self, name: str, *steps: str | int) -> Place:
        """Where `steps` stands in the file called `name` ("procedures/some-name", "sources").

        What a shared statement says stands in the file of shared statements.
        """
        document = self.documents.get(name)
        if document is None:
            return Place(name)
        value: Any = document.value
        for position, step in enumerate(steps, 1):
            value = value.get(step) if isinstance(value, dict) else None
            if isinstance(value, dict) and isinstance(id := value.get("shared"), str) and id in self.shared:
                return self.documents["shared"].place(id, *steps[position:])
        return document.place(*steps)

    def place_of(self, fact_id: str, *steps: str | int) -> Place:
        """Where a fact of a procedure or a comparison is, or `steps` inside it."""
        name, path = steps_of(fact_id)
        if fact_id.split(".")[0] in self.comparisons:
            name, path = name.replace("procedures/", "comparisons/"), tuple(fact_id.split(".")[1:])
        return self.place(name, *path, *steps)

    def help(self, name: str, *steps: str | int) -> str:
        """What belongs at `steps` in the file called `name`, from the record's definition."""
        folder = name.split("/")[0]
        fields = tuple(steps) if folder in ("procedures", "comparisons", "clinics") else tuple(steps[1:])
        while fields and isinstance(fields[-1], int):
            fields = fields[:-1]
        if not fields or folder not in _MODELS:
            return ""
        words = ", ".join(_choices(_MODELS[folder], fields))
        return _help(_MODELS[folder], fields) + (f" One of: {words}." if words else "")

    @cached_property
    def digests(self) -> dict[str, dict[str, str]]:
        """A memo of `lines.digests`, which take long, for each procedure."""
        return {}

    def all(self) -> Iterable[tuple[str, AnyFact]]:
        """Every fact of every procedure with its id."""
        return self._all

    @cached_property
    def _all(self) -> list[tuple[str, AnyFact]]:
        return [fact for id, procedure in self.procedures.items() for fact in facts_of(procedure, id)]

    def of(self, id: str) -> dict[str, AnyFact]:
        """The facts of one procedure by their id without the procedure, such as "benefits.one-year"."""
        return {fact_id.partition(".")[2]: fact for fact_id, fact in facts_of(self.procedures[id], id)}

    @property
    def every_redirect(self) -> dict[str, str]:
        """All redirects: those of the data, and from the folder of each procedure to its short page."""
        folders = {f"procedures/{id}/index.html": f"procedures/{id}.html" for id in self.procedures}
        return folders | self.redirects

    def page_of(self, fact_id: str) -> str:
        """The page on which a fact is shown whole: that of its comparison, or a detail page of its procedure."""
        top = fact_id.split(".")[0]
        if top in self.comparisons:
            return f"comparisons/{top}.md"
        return f"procedures/{top}/{PAGES[self.heading_of(fact_id)]}.md"

    def heading_of(self, fact_id: str) -> str:
        """The anchor of the heading below which a fact of a procedure, or a sign on its pages, is shown whole."""
        top, field, key = [*fact_id.split("."), ""][:3]
        if field == "harms" and key and self.procedures[top].harms[key].weight in LIGHT:
            return "side-effects"
        if field == "signs" and key in self.signs and self.signs[key].level != LEVELS[0]:
            return "when-to-call-your-team"
        return ANCHORS.get(field, field)

    def details_of(self, id: str) -> list[Detail]:
        """The detail pages of a procedure: all for which it has something to show."""
        has_light = any(harm.weight in LIGHT for harm in self.procedures[id].harms.values())
        return [detail for detail in DETAILS if has_light or detail.name != "side-effects"]

    def each(self, kind: type[K]) -> Iterator[tuple[str, K]]:
        """Every fact of one kind with its id."""
        return ((id, fact) for id, fact in self.all() if isinstance(fact, kind))

    def forms_of(self, id: str) -> list[str]:
        """Ids of the procedures that are forms of `id`, by their name."""
        return self._forms.get(id, [])

    @cached_property
    def _forms(self) -> dict[str, list[str]]:
        forms: dict[str, list[str]] = defaultdict(list)
        for id in sorted(self.procedures, key=lambda id: self.procedures[id].names.name.lower()):
            if parent := self.procedures[id].part_of:
                forms[parent].append(id)
        return forms

    def line(self, id: str) -> list[str]:
        """A procedure, the one of which it is a form, and so on to the top; a circle ends where it closes."""
        line: list[str] = []
        while id in self.procedures and id not in line:
            line.append(id)
            id = self.procedures[id].part_of or ""
        return line

    def family(self, id: str) -> str:
        """The id of the procedure at the top of the one that `id` is a form of."""
        return self.line(id)[-1]

    def harm_name(self, harm: Harm) -> str:
        """What people would call a harm."""
        effect = self.vocabulary["effects"].get(harm.effect)  # missing if the file cannot be read
        return harm.name or (effect.plain if effect else harm.effect)

    def situations_of(self, id: str) -> set[str]:
        """The situations of a procedure, with those that no file lists."""
        procedure = self.procedures[id]
        implied = IMPLIED[1:] if procedure.kind == "no-procedure" else IMPLIED
        return {*procedure.situations, *implied}

    def for_child(self, id: str) -> bool:
        """Whether readers of a procedure's page decide for a child. One with forms for adults is not."""
        return all(CHILD in self.procedures[one].situations for one in (id, *self.forms_of(id)))

    def signs_of(self, id: str) -> dict[str, Sign]:
        """The signs that the page of a procedure shows, the most urgent first."""
        if id not in self._signs:
            here = self.situations_of(id)
            shown = [(key, sign) for key, sign in self.signs.items() if not here.isdisjoint(sign.shown_for)]
            self._signs[id] = dict(sorted(shown, key=lambda item: LEVELS.index(item[1].level)))
        return self._signs[id]

    @cached_property
    def _signs(self) -> dict[str, dict[str, Sign]]:
        return {}

    @property
    def crisis_lines(self) -> list[Helpline]:
        """The lines for people who think of suicide, in the order of the data."""
        return [line for line in self.helplines.values() if line.crisis]

    def helplines_of(self, id: str) -> list[Helpline]:
        """The helplines for people with a condition that a procedure is for, in the order of the data."""
        named = {
            fact.condition for fact in self.procedures[id].indications.values() if isinstance(fact, Indication)
        }
        words = self.vocabulary["conditions"]
        named |= {broader for one in named if one in words and (broader := words[one].broader)}
        return [line for line in self.helplines.values() if not named.isdisjoint(line.conditions)]

    def next_check(self, page: str) -> date | None:
        """The day by which the facts that a page shows must be checked again, the earliest of them.

        A page that belongs to no procedure or comparison may show any fact.
        """
        folder, _, id = page.removesuffix(".md").partition("/")
        id = id.split("/")[0]
        shown: list[Procedure | Comparison] = []
        if folder in ("procedures", "take-along") and id in self.procedures:
            shown = [self.procedures[id]]
        elif folder in ("comparisons", "worksheets") and id in self.comparisons:
            options = self.comparisons[id].options
            shown = [self.comparisons[id], *(self.procedures[o] for o in options if o in self.procedures)]
        shown = shown or [*self.procedures.values(), *self.comparisons.values()]
        return min((record.next_check for record in shown), default=None)

    def terms(self) -> Iterator[tuple[str, Term]]:
        """Every word of every vocabulary with its id."""
        for words in self.vocabulary.values():
            yield from words.items()


def steps_of(fact_id: str) -> tuple[str, tuple[str, ...]]:
    """The file and the path inside it for the id of a procedure's fact."""
    procedure, *rest = fact_id.split(".")
    if rest[0] == "names":
        rest = ["names", "same_name", rest[1]]
    elif rest[0] == "harms" and len(rest) == 3:
        rest = ["harms", rest[1], "how_often", rest[2]]
    return f"procedures/{procedure}", tuple(rest)


def cited(facts: Facts) -> Iterator[tuple[str, Steps, Citation]]:
    """Every citation with the file and the path where it stands."""
    lists = [(*steps_of(id), fact.sources) for id, fact in facts.all() if isinstance(fact, Statement | Figure)]
    lists += [("signs", (key,), sign.sources) for key, sign in facts.signs.items()]
    for id, procedure in facts.procedures.items():
        lists += [(f"procedures/{id}", ("signs", key), here.sources) for key, here in procedure.signs.items()]
    for id, comparison in facts.comparisons.items():
        parts = {("about",): comparison.about, ("main_message", "helps"): comparison.main_message.helps}
        parts |= {("main_message", "harms"): comparison.main_message.harms}
        lists += [(f"comparisons/{id}", steps, said.sources) for steps, said in parts.items()]
    for name, steps, citations in lists:
        for position, citation in enumerate(citations):
            yield name, (*steps, "sources", position), citation


def load(data: Path, clinic: str = "") -> tuple[Facts, list[Problem]]:
    """The facts in the folder `data`, and the problems found while reading them.

    `clinic` is the id of the clinic that shows the site ("" for none); the layers of all clinics are read.
    Never raises for what stands in a file. Places name files as `<folder>/<file>` with the folder's own name.
    """
    loader = _Loader(data)
    drawings, unreadable = read_drawings(data)
    loader.problems += unreadable
    loader.broken |= {"drawings"} if unreadable else set()
    clinics = loader.load_clinics()
    vocabulary = {name: loader.load_mapping(f"vocabulary/{name}", Term) for name in VOCABULARIES}
    shared = loader.load_shared()
    sources = loader.load_mapping("sources", Source)
    facts = Facts(
        folder=data,
        procedures=rated(loader.load_folder("procedures", Procedure), sources),
        comparisons=loader.load_folder("comparisons", Comparison),
        sources=sources,
        vocabulary=vocabulary,
        signs=loader.load_mapping("signs", Sign),
        situations=loader.load_mapping("situations", Situation),
        helplines=loader.load_mapping("helplines", Helpline),
        searches=loader.load_mapping("searches", Typed),
        shared=shared,
        claims=loader.load_mapping("claims", Claim),
        wording=loader.load_mapping("wording", Wording),
        review_log=loader.load_list("reviews", Review, tried=ReaderTest),
        publications=loader.load_list("changes", Publication),
        redirects=loader.load_redirects(),
        drawings=drawings,
        clinics=clinics,
        clinic_id=clinic,
        logos=loader.load_logos(clinics),
        seen={id: loader.load_mapping(f"clinics/{id}/seen", SeenFacts) for id in loader.clinics_with("seen.yml")},
        documents=loader.documents,
        broken=frozenset(loader.broken),
    )
    return facts, loader.problems


class _Loader:
    """Reads files one by one and gathers documents and problems."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.documents: dict[str, Document] = {}
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        self._shared: dict[str, Statement | None] | None = {}

    def load_folder(self, folder: str, model: type[R]) -> dict[str, R]:
        """One record a file; the file's name is the record's id."""
        records: dict[str, R] = {}
        for path in sorted((self._data / folder).glob("*.yml")):
            if _FILE_NAME.fullmatch(path.stem) and (found := self._load_file(f"{folder}/{path.stem}", model)):
                records[path.stem] = found
        if not records and not self.broken:
            self.problems.append(
                Problem(Place(self._shown(folder)), "There is no file here.", "Put back the folder's files.")
            )
        return records

    def load_clinics(self) -> dict[str, Clinic]:
        """One folder a clinic, with its file clinic.yml; the folder's name is the clinic's id."""
        clinics: dict[str, Clinic] = {}
        for path in sorted((self._data / "clinics").glob("[!.]*/")):
            name = path.name
            if _FILE_NAME.fullmatch(name) and (found := self._load_file(f"clinics/{name}/clinic", Clinic)):
                clinics[name] = found
        return clinics

    def load_logos(self, clinics: dict[str, Clinic]) -> dict[str, Logo]:
        """The logos that clinics name; one in which something could hide is a problem."""
        logos: dict[str, Logo] = {}
        for id, clinic in clinics.items():
            if clinic.logo:
                file = f"clinics/{id}/{clinic.logo}"
                logo, problems = read_logo(self._data / file, self._shown(file))
                self.problems += problems
                logos |= {id: logo} if logo else {}
        return logos

    def clinics_with(self, file: str) -> list[str]:
        """The ids of the clinics in whose folders a file of this name lies."""
        return sorted(path.parent.name for path in (self._data / "clinics").glob(f"[!.]*/{file}"))

    def load_mapping(self, name: str, model: type[R]) -> dict[str, R]:
        """Many records in one file, each under its id; one that is wrong does not hide the others."""
        document = self._read(name)
        if document.value is None:
            return {}
        if not isinstance(document.value, dict):
            self._report(name, document, (), "This file holds entries by id.", "Write id, colon, then the fields.")
            return {}
        records: dict[str, R] = {}
        for id, value in document.value.items():
            if not _FILE_NAME.fullmatch(id):
                hint = "Use small letters, digits and hyphens."
                self._report(name, document, (id,), f'"{id}" cannot be an id.', hint)
            if (found := self._build(name, document, model, value, (id,))) is not None:
                records[id] = found
        return records

    def load_list(self, name: str, model: type[R], **others: type[R2]) -> list[R | R2]:
        """Many records in one file, one after the other: a log, in which the oldest stands first.

        An entry with the field of one of the `others` is such a record.
        """
        document = self._read(name)
        if document.value is None:
            return []
        if not isinstance(document.value, list):
            self._report(name, document, (), "This file holds a list.", "If it has no entry yet, write [] in it.")
            return []
        records: list[R | R2] = []
        for position, value in enumerate(document.value):
            if not isinstance(value, dict):
                self._report(name, document, (position,), "An entry holds fields.", "Put the file back as it was.")
                continue
            kind = next((other for field, other in others.items() if field in value), model)
            if (found := self._build(name, document, kind, value, (position,))) is not None:
                records.append(found)
        return records

    def load_shared(self) -> dict[str, Statement]:
        """Statements for several pages; procedures that are loaded afterward take their words."""
        shared = self.load_mapping("shared", Statement)
        written = self.documents["shared"].value
        self._shared = {**dict.fromkeys(written), **shared} if isinstance(written, dict) else None
        return shared

    def load_redirects(self) -> dict[str, str]:
        """Old addresses of pages, each with the one that counts now."""
        found = self._load_file("redirects", Redirects)
        return found.root if found else {}

    def _load_file(self, name: str, model: type[R]) -> R | None:
        document = self._read(name)
        return self._build(name, document, model, document.value, ())

    def _shown(self, name: str) -> str:
        return f"{self._data.name}/{name}"

    def _read(self, name: str) -> Document:
        document, problems = read(self._data / f"{name}.yml", self._shown(f"{name}.yml"))
        self.documents[name] = document
        self.problems += problems
        if document.value is None and not problems:
            self._report(name, document, (), "The file is empty.", "Copy the annotated example and fill it in.")
        elif problems:
            self.broken.add(name)
        return document

    def _report(self, name: str, document: Document, steps: Steps, message: str, hint: str) -> None:
        self.problems.append(Problem(document.place(*steps), message, hint))
        self.broken.add(name)

    def _build(self, name: str, document: Document, model: type[R], value: Any, steps: Steps) -> R | None:
        if document.value is None:
            return None
        try:
            return model.model_validate(value, context=self._shared)
        except ValidationError as errors:
            self.broken.add(name)
            for error in errors.errors():
                if is_gap(error["input"]) or error["type"] == UNREAD:
                    continue  # the rule about gaps, or the problem in the other file, says so
                where = _steps(error["loc"], value, missing=error["type"] == "missing")
                message, hint = _explain(error, where, model, (*steps, *where))
                if is_curly(message):
                    hint = f"{hint.rstrip()}{CURLY_HINT}".lstrip()
                self._report(name, document, (*steps, *where), message, hint)
            return None


def _steps(loc: tuple[str | int, ...], value: Any, missing: bool) -> Steps:
    """Pydantic's location without the names of union members, which stand in no file.

    Only of a `missing` field does the last part not stand in the file either, and yet is meant.
    """
    steps: list[str | int] = []
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif not (last and missing):
            continue
        steps.append(part)
    return tuple(steps)


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return TypeAdapter(model).json_schema()


def _around(model: type[BaseModel], steps: Steps) -> Iterator[dict[str, Any]]:
    """The fields of each record in which the last of `steps` can stand, with their schemas."""
    schema = _schema(model)
    definitions = schema.get("$defs", {})
    current: list[dict[str, Any]] = [schema]
    for step in steps[:-1]:
        following: list[dict[str, Any]] = []
        for part in _alternatives(current, definitions):
            if isinstance(step, int):
                following.append(part.get("items", {}))
            elif step in part.get("properties", {}):
                following.append(part["properties"][step])
            else:
                following += part.get("patternProperties", {}).values()
                others = part.get("additionalProperties")
                following += [others] if isinstance(others, dict) else []
        current = following
    return (part.get("properties", {}) for part in _alternatives(current, definitions))


def _alternatives(schemas: list[dict[str, Any]], definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for schema in schemas:
        if "$ref" in schema:
            yield from _alternatives([definitions[schema["$ref"].rsplit("/", 1)[-1]]], definitions)
        for union in ("oneOf", "anyOf", "allOf"):
            yield from _alternatives(schema.get(union, []), definitions)
        yield schema


def _help(model: type[BaseModel], steps: Steps) -> str:
    """The field's own help, from the record's definition."""
    described = (fields.get(str(steps[-1]), {}).get("description") for fields in _around(model, steps))
    return next((str(help_).replace("\n", " ") for help_ in described if help_), "")


def _choices(model: type[BaseModel], steps: Steps) -> list[str]:
    """The words that a field can be, if only some can."""
    found = [fields.get(str(steps[-1]), {}) for fields in _around(model, steps)]
    return [
        word for part in _alternatives(found, _schema(model).get("$defs", {})) for word in part.get("enum", ())
    ]


def _show(found: Any) -> str:
    """What an editor wrote, short enough for a message."""
    if isinstance(found, str):
        words = " ".join(found.split())
        return f'"{words}"' if len(words) <= 60 else f'"{words[:57]}..."'
    return "nothing" if found is None else "a list" if isinstance(found, list) else "several fields"


_NUMBER = ('"{name}" must be a number; it is {shown}.', "Use digits only, with a point before decimals.")
_FIELDS = (
    '"{name}" must hold fields of its own; it is {shown}.',
    "Write them below it, two spaces further in, each as name, colon, text.",
)
_EXPLAINED = {
    "date": ("{shown} is not a date that exists.", "Write year-month-day, for example 2026-11-22."),
    "int": ('"{name}" must be a whole number; it is {shown}.', "Use digits only."),
    "float": _NUMBER,
    "finite": _NUMBER,
    "bool": ('"{name}" must be true or false; it is {shown}.', "Write true or false. {help}"),
    "greater": ('"{name}" cannot be smaller than {ge:,.12g}; it is {shown}.', "{help}"),
    "less": ('"{name}" cannot be larger than {le:,.12g}; it is {shown}.', "{help}"),
    "string": ('"{name}" must be one text; it is {shown}.', "{help}"),
    "dict": _FIELDS,
    "model": _FIELDS,
    "list": ('"{name}" must be a list; it is {shown}.', "Put it between brackets: [like, this]."),
}
"""Message and hint by the first word of the name that Pydantic gives an error ("int_parsing", "int_type")."""


def _explain(error: Any, steps: Steps, model: type[BaseModel], full: Steps) -> tuple[str, str]:
    """One Pydantic error in an editor's words: message and hint.

    `steps` lead from the record to the mistake, `full` from the top of the file.
    """
    kind, context, found = error["type"], error.get("ctx", {}), error["input"]
    name = next((str(step) for step in reversed(full) if isinstance(step, str)), "")
    shown = _show(found)
    help_ = _help(model, steps) if steps else ""
    if kind == "fact":
        return context["message"], context["hint"]
    if kind == "missing":
        hint = f'Write "{name}:". {help_}' if help_ else f'Write "{name}:" and its value.'
        return f'"{name}" is missing here.', hint
    if kind == "extra_forbidden" and model is Clinic and name in _MEDICAL:
        known = ", ".join(LocalProcedure.model_fields)
        return (
            f'"{name}" is no field of a clinic\'s file: what a procedure is and does to you is a medical fact.',
            f"{SAME_EVERYWHERE} What a clinic can say about a procedure: {known}.",
        )
    if kind == "extra_forbidden" and name in _MOVED:
        return f'"{name}" is no field any more.', _MOVED[name]
    if kind == "extra_forbidden":
        return f'There is no field called "{name}" here.', suggest(name, set().union(*_around(model, steps)))
    if kind in ("literal_error", "enum"):
        words = re.findall(r"'([^']+)'", context["expected"])
        return f'"{name}" cannot be {shown}.', suggest(str(found), words)
    if kind == "string_too_short" or (kind == "string_type" and found in (None, "")):
        return f'"{name}" has no text.', help_ or "Write the text, or delete the line."
    if kind == "string_pattern_mismatch" and "[key]" in error["loc"]:
        return f'"{name}" cannot be a key.', "Use small letters, digits and hyphens: it becomes part of an id."
    if kind == "string_pattern_mismatch":
        letters = "Use small letters, digits and hyphens. " if context["pattern"].startswith("^[a-z0-9") else ""
        return f'"{name}" cannot be {shown}.', letters + help_
    if kind in ("too_short", "too_long"):
        fewest, most = context.get("min_length"), context.get("max_length")
        wanted = f"at least {fewest}" if fewest else f"at most {most}"
        plural = "entry" if wanted == "at least 1" else "entries"
        return f'"{name}" needs {wanted} {plural}; it has {context["actual_length"]}.', help_
    if kind == "model_type" and not full:
        return f"This file must hold fields; it is {shown}.", "Write name, colon, text on each line."
    message, hint = _EXPLAINED.get(kind.split("_")[0], ('"{name}": {msg}.', "{help}"))
    values = {**error, **context, "name": name, "shown": shown, "help": help_}
    return message.format(**values), hint.format(**values).rstrip()
