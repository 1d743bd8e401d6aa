"""Generate all pages: those of procedures and comparisons, sheets to print, hand-written pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from markupsafe import Markup

from build_tools.export.structured_data import StructuredData
from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import read_text
from build_tools.model.comparison import compare_options
from build_tools.model.reviews import (
    Statuses,
    describe_reader_tests,
    describe_statuses,
    group_by_status,
    name_layers,
)
from build_tools.model.short_page import ShortPage
from build_tools.prose.suppressions import strip_suppressions
from build_tools.records.problems import NO_FACT, Place, Problem
from build_tools.records.procedure import iter_facts, iter_main_messages
from build_tools.records.sections import DETAIL_PAGES, FIRST
from build_tools.records.short import QUESTIONS
from build_tools.render.page_lists import list_descendants, render_lists
from build_tools.render.rendering import Page, Renderer
from build_tools.render.templates import BracesError, PageContext, catch_faults, fill, format_day


def render(renderer: Renderer, broken: Mapping[str, list[Problem]]) -> tuple[list[Page], list[Problem]]:
    """All pages, and the problems of hand-written ones.

    Hand-written pages are rendered at once, because only that finds their problems; others are rendered lazily.
    The pages of a `broken` data file list its problems, for the preview.
    """
    pages = [
        *_render_procedures(renderer),
        *_render_comparisons(renderer),
        *_render_take_along_sheets(renderer),
        *_render_worksheets(renderer),
        *_render_broken(renderer, broken),
        *render_lists(renderer),
    ]
    written, problems = _render_hand_written(renderer, {page.path for page in pages})
    return [*pages, *written], problems


def exclude_broken(facts: Facts, problems: Iterable[Problem]) -> tuple[Facts, dict[str, list[Problem]]]:
    """The facts without files that have problems or need a file that has, and the problems of each such file."""
    broken: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        broken[problem.place.path].append(problem)

    def wait(name: str, needed: str) -> None:
        if (file := facts.documents[name].path) not in broken:
            broken[file] = [Problem(Place(file), f"This page waits for {needed}.", "Fix that file first.")]

    def is_valid(name: str) -> bool:
        return facts.documents[name].path not in broken

    def lacks_source(*entries: object) -> bool:
        citations = (citation for entry in entries for citation in getattr(entry, "sources", ()))
        return any(citation.source not in facts.sources for citation in citations)

    for name in facts.broken & facts.documents.keys():  # such a file has no problem of its own
        wait(name, facts.documents["shared"].path)

    for id, procedure in facts.procedures.items():
        if lacks_source(*dict(iter_facts(procedure, "")).values(), *procedure.signs.values()):
            wait(f"procedures/{id}", "data/sources.yml")
        if any(harm.effect not in facts.vocabulary["effects"] for harm in procedure.harms.values()):
            wait(f"procedures/{id}", "data/vocabulary/effects.yml")
    procedures = {id: procedure for id, procedure in facts.procedures.items() if is_valid(f"procedures/{id}")}

    for id, comparison in facts.comparisons.items():
        quoted = [fact_id.split(".")[0] for weighing in comparison.weighing.values() for fact_id in weighing.facts]
        for needed in (*comparison.options, *quoted):
            if needed not in procedures:
                wait(f"comparisons/{id}", f"data/procedures/{needed}.yml")
        if lacks_source(comparison.about, *dict(iter_main_messages(comparison, "")).values()):
            wait(f"comparisons/{id}", "data/sources.yml")

    if not broken:
        return facts, broken
    valid = replace(
        facts,
        procedures=procedures,
        comparisons={
            id: comparison for id, comparison in facts.comparisons.items() if is_valid(f"comparisons/{id}")
        },
        claims={
            key: claim
            for key, claim in facts.claims.items()
            if is_valid("claims") and procedures.keys() >= {fact_id.split(".")[0] for fact_id in claim.facts}
        },
        review_log=facts.review_log if is_valid("reviews") else [],  # no signature in an edited log is valid
        signs={
            key: sign
            for key, sign in facts.signs.items()
            if not lacks_source(sign) and facts.situations.keys() >= set(sign.shown_for)
        },
    )
    return valid, broken


# Pages of facts


def _render_procedures(renderer: Renderer) -> Iterator[Page]:
    """The short page, the detail pages and the companion page of every procedure."""
    facts = renderer.facts
    structured = StructuredData(facts, renderer.settings)
    no_procedure = next((id for id, procedure in facts.procedures.items() if procedure.kind == "no-procedure"), "")
    for id, procedure in facts.procedures.items():
        names, file, up = procedure.names, facts.documents[f"procedures/{id}"].path, _list_breadcrumbs(facts, id)
        forms, family = facts.forms_of(id), facts.family(id)
        values = _get_page_values(facts, id) | {
            "forms": [(form, facts.procedures[form]) for form in forms],
            "details": facts.details_of(id),
        }
        search_terms = (names.plain, *names.also_called)
        statuses = {layer: renderer.statuses[id][layer] for layer in FIRST}
        yield renderer.page(
            "short.md",
            Page(
                f"procedures/{id}.md", names.name, file, search_terms=search_terms, summary=procedure.summary.says
            ),
            partial(structured.of_procedure, values["short"], up, statuses),
            **values | {"up": up},
        )
        relatives = [family, *list_descendants(facts, family)] if forms or procedure.part_of else []
        citations = (
            citation for _, fact in iter_facts(procedure, id) for citation in getattr(fact, "sources", ())
        )
        values |= {
            "relatives": [(relative, facts.procedures[relative]) for relative in relatives],
            "cited": sorted({citation.source for citation in citations}),
            "without": no_procedure,
            "changed": id in renderer.published,
        }
        for detail in values["details"]:
            yield renderer.page(
                "detail.md",
                Page(f"procedures/{id}/{detail.name}.md", f"{detail.title}: {names.name}", file),
                detail=detail,
                **values,
            )
        if values["companion"]:
            path = f"procedures/{id}/for-the-person-with-you.md"
            title = f"For the person with you: {names.name}"
            yield renderer.page("companion.md", Page(path, title, file), **values)


def _get_page_values(facts: Facts, id: str) -> dict[str, Any]:
    """The values for the templates of all pages of a procedure."""
    procedure = facts.procedures[id]
    return {
        "id": id,
        "procedure": procedure,
        "short": ShortPage(facts, id),
        "family": facts.family(id),
        "comparisons": [
            (key, comparison) for key, comparison in facts.comparisons.items() if id in comparison.options
        ],
        # A child's parents act on every sign, and read the page itself.
        "companion": not facts.for_child(id)
        and any(sign.who == "companion" for sign in facts.signs_of(id).values()),
        "up": [*_list_breadcrumbs(facts, id), [procedure.names.name, f"procedures/{id}.md"]],
    }


def _list_breadcrumbs(facts: Facts, id: str) -> list[list[str]]:
    up = [["Procedures", "procedures.md"]]
    parent = facts.procedures[id].part_of
    if parent in facts.procedures:
        up.append([facts.procedures[parent].names.name, f"procedures/{parent}.md"])
    return up


def _render_comparisons(renderer: Renderer) -> Iterator[Page]:
    """The page of every comparison."""
    facts = renderer.facts
    structured = StructuredData(facts, renderer.settings)
    for id, comparison in facts.comparisons.items():
        up = [["Comparisons", "comparisons.md"]]
        yield renderer.page(
            "comparison.md",
            Page(
                f"comparisons/{id}.md",
                comparison.title,
                facts.documents[f"comparisons/{id}"].path,
                summary=comparison.question,
                headings=tuple(QUESTIONS.values()),
            ),
            partial(structured.of_comparison, id, up),
            id=id,
            comparison=comparison,
            grid=compare_options(comparison, facts),
            questions=QUESTIONS,
            families={option: facts.family(option) for option in comparison.options},
            up=up,
        )


def _render_take_along_sheets(renderer: Renderer) -> Iterator[Page]:
    """The sheet to print of every procedure: danger signs, and questions to ask."""
    facts = renderer.facts
    for id, procedure in facts.procedures.items():
        title, file = f"Take along: {procedure.names.name}", facts.documents[f"procedures/{id}"].path
        yield renderer.page(
            "take-along.md",
            Page(f"take-along/{id}.md", title, file, summary="Danger signs and questions to ask, to print."),
            serious=[(key, harm) for key, harm in procedure.harms.items() if harm.serious],
            **_get_page_values(facts, id),
        )


def _render_worksheets(renderer: Renderer) -> Iterator[Page]:
    """The worksheet of every comparison."""
    facts = renderer.facts
    for id, comparison in facts.comparisons.items():
        title, file = f"Worksheet: {comparison.title}", facts.documents[f"comparisons/{id}"].path
        yield renderer.page(
            "worksheet.md",
            Page(f"worksheets/{id}.md", title, file, summary="To think it over, print, and take with you."),
            id=id,
            comparison=comparison,
            options=[(option, facts.procedures[option]) for option in comparison.options],
            up=[["Comparisons", "comparisons.md"], [comparison.title, f"comparisons/{id}.md"]],
        )


# Pages that list problems


def _render_broken(renderer: Renderer, broken: Mapping[str, list[Problem]]) -> Iterator[Page]:
    """The pages of data files that have problems, which list these with their lines."""
    for name, document in renderer.facts.documents.items():
        if problems := sorted(broken.get(document.path, [])):
            folder, _, id = name.partition("/")
            paths = {
                "procedures": [name, *(f"{name}/{detail.name}" for detail in DETAIL_PAGES), f"take-along/{id}"],
                "comparisons": [name, f"worksheets/{id}"],
                "clinics": ["index"] if id == f"{renderer.facts.clinic_id}/clinic" else [],
            }
            for path in paths.get(folder, ()):
                yield _render_problems(renderer, f"{path}.md", document.path, problems)


def _render_problems(renderer: Renderer, path: str, shown: str, problems: list[Problem]) -> Page:
    folder, _, rest = shown.partition("/")
    file = (renderer.content if folder == renderer.content.name else renderer.facts.folder) / rest
    lines = file.read_bytes().decode("utf-8", "replace").splitlines() if file.is_file() else []
    title = f"To fix: {shown}"
    quoted = [(problem, quote(lines, problem.place)) for problem in problems]
    write = partial(renderer.fill, "pages/problems.md", renderer.context(path), title=title, quoted=quoted)
    return Page(path, title, shown, write=write)


def quote(lines: list[str], place: Place) -> str:
    """The line of a problem and the one before it, with a caret below the column."""
    if place.line > len(lines):
        return ""
    width = len(str(place.line))
    quoted = {n: lines[n - 1].replace("\t", " ") for n in (place.line - 1, place.line) if n}
    rows = [f"{n:>{width}} | {line}" for n, line in quoted.items() if n == place.line or line.strip()]
    return "\n".join([*rows, f"{'':>{width}} | {'':>{place.column - 1}}^"])


# Hand-written pages


def _render_hand_written(renderer: Renderer, generated: set[str]) -> tuple[list[Page], list[Problem]]:
    """The pages in the content folder, without those that are `generated`, and their problems."""
    pages: list[Page] = []
    problems: list[Problem] = []
    content = renderer.content
    for file in sorted(file for file in content.glob("[!.]*") if file.suffix.lower() == ".md"):
        shown = f"{content.name}/{file.name}"
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.md", file.name):
            hint = "It becomes the address of the page: use lowercase letters, digits and hyphens, and end in .md."
            problems.append(Problem(Place(shown), f'"{file.name}" cannot be the name of a page.', hint))
            continue
        if file.name in generated:
            continue
        text, errors = read_text(file, shown)
        if not errors:
            try:
                with catch_faults(content, problems):
                    pages.append(_fill_page(renderer, file.name, shown, text, problems))
            except BracesError as error:
                errors = [error.problem(shown)]
        if errors:
            pages.append(_render_problems(renderer, file.name, shown, errors))
            problems += errors
    return pages, problems


def _fill_page(renderer: Renderer, path: str, shown: str, text: str, problems: list[Problem]) -> Page:
    """A hand-written page; `{{ fact("…") }}` and `{{ figure("…") }}` in it quote a fact with its sources."""
    facts, context = renderer.facts, renderer.context(path)
    values = {"page": context, "facts": facts}
    parts: Any = renderer.templates.get_template("parts/facts.html").make_module(values)
    local: Any = renderer.templates.get_template("parts/clinic.html").make_module(values)

    def quote_fact(fact_id: str) -> str:
        if fact := facts.by_id.get(fact_id):
            return Markup(parts.entry(fact_id, fact))
        id = fact_id.split(".")[0]
        if (document := facts.documents.get(f"procedures/{id}")) and id not in facts.procedures:
            return f"(This fact waits until {document.path} is fixed.)"
        line = next((n for n, row in enumerate(text.splitlines(), 1) if fact_id in row), 1)
        problems.append(Problem(Place(shown, line), f'There is no fact called "{fact_id}".', NO_FACT))
        return ""

    calls: dict[str, Callable[..., str]] = {
        "fact": quote_fact,
        "figure": quote_fact,
        "dates_of_facts": partial(_render_dates, renderer, context),
        "review_status": partial(describe_statuses, renderer.statuses),
        "reader_tests": partial(describe_reader_tests, renderer.facts),
        "emergency_number": local.emergency_number,
        "shown_by": local.shown_by,
        "host": local.host,
    }
    filled = fill(strip_suppressions(text), calls, offline=bool(renderer.settings.offline))
    if context.notes():
        filled += f"\n## Sources {{: #sources }}\n\n{parts.source_list()}\n"
    filled = renderer.explain(filled, context.to("glossary.md")) + renderer.reading(path)
    front_matter = dict(reversed(re.findall(r"^(title|description):\s*(.+?)\s*$", text, re.MULTILINE)))
    return Page(
        path,
        front_matter.get("title", path.removesuffix(".md")),
        shown,
        summary=front_matter.get("description", ""),
        headings=tuple(re.findall(r"^##+ (.+)$", text, re.MULTILINE)),
        write=lambda: filled,
    )


def _render_dates(renderer: Renderer, context: PageContext) -> str:
    facts = renderer.facts
    rows = []
    for id, procedure in facts.procedures.items():
        days = format_day(procedure.facts_checked), format_day(procedure.next_check)
        status = _summarize_statuses(renderer.statuses[id])
        rows.append((f"procedures/{id}.md", procedure.names.name, *days, status))
    for id, comparison in facts.comparisons.items():
        days = format_day(comparison.facts_checked), format_day(comparison.next_check)
        rows.append((f"comparisons/{id}.md", comparison.title, *days, "Not yet"))
    return Markup(renderer.fill("parts/dates.html", context, rows=rows))


def _summarize_statuses(statuses: Statuses) -> str:
    """The review statuses of a procedure's layers, for a table cell."""
    parts = []
    for status, layers in group_by_status(statuses):
        if review := status.review:
            texts = {
                "reviewed": f"{format_day(review.signed)}, next review before {format_day(review.next_review)}",
                "changed": f"changed since the review on {format_day(review.signed)}",
                "overdue": f"overdue since {format_day(review.next_review)}",
            }
            parts.append(f"{name_layers(layers, statuses)}: {texts[status.kind]}")
    return ". ".join(parts) or "Not yet"
