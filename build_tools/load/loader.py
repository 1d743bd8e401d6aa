"""Load a data folder. Every mistake in it is a problem, and one run finds them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from build_tools.load.certainty import rate_figures
from build_tools.load.drawings import read_drawings
from build_tools.load.facts import VOCABULARIES, Facts, OtherRecord
from build_tools.load.logos import Logo, read_logo
from build_tools.load.messages import explain, filter_causes, strip_union_members
from build_tools.load.placeholders import is_placeholder
from build_tools.load.yaml_reader import CURLY_HINT, Document, Steps, Value, is_curly, read
from build_tools.records.clinic import Clinic, SeenFacts
from build_tools.records.entries import UNREAD, Source, Statement
from build_tools.records.logs import Publication, ReaderTest, Redirects, Review
from build_tools.records.problems import Place, Problem
from build_tools.records.procedure import Procedure
from build_tools.records.short import Comparison
from build_tools.records.signs import Helpline, Sign, Situation
from build_tools.records.words import Claim, SearchTerms, Term, Wording

R = TypeVar("R", bound=BaseModel)

_FILE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load(data: Path, clinic: str = "") -> tuple[Facts, list[Problem]]:
    """Load the facts in the folder `data`, and the problems found while reading them.

    `clinic` is the id of the clinic that publishes the site ("" for none); the files of all clinics are read.
    The contents of a file never raise. Places name files as `<folder>/<file>`, with the folder's own name.
    """
    loader = _Loader(data)
    drawings, problems = read_drawings(data)
    loader.problems += problems
    loader.broken |= {"drawings"} if problems else set()
    clinics = loader.load_clinics()
    vocabulary = {name: loader.load_mapping(f"vocabulary/{name}", Term) for name in VOCABULARIES}
    shared = loader.load_shared()
    sources = loader.load_mapping("sources", Source)
    redirects = loader.load_file("redirects", Redirects)
    facts = Facts(
        folder=data,
        procedures=rate_figures(loader.load_folder("procedures", Procedure), sources),
        comparisons=loader.load_folder("comparisons", Comparison),
        sources=sources,
        vocabulary=vocabulary,
        signs=loader.load_mapping("signs", Sign),
        situations=loader.load_mapping("situations", Situation),
        helplines=loader.load_mapping("helplines", Helpline),
        searches=loader.load_mapping("searches", SearchTerms),
        shared=shared,
        claims=loader.load_mapping("claims", Claim),
        wording=loader.load_mapping("wording", Wording),
        review_log=loader.load_list("reviews", Review, tried=ReaderTest),
        publications=loader.load_list("changes", Publication),
        redirects=redirects.root if redirects else {},
        drawings=drawings,
        clinics=clinics,
        clinic_id=clinic,
        logos=loader.load_logos(clinics),
        seen={
            file.parent.name: loader.load_mapping(f"clinics/{file.parent.name}/seen", SeenFacts)
            for file in sorted(data.glob("clinics/[!.]*/seen.yml"))
        },
        documents=loader.documents,
        broken=frozenset(loader.broken),
    )
    return facts, loader.problems


class _Loader:
    """Reads files one by one and collects documents and problems."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.documents: dict[str, Document] = {}
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        self._shared: dict[str, Statement | None] | None = {}

    def load_folder(self, folder: str, model: type[R]) -> dict[str, R]:
        """Load one record from each file; the file's name is the record's id."""
        records: dict[str, R] = {}
        for path in sorted((self._data / folder).glob("*.yml")):
            if _FILE_NAME.fullmatch(path.stem) and (record := self.load_file(f"{folder}/{path.stem}", model)):
                records[path.stem] = record
        if not records and not self.broken:
            place = Place(self._shown(folder))
            self.problems.append(Problem(place, "This folder has no file.", "Put its files back."))
        return records

    def load_clinics(self) -> dict[str, Clinic]:
        """Load clinic.yml from each clinic's folder; the folder's name is the clinic's id."""
        ids = [path.name for path in sorted(self._data.glob("clinics/[!.]*/")) if _FILE_NAME.fullmatch(path.name)]
        return {id: clinic for id in ids if (clinic := self.load_file(f"clinics/{id}/clinic", Clinic))}

    def load_logos(self, clinics: dict[str, Clinic]) -> dict[str, Logo]:
        """Load the logos that clinics name. One that is not only a picture is a problem."""
        logos: dict[str, Logo] = {}
        for id, clinic in clinics.items():
            if clinic.logo:
                file = f"clinics/{id}/{clinic.logo}"
                logo, problems = read_logo(self._data / file, self._shown(file))
                self.problems += problems
                logos |= {id: logo} if logo else {}
        return logos

    def load_mapping(self, name: str, model: type[R]) -> dict[str, R]:
        """Load a file of records by id. An error in one does not hide the others."""
        entries = self._read(name)
        if not isinstance(entries, dict | None):
            self._report(name, (), "This file must hold entries by id.", "Write id, colon, then the fields.")
            return {}
        records: dict[str, R] = {}
        for id, value in (entries or {}).items():
            if not _FILE_NAME.fullmatch(id):
                hint = "Use lowercase letters, digits, and hyphens."
                self._report(name, (id,), f'"{id}" cannot be an id.', hint)
            if (record := self._build(name, model, value, (id,))) is not None:
                records[id] = record
        return records

    def load_list(self, name: str, model: type[R], **others: type[OtherRecord]) -> list[R | OtherRecord]:
        """Load a list of records, such as a log. An entry with the field of one of `others` is of that kind."""
        entries = self._read(name)
        if not isinstance(entries, list | None):
            self._report(name, (), "This file must hold a list.", "If it has no entry yet, write [] in it.")
            return []
        records: list[R | OtherRecord] = []
        for position, value in enumerate(entries or ()):
            if not isinstance(value, dict):
                self._report(name, (position,), "An entry must hold fields.", "Put the file back as it was.")
                continue
            kind = next((other for field, other in others.items() if field in value), model)
            if (record := self._build(name, kind, value, (position,))) is not None:
                records.append(record)
        return records

    def load_shared(self) -> dict[str, Statement]:
        """Load shared statements. Procedures that are loaded later can refer to them."""
        shared = self.load_mapping("shared", Statement)
        ids = self.documents["shared"].value
        self._shared = {**dict.fromkeys(ids), **shared} if isinstance(ids, dict) else None
        return shared

    def load_file(self, name: str, model: type[R]) -> R | None:
        """Load a file that holds one record."""
        value = self._read(name)
        return None if value is None else self._build(name, model, value, ())

    def _shown(self, name: str) -> str:
        return f"{self._data.name}/{name}"

    def _read(self, name: str) -> Value:
        document, problems = read(self._data / f"{name}.yml", self._shown(f"{name}.yml"))
        self.documents[name] = document
        self.problems += problems
        if document.value is None and not problems:
            self._report(name, (), "The file is empty.", "Copy the annotated example and fill it in.")
        elif problems:
            self.broken.add(name)
        return document.value

    def _report(self, name: str, steps: Steps, message: str, hint: str) -> None:
        self.problems.append(Problem(self.documents[name].place(*steps), message, hint))
        self.broken.add(name)

    def _build(self, name: str, model: type[R], value: Any, steps: Steps) -> R | None:
        try:
            return model.model_validate(value, context=self._shared)
        except ValidationError as errors:
            self.broken.add(name)
            for error in filter_causes(errors.errors()):
                if is_placeholder(error["input"]) or error["type"] == UNREAD:
                    continue  # reported by the rule about placeholders, or in the other file
                path = strip_union_members(error["loc"], value, missing=error["type"] == "missing")
                message, hint = explain(error, path, model, (*steps, *path))
                if is_curly(message):
                    hint = f"{hint.rstrip()}{CURLY_HINT}".lstrip()
                self._report(name, (*steps, *path), message, hint)
            return None
