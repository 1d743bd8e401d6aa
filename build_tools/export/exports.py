"""The facts for other programs: JSON, CSV tables, and sources for reference managers."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from build_tools.export import api
from build_tools.load.facts import Facts, iter_sourced
from build_tools.load.settings import Settings
from build_tools.model.comparison import Row, compare_options
from build_tools.model.figure_text import choose_notice, describe_certainty, join, to_text, write_contact
from build_tools.model.reviews import find_statuses
from build_tools.records.entries import AnyFact, DoesNotApply, Figure, HarmFigure, NotKnown, Source, StudyKind
from build_tools.records.procedure import Harm, Indication, Procedure, iter_facts, iter_main_messages
from build_tools.records.sections import LAYERS
from build_tools.records.short import Comparison
from build_tools.records.signs import Sign

_SHAPES: dict[type, type[api.Shape]] = {
    NotKnown: api.NotKnownFact,
    DoesNotApply: api.DoesNotApplyFact,
    Figure: api.FigureFact,
    HarmFigure: api.FigureFact,
    Harm: api.HarmFact,
}
"""The shape of each kind of fact; that of all others is StatementFact."""


def render_exports(facts: Facts, settings: Settings, today: date) -> Iterator[tuple[str, str]]:
    """Every file in api/v1: its path in the site and its text."""
    return ((f"{api.FOLDER}/{path}", text) for path, text in _files(facts, _Exports(facts, settings, today)))


def _files(facts: Facts, exports: _Exports) -> Iterator[tuple[str, str]]:
    yield "index.json", exports.index().text()
    yield "sources.json", exports.sources().text()
    yield "terms.json", exports.terms().text()
    yield "signs.json", exports.signs().text()
    for id, procedure in facts.procedures.items():
        yield f"procedures/{id}.json", exports.procedure(id, procedure).text()
    for id, comparison in facts.comparisons.items():
        shape = exports.comparison(id, comparison)
        yield f"comparisons/{id}.json", shape.text()
        yield f"comparisons/{id}.csv", _format_grid(shape)
    yield "figures.csv", _format_figures(facts)
    yield "sources.csv", _format_sources(facts)
    yield "sources.csl.json", _json([_to_csl(id, source) for id, source in sorted(facts.sources.items())])
    yield "openapi.json", _json(exports.description())
    yield from ((f"schema/{name}.json", _json(api.build_schema(name))) for name in api.FILES)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


class _Exports:
    """Converts records to the published shapes."""

    def __init__(self, facts: Facts, settings: Settings, today: date) -> None:
        self._facts = facts
        self._settings = settings
        self._statuses = find_statuses(facts, today)
        self._header: dict[str, Any] = {"generated_at": today, "publisher": settings.site_name}

    def index(self) -> api.IndexFile:
        """The list of all files."""
        facts, address_of = self._facts, self._settings.address_of

        def address(path: str) -> str:
            return address_of(f"{api.FOLDER}/{path}")

        def entry(folder: str, id: str, name: str, csv: str | None = None) -> api.Listed:
            page, file = address_of(f"{folder}/{id}.html"), address(f"{folder}/{id}.json")
            return api.Listed(id=id, name=name, page=page, json_file=file, csv=csv)

        return api.IndexFile(
            **self._header,
            procedures=[entry("procedures", id, record.names.name) for id, record in facts.procedures.items()],
            comparisons=[
                entry("comparisons", id, record.title, address(f"comparisons/{id}.csv"))
                for id, record in facts.comparisons.items()
            ],
            files={
                "description": address("openapi.json"),
                "sources": address("sources.json"),
                "sourcesCsv": address("sources.csv"),
                "sourcesCsl": address("sources.csl.json"),
                "terms": address("terms.json"),
                "signs": address("signs.json"),
                "figuresCsv": address("figures.csv"),
                "changes": address_of("feed.xml"),
                "reviewsDue": address_of("reviews.ics"),
                **{f"{name}Schema": address(f"schema/{name}.json") for name in api.FILES},
            },
        )

    def procedure(self, id: str, procedure: Procedure) -> api.ProcedureFile:
        """Everything about one procedure; figures of a harm are in the harm."""
        return api.ProcedureFile.of(
            procedure.names,
            procedure,
            **self._header,
            id=id,
            page=self._settings.address_of(f"procedures/{id}.html"),
            plain_name=procedure.names.plain,
            effect_on_nerves=procedure.kind,
            reviews=[
                api.Reviewed.of(status.review, layer=layer, heading=LAYERS[layer], state=status.kind)
                for layer, status in self._statuses[id].items()
            ],
            facts=[
                self._fact(fact_id, fact)
                for fact_id, fact in iter_facts(procedure, id)
                if ".harms." not in fact_id or fact_id.count(".") == 2
            ],
            signs=[self._sign(key, sign, id) for key, sign in self._facts.signs_of(id).items()],
        )

    def signs(self) -> api.SignsFile:
        """Every sign of danger."""
        return api.SignsFile(
            **self._header,
            signs=[self._sign(key, sign) for key, sign in self._facts.signs.items()],
            helplines=[api.HelplineEntry.of(line, id=key) for key, line in self._facts.helplines.items()],
        )

    def _sign(self, key: str, sign: Sign, page: str = "") -> api.SignEntry:
        """A sign, as worded on the page of a procedure if that is given."""
        procedure = self._facts.procedures.get(page)
        child = bool(procedure) and self._facts.for_child(page)
        local = procedure.signs.get(key) if procedure else None
        return api.SignEntry.of(
            sign,
            local,
            id=key,
            notice=choose_notice(sign, child),
            contact=str(write_contact(sign, self._facts.clinic, child)),
            sources=[*sign.sources, *(local.sources if local else [])],
        )

    def comparison(self, id: str, comparison: Comparison) -> api.ComparisonFile:
        """One comparison with the facts of all cells."""
        grid = compare_options(comparison, self._facts)
        return api.ComparisonFile.of(
            comparison,
            **self._header,
            id=id,
            page=self._settings.address_of(f"comparisons/{id}.html"),
            about=self._fact(f"{id}.about", comparison.about),
            main_message=[self._fact(*message) for message in iter_main_messages(comparison, id)],
            do_not_rank=grid.not_to_rank,
            options=[api.Option(id=option, name=name) for option, name in grid.columns],
            rows=[_to_row(row) for row in grid.rows],
            harms=[_to_row(row) for row in (*grid.harms, *grid.more_harms)],
            weighing=[
                api.WeighingPoint.of(point, key=key, words=point.says)
                for key, point in comparison.weighing.items()
            ],
        )

    def sources(self) -> api.SourcesFile:
        """Every source with the facts that cite it."""
        citing: dict[str, list[str]] = defaultdict(list)
        for fact_id, fact in iter_sourced(self._facts):
            for source_id in dict.fromkeys(citation.source for citation in getattr(fact, "sources", ())):
                citing[source_id].append(fact_id)
        sources = sorted(self._facts.sources.items())
        entries = [api.SourceEntry.of(source, id=id, facts=citing[id]) for id, source in sources]
        return api.SourcesFile(**self._header, sources=entries)

    def terms(self) -> api.TermsFile:
        """Every medical word."""
        entries = [
            api.TermEntry.of(term, id=id, vocabulary=kind)
            for kind, terms in self._facts.vocabulary.items()
            for id, term in terms.items()
        ]
        return api.TermsFile(**self._header, terms=entries)

    def description(self) -> dict[str, Any]:
        """The OpenAPI description of these files."""
        ids = {"procedures": list(self._facts.procedures), "comparisons": list(self._facts.comparisons)}
        server = self._settings.address_of(api.FOLDER) if self._settings.site_url else "."
        return api.build_description(ids, self._settings.site_name, server)

    def _fact(self, id: str, fact: AnyFact) -> api.Shape:
        words: dict[str, Any] = {"id": id, "field": id.split(".")[1], "words": to_text(fact)}
        if isinstance(fact, Figure):
            words |= {
                "value": fact,
                "how_sure": {"level": fact.certainty, "words": describe_certainty(fact)},
                "versus": {"group": fact.versus.group, "value": fact.versus} if fact.versus else None,
            }
        if isinstance(fact, Indication):
            words["contested"] = fact.contested or None
        if isinstance(fact, Harm):
            words["name"] = self._facts.harm_name(fact)
            words["how_often"] = [self._fact(f"{id}.{key}", figure) for key, figure in fact.how_often.items()]
        return _SHAPES.get(type(fact), api.StatementFact).of(fact, **words)


def _to_row(row: Row) -> api.Row:
    cells = [{"option": cell.option, "words": join(cell.sentence), "facts": cell.facts} for cell in row.cells]
    return api.Row.of(row, cells=cells)


# CSV


def _format_grid(comparison: api.ComparisonFile) -> str:
    """The table as the page shows it: a row for each question, a column for each option."""
    rows = [[row.asks, *(cell.words for cell in row.cells)] for row in (*comparison.rows, *comparison.harms)]
    return format_csv([["Question", *(option.name for option in comparison.options)], *rows])


def _format_figures(facts: Facts) -> str:
    """Every figure, one per row."""
    values = [*api.Value.model_fields]
    names = ["counted", "units", *values, *"measure average quantity low high n who when how certainty".split()]
    versus = ["group", *values]
    head = ["id", "procedure", "field", "words", *names, *(f"versus_{name}" for name in versus)]
    rows = [
        [
            id,
            *id.split(".")[:2],
            to_text(figure),
            *(getattr(figure, name) for name in names),
            *(getattr(figure.versus, name, None) for name in versus),
            figure.note,
            " ".join(citation.source for citation in figure.sources),
            "; ".join(citation.reporting for citation in figure.sources if citation.reporting),
        ]
        for id, figure in facts.iter_facts()
        if isinstance(figure, Figure)
    ]
    return format_csv([[*(name.strip("_") for name in head), "note", "sources", "second_hand"], *rows])


def _format_sources(facts: Facts) -> str:
    """Every source, one per row."""
    names = [*Source.model_fields]
    rows = [[id, *(getattr(source, name) for name in names)] for id, source in sorted(facts.sources.items())]
    return format_csv([["id", *names], *rows])


def format_csv(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV (RFC 4180). Numbers stay numbers; no text is run as a formula (OWASP, CSV injection)."""
    file = io.StringIO()
    csv.writer(file).writerows([_format_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _format_cell(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The characters with which a formula starts in a spreadsheet, also in full width."""

# Sources for reference managers

_CSL_TYPES = {
    StudyKind.GUIDELINE: "report",
    StudyKind.TEXTBOOK: "book",
    StudyKind.PATIENT_LEAFLET: "webpage",
    StudyKind.TRIAL_REGISTRATION: "webpage",
    StudyKind.EVIDENCE_SUMMARY: "webpage",
    StudyKind.NEWS: "article-newspaper",
}
"""The CSL type of each kind of source that is not a journal article."""


def _to_csl(id: str, source: Source) -> dict[str, Any]:
    in_journal = source.doi or source.pmid or source.kind not in _CSL_TYPES
    read = source.read_by
    reference = {
        "id": id,
        "type": "article-journal" if in_journal else _CSL_TYPES[source.kind],
        "title": source.title,
        "author": [{"literal": source.by}],
        "issued": {"date-parts": [[source.year]]} if source.year else None,
        "container-title": source.published_in,
        "DOI": source.doi,
        "PMID": source.pmid,
        "URL": source.url,
        "accessed": {"date-parts": [[read.year, read.month, read.day]]},
        "note": f"What was read: {source.read}" + (f" {source.note}" if source.note else ""),
    }
    return {name: value for name, value in reference.items() if value is not None}
